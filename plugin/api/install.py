"""How a merchant comes in: the platform's signed entry, and the return from its consent page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request

from plugin.api import current_context
from plugin.api.session import session_shop, start_session
from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services import code_grant

blueprint = Blueprint("install", __name__)


@blueprint.get("/install/<platform>")
def entry(platform: str) -> Response:
    """Let a connected shop in, send any other one to the platform's consent page."""
    answer = code_grant.begin(
        current_context(), platform, request.query_string, inside=session_shop()
    )
    if answer.shop is not None:
        return _signed_in(answer.shop, answer.redirect)
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


def _signed_in(shop: Shop, path: str) -> Response:
    response = make_response(redirect(path))
    start_session(response, shop)
    return response


def _cookie_name() -> str:
    # __Host- binds the cookie to this host, but browsers demand TLS for it.
    return "__Host-bleib-state" if current_context().config.secure else "bleib-state"
