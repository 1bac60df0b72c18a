"""People who are never written to again: only check values, which outlive their erasure."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import insert_ignoring

blocked_people = sa.Table(
    "blocked_people",
    metadata,
    shop_column(primary_key=True),
    # A wish never to be written to again has to outlive everything else that is known.
    sa.Column(
        "identity",
        sa.String(64),
        primary_key=True,
        info=personal("blocked", erase="keep_locked", keep_days=None),
    ),
    sa.Column("at", Utc, nullable=False),
    sa.Index("ix_blocked_people_at", "shop_id", "at", "identity"),
)


def add(connection: Connection, shop_id: int, identity: str, at: datetime) -> bool:
    """Block a person; False if they were blocked already."""
    query = insert_ignoring(connection, blocked_people).values(
        shop_id=shop_id, identity=identity, at=at
    )
    return connection.execute(query.returning(blocked_people.c.identity)).first() is not None


def remove(connection: Connection, shop_id: int, identity: str) -> bool:
    """Take a person off the list; False if they were not on it."""
    gone = connection.execute(sa.delete(blocked_people).where(_is(shop_id, identity)))
    return gone.rowcount == 1


def contains(connection: Connection, shop_id: int, identity: str) -> bool:
    """Tell whether a person is on the list."""
    query = sa.select(blocked_people.c.at).where(_is(shop_id, identity))
    return connection.execute(query).first() is not None


def size(connection: Connection, shop_id: int) -> int:
    """Return how many people are on the list."""
    query = sa.select(sa.func.count()).where(blocked_people.c.shop_id == shop_id)
    return int(connection.execute(query).scalar_one())


def _is(shop_id: int, identity: str) -> sa.ColumnElement[bool]:
    return sa.and_(blocked_people.c.shop_id == shop_id, blocked_people.c.identity == identity)
