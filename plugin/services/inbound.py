"""What a webhook left for later: the person it speaks of, sealed, until it is dealt with."""

from __future__ import annotations

import json

from sqlalchemy.engine import Connection

from plugin.services.context import Context
from plugin.store import inbox as store

_PURPOSE = "inbox"


def seal_person(context: Context, shop_id: int, customer_id: str | None, email: str | None) -> str:
    """Return what the inbox keeps of a message about a person: nothing but who it is."""
    return context.keys.seal(shop_id, _PURPOSE, json.dumps([customer_id, email]))


def person_in(context: Context, shop_id: int, inbox_id: int) -> tuple[str | None, str | None]:
    """Return customer id and mail address of a noted message; both None once it is dealt with."""
    with context.db.read() as connection:
        noted = store.inbound(connection, shop_id, inbox_id)
    return (None, None) if noted is None else opened(context, shop_id, noted.body_sealed)


def opened(context: Context, shop_id: int, sealed: str | None) -> tuple[str | None, str | None]:
    """Return customer id and mail address of a sealed message."""
    if sealed is None:
        return None, None
    customer_id, email = json.loads(context.keys.unseal(shop_id, _PURPOSE, sealed))
    return customer_id, email


def handled(connection: Connection, shop_id: int, inbox_id: int) -> None:
    """Forget whom a message was about."""
    store.empty_inbox(connection, shop_id, inbox_id)
