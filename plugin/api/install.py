"""How a merchant comes in: the platform's signed entry, and the return from its consent page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request

from plugin.api import current_context
from plugin.api.framing import bounce, is_framed, is_ours, open_frame, stand_in_frame
from plugin.api.session import session_shop, start_session
from plugin.contracts.connecting import InstallsEmbedded
from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services import code_grant, embedding

blueprint = Blueprint("install", __name__)

#: What an opening inside the admin is asked with; the rest is the page's own.
_OF_THE_PLATFORM = frozenset(
    ("embedded", "shop", "host", "id_token", "locale", "session", "timestamp", "hmac")
) | {"lang", "bounced"}


@blueprint.get("/install/<platform>")
def entry(platform: str) -> Response:
    """Let a connected shop in, send any other one to the platform's consent page.

    Inside the platform's admin no page of consent is needed: the platform asked already, and its
    token says who is there.
    """
    context = current_context()
    if is_framed() and isinstance(context.platform(platform), InstallsEmbedded):
        return _inside(platform)
    answer = code_grant.begin(context, platform, request.query_string, inside=session_shop())
    if answer.shop is not None:
        return _signed_in(answer.shop, answer.redirect)
    return to_consent(answer)


def to_consent(answer: code_grant.Entry) -> Response:
    """Send a browser to the platform's consent page, and know it again when it comes back."""
    response = make_response(redirect(answer.redirect))
    response.set_cookie(
        _cookie_name(),
        answer.state,
        max_age=LIFETIMES["oauth_state"],
        secure=current_context().config.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.get("/install/<platform>/<path:page>")
def entry_to(platform: str, page: str) -> Response:
    """Let a merchant back to the page that a reload of the platform's admin names."""
    if not (is_framed() and isinstance(current_context().platform(platform), InstallsEmbedded)):
        raise NotFoundError("not_found")
    wanted = f"/{page}"
    return _inside(platform, wanted if page.startswith("admin/") and is_ours(wanted) else None)


@blueprint.get("/auth/<platform>/callback")
def callback(platform: str) -> Response:
    """Complete the installation and go on with the setup."""
    cookie = request.cookies.get(_cookie_name(), "")
    shop = code_grant.finish(current_context(), platform, request.query_string, cookie)
    response = _signed_in(shop, "/admin/setup")
    response.delete_cookie(
        _cookie_name(), secure=current_context().config.secure, httponly=True, samesite="Lax"
    )
    return response


def _inside(platform: str, page: str | None = None) -> Response:
    named = stand_in_frame(platform)
    token = request.args.get("id_token", "")
    try:
        opening = embedding.enter(current_context(), platform, token, named)
    except NotAllowedError:
        again = bounce(request.path) if named is not None else None
        if again is None:
            raise
        return again
    if opening.fresh or page is None:
        first = "/admin/setup" if opening.fresh else "/admin/"
        return open_frame(opening.shop, first, token=token)
    own = {name: text for name, text in request.args.items() if name not in _OF_THE_PLATFORM}
    return open_frame(opening.shop, page, token=token, values=own)


def _signed_in(shop: Shop, path: str) -> Response:
    response = make_response(redirect(path))
    start_session(response, shop)
    return response


def _cookie_name() -> str:
    # __Host- binds the cookie to this host, but browsers demand TLS for it.
    return "__Host-bleib-state" if current_context().config.secure else "bleib-state"
