"""The inbox: every message of a platform, noted once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.shops import inbox
from plugin.store.writing import insert_of


@dataclass(frozen=True)
class Inbound:
    """One webhook that was accepted."""

    id: int
    topic: str
    received_at: datetime
    body_sealed: str | None = field(repr=False)


def put_inbox(
    connection: Connection,
    shop_id: int,
    *,
    topic: str,
    key: str,
    received_at: datetime,
    body_sealed: str | None,
) -> int | None:
    """Note a webhook; returns its id, None if it was noted before."""
    query = insert_of(connection, inbox).values(
        shop_id=shop_id, topic=topic, key=key, received_at=received_at, body_sealed=body_sealed
    )
    return connection.execute(query.on_conflict_do_nothing().returning(inbox.c.id)).scalar()


def inbound(connection: Connection, shop_id: int, inbox_id: int) -> Inbound | None:
    """Return a noted webhook of this shop."""
    query = sa.select(inbox.c.id, inbox.c.topic, inbox.c.received_at, inbox.c.body_sealed).where(
        inbox.c.shop_id == shop_id, inbox.c.id == inbox_id
    )
    row = connection.execute(query).first()
    return None if row is None else Inbound(**row._mapping)


def prune(connection: Connection, shop_id: int, before: datetime) -> int:
    """Delete messages from before a time that nothing waits for any more; returns how many.

    One with a body waits still, whatever its age: its column expires by itself, and then this.
    """
    old = sa.and_(inbox.c.shop_id == shop_id, inbox.c.received_at < before)
    return connection.execute(sa.delete(inbox).where(old, inbox.c.body_sealed.is_(None))).rowcount


def empty_inbox(connection: Connection, shop_id: int, inbox_id: int) -> None:
    """Forget the body of a webhook that is dealt with."""
    connection.execute(
        sa.update(inbox)
        .where(inbox.c.shop_id == shop_id, inbox.c.id == inbox_id)
        .values(body_sealed=None)
    )
