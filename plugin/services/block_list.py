"""The block list: people who get no mail of ours any more, whatever somebody types in for them."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import blocked, outbox


def is_blocked(connection: Connection, shop: Shop, identity: str) -> bool:
    """Tell whether a person must not be written to, not even to ask for a confirmation."""
    return blocked.contains(connection, shop.id, identity)


def block(connection: Connection, context: Context, shop: Shop, identity: str) -> bool:
    """Put a person on the list; False if they were on it. A waiting confirmation mail is emptied.

    Only the check value is kept, and erasing the person leaves it: it is their wish.
    """
    outbox.forget_confirmations(connection, shop.id, identity)
    return blocked.add(connection, shop.id, identity, context.now())


def unblock(connection: Connection, shop: Shop, identity: str) -> bool:
    """Take a person off the list; False if they were not on it."""
    return blocked.remove(connection, shop.id, identity)
