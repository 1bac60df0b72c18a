"""The door for shops of their own: registering, asking to be let in, and the link of the mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from plugin.api import current_context
from plugin.api.caller import net_address
from plugin.api.problems import page_language
from plugin.api.session import start_session
from plugin.errors import BleibError, ForbiddenError, InvalidFieldError, NotAllowedError
from plugin.services import door_links, front_door
from plugin.services.door_links import COUNTRIES, PLATFORM, Registration
from plugin.texts import LANGUAGES, area_texts

blueprint = Blueprint("front_door", __name__, static_folder="door", static_url_path="/door")

_ROOT = f"/install/{PLATFORM}"


@blueprint.get(_ROOT)
def door() -> Response:
    """Show the two forms: a new shop, and a way in for one that is registered."""
    return _page("door.html", entered=_nothing(), problems={}, sent="sent" in request.args)


@blueprint.post(_ROOT)
def knock() -> Response:
    """Send the mail that was asked for; the answer is the same for known and unknown shops."""
    context, language = current_context(), page_language()
    entered = {name: request.form.get(name, "")[:300] for name in _nothing()}
    try:
        if request.form.get("do") == "sign_in":
            door_links.ask_in(context, entered["known"], language, net_address())
        else:
            wish = Registration(
                domain=entered["domain"],
                name=entered["name"],
                email=entered["email"],
                country=entered["country"],
            )
            door_links.register(context, wish, language, net_address())
    except InvalidFieldError as error:
        field = "known" if request.form.get("do") == "sign_in" else str(error.field)
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
    return _page("link.html", ticket=ticket, new=ticket.registration is not None)


@blueprint.post(f"{_ROOT}/<token>")
def come_in(token: str) -> Response:
    """Use the link up: make the shop and show its secret this once, or sign in."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        # Another site must not put a merchant into a shop that is not theirs.
        return _refused(NotAllowedError("link_invalid"))
    try:
        entered = front_door.enter(current_context(), token)
    except (NotAllowedError, ForbiddenError) as error:
        return _refused(error)
    if not entered.secret:
        response = make_response(redirect("/admin/", code=303))
    else:
        tag = front_door.script_tag(current_context(), entered.shop)
        response = _page(
            "welcome.html",
            shop=entered.shop,
            tag=tag,
            secret=entered.secret,
            api=current_context().url(f"/api/v1/{entered.shop.key}"),
        )
    start_session(response, entered.shop)
    return response


def _refused(error: BleibError) -> Response:
    return _page("refused.html", error.status, code=error.code)


def _nothing() -> dict[str, str]:
    return {**asdict(Registration("", "", "", "de")), "known": ""}


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
