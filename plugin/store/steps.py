"""Background work as rows: due steps with leases, attempts and a unique key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("key", sa.String(160), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False, info=personal("step", erase="row", keep_days=30)),
    sa.Column("state", sa.String(10), nullable=False),  # waiting, running, done, dead
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("lease_owner", sa.String(60)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.String(300)),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("finished_at", Utc),
    sa.UniqueConstraint("shop_id", "key"),
)
sa.Index(
    "ix_steps_due",
    steps.c.due_at,
    sqlite_where=steps.c.state == "waiting",
    postgresql_where=steps.c.state == "waiting",
)
sa.Index(
    "ix_steps_running",
    steps.c.lease_until,
    sqlite_where=steps.c.state == "running",
    postgresql_where=steps.c.state == "running",
)
sa.Index("ix_steps_shop_state", steps.c.shop_id, steps.c.state)

# One row for each worker process: how /readyz knows that somebody works.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Step:
    """One claimed piece of work; `attempts` counts this one too."""

    id: int
    shop_id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int


def insert_step(
    connection: Connection,
    shop_id: int,
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    due_at: datetime,
    now: datetime,
) -> bool:
    """Add a step; False if the shop already has one with that key (then nothing changes)."""
    inserted = connection.execute(
        insert_ignoring(connection, steps).values(
            shop_id=shop_id,
            kind=kind,
            key=key,
            payload=payload,
            state="waiting",
            due_at=due_at,
            attempts=0,
            created_at=now,
        )
    )
    return inserted.rowcount == 1


def insert_ignoring(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401
    """Return an INSERT of the connection's dialect that does nothing on any key conflict."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_nothing()


def claim_steps(
    connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> Sequence[Step]:
    """Lease up to `limit` due steps to `owner`, spread fairly over the shops.

    Each shop gives its oldest due step first, then its second oldest, and so on: a shop with a
    million due steps cannot hold up another's first. A lease that has run out counts as due.
    """
    due = sa.or_(
        sa.and_(steps.c.state == "waiting", steps.c.due_at <= now),
        sa.and_(steps.c.state == "running", steps.c.lease_until < now),
    )
    turn = sa.func.row_number().over(
        partition_by=steps.c.shop_id, order_by=(steps.c.due_at, steps.c.id)
    )
    candidates = (
        sa.select(steps.c.id, steps.c.shop_id, steps.c.due_at)
        .where(due)
        .order_by(steps.c.due_at)
        .limit(max(limit * 50, 500))
        .subquery()
    )
    turn = sa.func.row_number().over(
        partition_by=candidates.c.shop_id, order_by=(candidates.c.due_at, candidates.c.id)
    )
    ranked = sa.select(candidates.c.id, turn.label("turn"), candidates.c.due_at).subquery()
    chosen = (
        sa.select(ranked.c.id).order_by(ranked.c.turn, ranked.c.due_at).limit(limit)
    )
    ids = [row.id for row in connection.execute(chosen)]
    if not ids:
        return []
    locked = sa.select(steps.c.id).where(steps.c.id.in_(ids), due)
    if connection.dialect.name == "postgresql":
        locked = locked.with_for_update(skip_locked=True)
    rows = connection.execute(
        sa.update(steps)
        .where(steps.c.id.in_([row.id for row in connection.execute(locked)]))
        .values(
            state="running",
            lease_owner=owner,
            lease_until=now + lease,
            attempts=steps.c.attempts + 1,
        )
        .returning(
            steps.c.id, steps.c.shop_id, steps.c.kind, steps.c.key, steps.c.payload, steps.c.attempts
        )
    )
    return [Step(**row._mapping) for row in rows]
