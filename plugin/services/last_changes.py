"""Who changed a thing last: named to a colleague whose change came at the same time."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import last_changes as store
from plugin.store.last_changes import Change

__all__ = ["Change", "last", "note"]


def note(context: Context, shop: Shop, what: str, actor: str) -> None:
    """Note that somebody changed a thing just now; `actor` is their id, as in the access log."""
    with context.db.write() as connection:
        store.put(connection, shop.id, what, actor, context.now())


def last(context: Context, shop: Shop, what: str) -> Change | None:
    """Return who changed a thing last; None if nobody did."""
    with context.db.read() as connection:
        return store.last(connection, shop.id, what)
