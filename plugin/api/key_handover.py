"""How a WooCommerce shop is connected: our form, the shop's key page, its message, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import generate_csrf

from plugin.api import current_context
from plugin.api.caller import net_address
from plugin.api.problems import page_language
from plugin.api.session import session_shop, start_session
from plugin.contracts.connecting import OpensInAdmin
from plugin.errors import BadInputError, PlatformError, TooLargeError
from plugin.model import Shop
from plugin.security import LIFETIMES, random_token
from plugin.services import key_handover, signed_links
from plugin.services.context import able
from plugin.services.key_handover import Arrival
from plugin.texts import LANGUAGES, area_texts

blueprint = Blueprint("key_handover", __name__)

PLATFORM = "woocommerce"
_MAX_BYTES = 8192
_LONGEST_ADDRESS = 300
#: Seconds between two looks for the shop's message, and how often the page looks by itself.
_PAUSE = 3
_LOOKS = 20
#: What has a sentence of its own beside the field; everything else is "cannot be reached".
_FIELD_PROBLEMS = {"shop_invalid", "shop_not_found", "shop_permalinks", "shop_unreachable"}


@dataclass(frozen=True)
class Page:
    """One page on the way: the form where `action` is "form", else heading, text and a button."""

    name: str
    status: int = 200
    action: str = ""
    address: str = ""
    problem: str = ""
    refresh: str = ""


@blueprint.get("/install/woocommerce")
def entry() -> Response:
    """Let in who comes from our plugin; ask everybody else for the shop's address."""
    if "signature" in request.args:
        return _from_the_plugin()
    return _shown(Page("form", action="form", address=_address(request.args.get("shop_url", ""))))


@blueprint.post("/install/woocommerce")
def begin() -> Response:
    """Lead the merchant to the shop's own page, on which keys are handed over."""
    # Its blueprint takes the shop's message as well, so only this form asks for the token.
    current_app.extensions["csrf"].protect()
    address, browser = _address(request.form.get("shop_url", "")), random_token()
    try:
        target = key_handover.begin(current_context(), PLATFORM, address, browser, net_address())
    except (BadInputError, PlatformError) as error:
        code = error.code if error.code in _FIELD_PROBLEMS else "shop_unreachable"
        return _shown(Page("form", 422, action="form", address=address, problem=code))
    response = make_response(redirect(target, 303))
    response.set_cookie(
        _cookie_name(),
        browser,
        max_age=LIFETIMES["key_handover"],
        secure=current_context().config.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.post("/auth/woocommerce/keys")
def keys() -> Response:
    """Take in the shop's message; WooCommerce takes nothing but 200 for success."""
    if request.content_length is not None and request.content_length > _MAX_BYTES:
        raise TooLargeError("body_too_large")
    key_handover.take_keys(current_context(), PLATFORM, request.get_data(cache=False))
    return Response("{}", status=200, mimetype="application/json")


@blueprint.get("/auth/woocommerce/return")
def come_back() -> Response:
    """Tell the merchant what has become of it; only the shop's own message decides that.

    WooCommerce's `success` in the address is not signed: it only says which words fit.
    """
    browser = request.cookies.get(_cookie_name(), "")
    mark = request.args.get("user_id", "")
    found = key_handover.arrival(current_context(), PLATFORM, mark, browser)
    if found.shop is not None:
        response = _arrived(found.shop)
        response.delete_cookie(
            _cookie_name(), secure=current_context().config.secure, httponly=True, samesite="Lax"
        )
        return response
    return _shown(_page_of(found, mark))


def _arrived(shop: Shop) -> Response:
    """Let the browser in that began, but into a shop with a past only by the shop's own word.

    Whoever begins here may send somebody else to the key page, and WooCommerce gives no sign of
    who approved. In a new shop there is nothing to see; into a known one only the link leads that
    our plugin signs behind the login of WordPress.
    """
    if shop.generation == 1:
        return _signed_in(shop, "/admin/setup")
    admin = able(current_context().platform_of(shop), OpensInAdmin).app_url(shop.domain)
    return _shown(Page("again", action="open", address=admin))


def _page_of(found: Arrival, mark: str) -> Page:
    refused = found.state == "waiting" and request.args.get("success") == "0"
    if found.state not in ("waiting", "untried") or refused:
        # "connected" without a shop: it has left again meanwhile.
        name = {"waiting": "refused", "connected": "over"}.get(found.state, found.state)
        return Page(name, action="retry", address=found.domain)
    looks = request.args.get("look", "0")
    number = int(looks) + 1 if looks.isascii() and looks.isdigit() and len(looks) < 4 else 1
    if number > _LOOKS:
        name = "missing" if found.state == "waiting" else "untried"
        return Page(name, action="retry", address=found.domain)
    query = {"success": "1", "user_id": mark, "look": number, "lang": page_language()}
    again = url_for("key_handover.come_back") + "?" + urlencode(query)
    return Page("waiting", action="again", address=again, refresh=f"{_PAUSE};url={again}")


def _from_the_plugin() -> Response:
    opened = signed_links.open_signed(
        current_context(), PLATFORM, request.query_string, inside=session_shop()
    )
    if opened.connected:
        return _signed_in(opened.shop, "/admin/")
    again = url_for("key_handover.entry") + "?" + urlencode({"shop_url": opened.shop.domain})
    return make_response(redirect(again))


def _shown(page: Page) -> Response:
    language = page_language()
    texts = area_texts("install")
    other = next(name for name in LANGUAGES if name != language)
    html = render_template(
        "install/keys.html",
        page=page,
        language=language,
        other=url_for("key_handover.entry") + "?" + urlencode({"lang": other}),
        other_language=other,
        t=lambda key, **values: texts.get(language, key, **values),
        csrf_token=generate_csrf() if page.action == "form" else "",
    )
    response = Response(html, status=page.status, mimetype="text/html")
    if page.refresh:
        response.headers["Refresh"] = page.refresh
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _policy()
    return response


def _policy() -> str:
    # Browsers hold where a form leads in the end against the page's policy, and shops are anywhere.
    shops = " ".join(["https:", *current_context().config.origins.values()])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {shops}"
    )


def _address(text: str) -> str:
    return text.strip()[:_LONGEST_ADDRESS]


def _signed_in(shop: Shop, path: str) -> Response:
    response = make_response(redirect(path))
    start_session(response, shop)
    return response


def _cookie_name() -> str:
    # __Host- binds the cookie to this host, but browsers demand TLS for it.
    return "__Host-bleib-keys" if current_context().config.secure else "bleib-keys"
