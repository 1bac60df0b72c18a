"""Finds the tenant that a request speaks for."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import shops


def shop_of_key(context: Context, key: str) -> Shop | None:
    """Return the shop of a public key, also an uninstalled one."""
    if not (key.isascii() and key.isprintable()):
        return None  # PostgreSQL does not even take a NUL as a question
    with context.db.read() as connection:
        return shops.shop_by_key(connection, key)


def shop_of_id(context: Context, shop_id: int) -> Shop | None:
    """Return a shop by our own id, also an uninstalled one."""
    with context.db.read() as connection:
        return shops.shop_by_id(connection, shop_id)


def shop_of_domain(context: Context, platform_name: str, domain: str) -> Shop | None:
    """Return a shop by its clean domain at a platform, also an uninstalled one."""
    with context.db.read() as connection:
        return shops.shop_by_domain(connection, platform_name, domain)
