"""HTTP in: install, webhooks, storefront, mail links, health."""

from __future__ import annotations

from typing import cast

from flask import current_app

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.tenants import shop_of_key


def current_context() -> Context:
    """Return the context of the running app."""
    return cast(Context, current_app.extensions["bleib"])


def current_shop_by_key(key: str) -> Shop:
    """Return the installed shop of a public key.

    NotFoundError("unknown_shop") for an unknown and an uninstalled one alike.
    """
    shop = shop_of_key(current_context(), key)
    if shop is None or shop.state != "installed":
        raise NotFoundError("unknown_shop")
    return shop
