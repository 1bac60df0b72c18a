"""Rate limits of what happens before there is a shop: asking for a link to come in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata
from plugin.store.writing import insert_of

# Belongs to nobody yet; the key is a check value, never an address in the clear.
door_tries = sa.Table(
    "door_tries",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("window_start", Utc, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_door_tries_window", "window_start"),
)


def hit_door(connection: Connection, name: str, key: str, window_start: datetime) -> int:
    """Count one more try in this window; returns the count including it."""
    insert = insert_of(connection, door_tries).values(
        name=name, key=key, window_start=window_start, count=1
    )
    counted = insert.on_conflict_do_update(
        index_elements=["name", "key", "window_start"],
        set_={"count": door_tries.c["count"] + 1},
    ).returning(door_tries.c["count"])
    return int(connection.execute(counted).scalar_one())


def door_count(connection: Connection, name: str, key: str, window_start: datetime) -> int:
    """Return the tries counted in one window."""
    query = sa.select(door_tries.c["count"]).where(
        door_tries.c.name == name,
        door_tries.c.key == key,
        door_tries.c.window_start == window_start,
    )
    return connection.execute(query).scalar() or 0


def clear_door(connection: Connection, before: datetime) -> None:
    """Delete windows that no longer count."""
    connection.execute(sa.delete(door_tries).where(door_tries.c.window_start < before))
