"""People who are not written to, or not now: one row for each reason, without the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import insert_of

suppressions = sa.Table(
    "suppressions",
    metadata,
    shop_column(primary_key=True),
    # Outlives an erasure: who complained or left must not be written to from another list.
    sa.Column(
        "identity",
        sa.String(64),
        primary_key=True,
        info=personal("suppression", erase="keep_locked", keep_days=3 * 365),
    ),
    sa.Column("kind", sa.String(12), primary_key=True),  # hard, soft, complaint, left, paused
    sa.Column("count", sa.Integer, nullable=False),
    # The server's code, like "5.1.1"; never its words, which may name the person.
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("at", Utc, nullable=False),
    # Ends by itself; empty: it does not.
    sa.Column("until", Utc),
)


@dataclass(frozen=True)
class Suppression:
    """One reason for not writing to a person."""

    kind: str
    count: int
    status: str
    at: datetime
    until: datetime | None


def suppressions_of(connection: Connection, shop_id: int, identity: str) -> dict[str, Suppression]:
    """Return the reasons that stand against a person, by kind."""
    columns = suppressions.c
    query = sa.select(columns.kind, columns.count, columns.status, columns.at, columns.until).where(
        columns.shop_id == shop_id, columns.identity == identity
    )
    return {row.kind: Suppression(*row) for row in connection.execute(query)}


def put_suppression(
    connection: Connection, shop_id: int, identity: str, found: Suppression
) -> None:
    """Note a reason, in place of an earlier one of its kind."""
    values = {
        "count": found.count,
        "status": found.status,
        "at": found.at,
        "until": found.until,
    }
    connection.execute(
        insert_of(connection, suppressions)
        .values(shop_id=shop_id, identity=identity, kind=found.kind, **values)
        .on_conflict_do_update(index_elements=["shop_id", "identity", "kind"], set_=values)
    )


def lift(connection: Connection, shop_id: int, identity: str, kinds: Sequence[str]) -> int:
    """Take back reasons against a person; returns how many there were."""
    return connection.execute(
        sa.delete(suppressions).where(
            suppressions.c.shop_id == shop_id,
            suppressions.c.identity == identity,
            suppressions.c.kind.in_(kinds),
        )
    ).rowcount


def count_suppressed(
    connection: Connection, shop_id: int, now: datetime, soft_limit: int
) -> dict[str, int]:
    """Return how many people are not written to at present, by kind."""
    columns = suppressions.c
    query = (
        sa.select(columns.kind, sa.func.count())
        .where(
            columns.shop_id == shop_id,
            sa.or_(columns.until.is_(None), columns.until > now),
            sa.or_(columns.kind != "soft", columns.count >= soft_limit),
        )
        .group_by(columns.kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
