"""Who looked at, handed out or erased data of people, and when; kept for two years."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("at", Utc, nullable=False),
    # An id of ours or the platform's, never a name: a person's export holds these rows, and
    # tells what was done without naming the shop's staff.
    sa.Column("actor", sa.String(120), nullable=False),
    # looked, exported, erased, blocked, unblocked
    sa.Column("act", sa.String(10), nullable=False),
    sa.Column("what", sa.String(30), nullable=False),
    # Whose data; "" for lists of many. Erasing a person leaves it: it proves the erasure.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("access", erase="keep_locked", keep_days=730),
    ),
    sa.Index("ix_access_log_shop", "shop_id", "id"),
    sa.Index("ix_access_log_person", "shop_id", "identity"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Access:
    """One access."""

    id: int
    at: datetime
    actor: str
    act: str
    what: str
    identity: str


_COLUMNS = [access_log.c[name] for name in Access.__dataclass_fields__]


def add(
    connection: Connection,
    shop_id: int,
    *,
    at: datetime,
    actor: str,
    act: str,
    what: str,
    identity: str,
) -> None:
    """Note an access."""
    values = {"at": at, "actor": actor, "act": act, "what": what, "identity": identity}
    connection.execute(sa.insert(access_log).values(shop_id=shop_id, **values))


def was_noted(
    connection: Connection,
    shop_id: int,
    *,
    since: datetime,
    actor: str,
    act: str,
    what: str,
    identity: str,
) -> bool:
    """Tell whether the same access was noted since a moment."""
    query = sa.select(access_log.c.id).where(
        access_log.c.shop_id == shop_id,
        access_log.c.identity == identity,
        access_log.c.at > since,
        access_log.c.actor == actor,
        access_log.c.act == act,
        access_log.c.what == what,
    )
    return connection.execute(query.limit(1)).first() is not None


def newest(
    connection: Connection,
    shop_id: int,
    *,
    identity: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Access]:
    """Return accesses, newest first; of one person, or older than the row `before`."""
    query = sa.select(*_COLUMNS).where(access_log.c.shop_id == shop_id)
    if identity is not None:
        query = query.where(access_log.c.identity == identity)
    if before is not None:
        query = query.where(access_log.c.id < before)
    rows = connection.execute(query.order_by(access_log.c.id.desc()).limit(limit))
    return [Access(**row._mapping) for row in rows]


def acts_on(
    connection: Connection, shop_id: int, identities: Collection[str], acts: Collection[str]
) -> list[Access]:
    """Return what was done to some people, the first first."""
    query = (
        sa.select(*_COLUMNS)
        .where(
            access_log.c.shop_id == shop_id,
            access_log.c.identity.in_(identities),
            access_log.c.act.in_(acts),
        )
        .order_by(access_log.c.id)
    )
    return [Access(**row._mapping) for row in connection.execute(query)]


def identity_of_row(connection: Connection, shop_id: int, table: str, row_id: int) -> str | None:
    """Return whom a row with an id of its own is about; "" if it does not say, None without one."""
    found = metadata.tables[table]
    query = sa.select(found.c.identity).where(found.c.shop_id == shop_id, found.c.id == row_id)
    row = connection.execute(query).first()
    return None if row is None else str(row.identity or "")
