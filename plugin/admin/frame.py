"""The frame of every admin page: who is signed in, which language, what stands around the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin.roles import hold
from plugin.admin.shell import shell_of
from plugin.admin.wording import Words, words_for
from plugin.api import current_context
from plugin.api.framing import (
    RETRY_HEADER,
    TOKEN_HEADER,
    Frame,
    bounce,
    frame_of,
    is_framed,
    stand_in_any_frame,
)
from plugin.api.problems import answer_error
from plugin.api.session import Session, bearer, current_session, seconds_left
from plugin.contracts.connecting import OpensInAdmin
from plugin.errors import BleibError, NotFoundError
from plugin.model import Shop
from plugin.services.context import able
from plugin.services.frame_sessions import shop_of_preview
from plugin.texts import LANGUAGES

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
assets = Blueprint("assets", __name__, static_folder="static", static_url_path="/static")
blueprint.register_blueprint(assets)

_LANGUAGE_COOKIE = "bleib-language"
#: Remembers where a merchant came from, to show the way back after the session has ended.
_PLACE_COOKIE = "bleib-place"
_MONTH = 30 * 86400
#: Pages that stand in a frame of ours, and what of their address says which one it is.
PREVIEWS = {
    "admin.preview": "campaign_id",
    "admin.mail_text_preview": "kind",
    "admin.notice_preview": "kind",
}
#: Lets an answer to any part of a page take the place of all of it.
_WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML", "HX-Reselect": ".page"}
_RELOAD = {"HX-Refresh": "true"}


@dataclass(frozen=True)
class Unsent:
    """A form that came too late: where to, its fields, and whether a file was among them."""

    path: str
    fields: list[tuple[str, str]]
    files: bool


def this_shop() -> Shop:
    """Return the shop of the session; only inside admin routes, which all demand one."""
    return cast(Shop, g.shop)


def words() -> Words:
    """Return the wording of this request."""
    return cast(Words, g.words)


def page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """Return a rendered admin page."""
    return make_response(render_template(f"admin/{template}", **values), status)


def to(endpoint: str, **values: Any) -> Response:  # noqa: ANN401
    """Return a redirect that makes the browser fetch the next page (303)."""
    return cast(Response, redirect(url_for(f"admin.{endpoint}", **values), code=303))


@blueprint.before_request
def _open_door() -> ResponseReturnValue | None:
    if request.blueprint == "admin.assets" or request.endpoint == "admin.bounce":
        return None
    session = current_session() or _session_of_preview()
    if session is None:
        return _nobody()
    g.shop = session.shop
    g.frame = frame_of(session)
    language = _language(session.shop)
    g.words = words_for(session.shop, language)
    if request.endpoint not in PREVIEWS:  # which a key of their own may open
        hold()
    asked = request.args.get("lang", "")
    switches = asked in LANGUAGES and request.method == "GET" and g.frame is None
    if switches and request.endpoint not in PREVIEWS:
        return _switch_language(asked)
    return None


def _session_of_preview() -> Session | None:
    """A frame within the frame sends no header: its address opens this one preview."""
    key, named = request.args.get("key"), PREVIEWS.get(request.endpoint or "")
    if named is None or key is None:
        return None
    shop = shop_of_preview(current_context(), key, (request.view_args or {})[named])
    return None if shop is None else Session(shop, "address")


def _language(shop: Shop | None) -> str:
    frame: Frame | None = g.get("frame")
    kept = frame.carried.get("lang", "") if frame else request.cookies.get(_LANGUAGE_COOKIE, "")
    if kept in LANGUAGES:
        return kept
    if shop is not None:
        return "de" if shop.locale.lower().startswith("de") else "en"
    return request.accept_languages.best_match(LANGUAGES, "de")


def read_as_nobody() -> None:
    """Let a page without a shop speak the language that the browser prefers."""
    language = _language(None)
    g.words = Words(language=language, locale=language, zone="UTC", currency="EUR")


def _switch_language(language: str) -> Response:
    # From the path itself: arguments handed on to url_for would be instructions to it.
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    target = quote(request.path) + ("?" + urlencode(rest) if rest else "")
    response = cast(Response, redirect(target, code=302))
    _keep(response, _LANGUAGE_COOKIE, language, 12 * _MONTH)
    return response


def _keep(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/admin",
        secure=current_context().config.secure,
        httponly=True,
        samesite="Lax",
    )


def _nobody() -> Response:
    """Answer somebody we do not know: the way to a fresh token, or what to do now."""
    platform = stand_in_any_frame() if is_framed() else None
    if platform is not None:
        # Back by way of the entry: a shop that left and came again is connected there.
        again = bounce(f"/install/{platform}{request.path}")
        if again is not None:
            return again
    read_as_nobody()
    response = page(
        "signed_out.html", 401, way_back=_way_back(), framed=is_framed(), entry=_unsent()
    )
    if bearer() is not None:
        # The platform's script tries once more with a fresh token; then the page says it.
        response.headers[RETRY_HEADER] = "1"
        response.headers.update(_WHOLE_PAGE)
    elif request.headers.get("HX-Request"):
        # A part of a page cannot say this: the whole page does.
        response.headers.update(_WHOLE_PAGE if request.method == "POST" else _RELOAD)
    return response


def _unsent() -> Unsent | None:
    """Return what was sent after the session had ended: it can be sent again, nothing is lost."""
    if request.method != "POST" or request.endpoint in ("admin.stay", "admin.sign_out"):
        return None
    # Another site's form must never be one press away from being sent in the merchant's name.
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return None
    fields = [one for one in request.form.items(multi=True) if one[0] != "csrf_token"]
    return Unsent(request.full_path.rstrip("?"), fields, files=bool(request.files))


def _way_back() -> str | None:
    name, _, domain = request.cookies.get(_PLACE_COOKIE, "").partition("|")
    try:
        platform = able(current_context().platform(name), OpensInAdmin)
        return platform.app_url(current_context().platform(name).clean_domain(domain))
    except BleibError:
        return None


@blueprint.get("/<path:_unknown>")
def nowhere(_unknown: str) -> Response:
    """Answer an address that leads nowhere as any page of the admin: with a way on."""
    raise NotFoundError("not_found")


@blueprint.after_request
def _remember_place(response: Response) -> Response:
    shop, frame = g.get("shop"), g.get("frame")
    if frame is not None and frame.token:
        response.headers[TOKEN_HEADER] = frame.token
    if shop is not None and frame is None:
        place = f"{shop.platform}|{shop.domain}"
        if request.cookies.get(_PLACE_COOKIE) != place:
            _keep(response, _PLACE_COOKIE, place, _MONTH)
    return response


@blueprint.app_context_processor
def _around() -> dict[str, Any]:
    """What every admin template may use; other pages of the app get nothing of it."""
    wording = g.get("words")
    if wording is None or request.blueprint != "admin":
        return {}
    found: dict[str, Any] = {"w": wording, "t": wording.t, "languages": LANGUAGES}
    if g.get("frame") is not None:
        # No cookie could hold the form's other half, and none is asked for (FormGuard).
        found |= {"frame": g.frame, "csrf_token": str}
    if g.get("shop") is not None:
        found |= shell_of(g.shop, wording)
        if request.endpoint not in PREVIEWS:
            found["session_left"] = seconds_left()
    return found


@blueprint.errorhandler(BleibError)
def _problem(error: BleibError) -> ResponseReturnValue:
    if g.get("shop") is None:
        return answer_error(error)
    shown = f"problem.{error.status}"
    wording = words()
    key = shown if wording.has(f"{shown}.title") else "problem.other"
    return page("problem.html", error.status, key=key, code=error.code)
