"""The kill switch: everything that interrupts or advertises off at once, and on again."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.store import shop_switches as store


def stop(context: Context, shop: Shop) -> None:
    """Stop the shop; doing it twice keeps the first time."""
    if shop.stopped_at is None:
        with context.db.write() as connection:
            store.set_stopped(connection, shop.id, context.now())
            config_changes.changed(connection, context, shop)


def restart(context: Context, shop: Shop) -> None:
    """Let the shop run again as it was; doing it twice is harmless."""
    if shop.stopped_at is not None:
        with context.db.write() as connection:
            store.set_stopped(connection, shop.id, None)
            config_changes.changed(connection, context, shop)
