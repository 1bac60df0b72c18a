"""Who changed each thing of a shop last, and when: told to whoever changed it at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.writing import upsert

last_changes = sa.Table(
    "last_changes",
    metadata,
    shop_column(primary_key=True),
    sa.Column("what", sa.String(80), primary_key=True),
    # An id of ours or the platform's, never a name; one row for each thing, so nobody's trail.
    sa.Column("actor", sa.String(120), nullable=False),
    sa.Column("at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Change:
    """A change: by whom, and when."""

    actor: str
    at: datetime


def put(connection: Connection, shop_id: int, what: str, actor: str, at: datetime) -> None:
    """Note who changed a thing; whoever did before is forgotten."""
    row = {"shop_id": shop_id, "what": what, "actor": actor, "at": at}
    upsert(connection, last_changes, [row])


def last(connection: Connection, shop_id: int, what: str) -> Change | None:
    """Return who changed a thing last."""
    query = sa.select(last_changes.c.actor, last_changes.c.at).where(
        last_changes.c.shop_id == shop_id, last_changes.c.what == what
    )
    row = connection.execute(query).first()
    return None if row is None else Change(row.actor, row.at)
