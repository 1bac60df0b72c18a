"""The merchant's session: a signed cookie that names shop and generation, nothing else."""

from __future__ import annotations

from flask import Response, request

from plugin.api import current_context
from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services.tenants import shop_of_id


def _cookie_name() -> str:
    # __Host- binds the cookie to this host, but browsers demand TLS for it.
    return "__Host-bleib" if current_context().config.secure else "bleib"


def start_session(response: Response, shop: Shop) -> None:
    """Sign the merchant in to `shop`."""
    context = current_context()
    response.set_cookie(
        _cookie_name(),
        context.keys.sign("session", [shop.id, shop.generation]),
        max_age=LIFETIMES["session"],
        secure=context.config.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def session_shop() -> Shop | None:
    """Return the shop of a valid session, None otherwise.

    A session dies with its lifetime, with an uninstall, and with a reinstall.
    """
    token = request.cookies.get(_cookie_name())
    if not token:
        return None
    context = current_context()
    try:
        shop_id, generation = context.keys.unsign("session", token)
    except (NotAllowedError, ValueError, TypeError):
        return None
    shop = shop_of_id(context, shop_id)
    if shop is None or shop.state != "installed" or shop.generation != generation:
        return None
    return shop
