"""The door for shops of their own: registering, asking to be let in, and the link of the mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from plugin.api import current_context
from plugin.api.caller import net_address
from plugin.api.problems import page_language
from plugin.api.session import start_session
from plugin.errors import (
    BleibError,
    ForbiddenError,
    InvalidFieldError,
    NotAllowedError,
    TooManyError,
)
from plugin.services import door_links, front_door, sign_in
from plugin.services.door_links import COUNTRIES, PLATFORM, Registration
from plugin.services.sign_in import Entered
from plugin.texts import LANGUAGES, area_texts

blueprint = Blueprint("front_door", __name__, static_folder="door", static_url_path="/door")

_ROOT = f"/install/{PLATFORM}"
_LONGEST_MARK = 500


@blueprint.get(_ROOT)
def door() -> Response:
    """Show the two forms: a new shop, and a way in for one that is registered."""
    return _page("door.html", entered=_nothing(), problems={}, sent="sent" in request.args)


@blueprint.get("/sign-in")
def sign_in_page() -> Response:
    """Lead to the form for a link: the address for people of any shop, whatever it runs on."""
    return make_response(redirect(url_for("front_door.door", _anchor="known")))


@blueprint.post(_ROOT)
def knock() -> Response:
    """Send the mail that was asked for; the answer is the same for known and unknown shops."""
    context, language = current_context(), page_language()
    entered = {name: request.form.get(name, "")[:300] for name in _nothing()}
    try:
        if request.form.get("do") == "sign_in":
            given = entered["known"], entered["known_email"].strip()
            sign_in.ask(context, *given, language, net_address())
        else:
            wish = Registration(
                domain=entered["domain"],
                name=entered["name"],
                email=entered["email"],
                country=entered["country"],
            )
            door_links.register(context, wish, language, net_address())
    except InvalidFieldError as error:
        known = {"domain": "known", "email": "known_email"}
        field = str(error.field)
        field = known.get(field, field) if request.form.get("do") == "sign_in" else field
        problems = {field: _say(f"problem.{error.code}")}
        return _page("door.html", 422, entered=entered, problems=problems, sent=False)
    except BleibError as error:
        if error.status >= 500 and error.code != "mail_unavailable":
            raise
        said = _say(f"problem.{error.code}")
        response = _page(
            "door.html", error.status, entered=entered, problems={"": said}, sent=False
        )
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    target = url_for("front_door.door", sent="1", lang=language)
    return make_response(redirect(target, code=303))


@blueprint.get(f"{_ROOT}/<token>")
def link(token: str) -> Response:
    """Ask before anything happens: mail scanners follow links, so this alone changes nothing."""
    try:
        ticket = door_links.read(current_context(), token)
    except NotAllowedError as error:
        return _refused(error)
    known = ticket.registration is None
    invited = known and ticket.until - current_context().now() > door_links.GOOD_FOR
    kind = "_invited" if invited else "" if known else "_new"
    return _page("link.html", ticket=ticket, kind=kind)


@blueprint.post(f"{_ROOT}/<token>")
def come_in(token: str) -> Response:
    """Use the link up: make the shop and show its secret this once, or sign in."""
    if _is_foreign():
        return _refused(NotAllowedError("link_invalid"))
    context = current_context()
    try:
        entered = front_door.enter(context, token)
    except (NotAllowedError, ForbiddenError) as error:
        return _refused(error)
    if entered.member.has_factor:
        half = sign_in.half_way(context, entered)
        return _page("second.html", half=half, shop=entered.shop, problem="")
    if not entered.secret:
        return _signed_in(entered)
    response = _page(
        "welcome.html",
        shop=entered.shop,
        tag=front_door.script_tag(context, entered.shop),
        secret=entered.secret,
        api=context.url(f"/api/v1/{entered.shop.key}"),
    )
    start_session(response, entered.shop, entered.member)
    return response


@blueprint.post(f"{_ROOT}/code")
def second() -> Response:
    """Take the code of the second factor."""
    if _is_foreign():
        return _refused(NotAllowedError("link_invalid"))
    half = request.form.get("half", "")[:_LONGEST_MARK]
    try:
        entered = sign_in.finish(current_context(), half, request.form.get("code", "")[:40])
    except NotAllowedError as error:
        return _refused(error)
    except (InvalidFieldError, TooManyError) as error:
        said = _say(f"problem.{'factor_busy' if error.retry_after else error.code}")
        response = _page("second.html", error.status, half=half, shop=None, problem=said)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    return _signed_in(entered)


def _signed_in(entered: Entered) -> Response:
    response = make_response(redirect("/admin/", code=303))
    start_session(response, entered.shop, entered.member)
    return response


def _is_foreign() -> bool:
    # Another site must not put a merchant into a shop that is not theirs.
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _refused(error: BleibError) -> Response:
    return _page("refused.html", error.status, code=error.code)


def _nothing() -> dict[str, str]:
    return {**asdict(Registration("", "", "", "de")), "known": "", "known_email": ""}


def _page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    language = page_language()
    html = render_template(
        f"door/{template}",
        t=_say,
        language=language,
        other=next(name for name in LANGUAGES if name != language),
        open=current_context().config.registration == "open",
        countries=COUNTRIES,
        **values,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _say(key: str, **values: object) -> str:
    texts = area_texts("door")
    known = key if key in texts.keys("de") else "problem.other"
    return texts.get(page_language(), known, "sie", **values)
