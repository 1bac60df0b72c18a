"""Background work as rows: due steps with leases, attempts and a unique key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import chunks, insert_ignoring

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
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_steps_running",
    steps.c.lease_until,
    sqlite_where=steps.c.state == "running",
    postgresql_where=steps.c.state == "running",
)
sa.Index(
    "ix_steps_shop_due",
    steps.c.shop_id,
    steps.c.due_at,
    sqlite_where=steps.c.state == "waiting",
    postgresql_where=steps.c.state == "waiting",
)
sa.Index(
    "ix_steps_dead",
    steps.c.shop_id,
    steps.c.finished_at,
    sqlite_where=steps.c.state == "dead",
    postgresql_where=steps.c.state == "dead",
)
# When one of a kind last succeeded is asked on every page as long as others of it fail.
sa.Index(
    "ix_steps_done",
    steps.c.shop_id,
    steps.c.kind,
    steps.c.finished_at,
    sqlite_where=steps.c.state == "done",
    postgresql_where=steps.c.state == "done",
)


@dataclass(frozen=True)
class Step:
    """One claimed piece of work; `attempts` counts the one to come too."""

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
        insert_ignoring(connection, steps)
        .values(
            shop_id=shop_id,
            kind=kind,
            key=key,
            payload=payload,
            state="waiting",
            due_at=due_at,
            attempts=0,
            created_at=now,
        )
        # Row counts of an INSERT that returns its key are not told alike by all drivers.
        .returning(steps.c.id)
    )
    return inserted.first() is not None


def claim_steps(
    connection: Connection,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    after_shop: int = 0,
) -> list[Step]:
    """Lease up to `limit` due steps to `owner`, in turns over the shops.

    The turn begins with the shop after `after_shop` and comes round. Each shop gives its oldest
    due step, then its second oldest, and so on: a shop with a million due steps cannot hold up
    another's first. A lease that has run out counts as due. A claim alone is no attempt yet: what
    waited behind the step that took its worker along must not pay for it (see `start_step`).
    """
    expired = _expired(connection, now, limit)
    by_shop = {
        shop_id: _due_ids(connection, shop_id, now, limit)
        for shop_id in _due_shops(connection, now, after_shop, limit)
    }
    chosen = (expired + _in_turns(by_shop))[:limit]
    if not chosen:
        return []
    locked = sa.select(steps.c.id).where(steps.c.id.in_(chosen), _claimable(now))
    if connection.dialect.name == "postgresql":
        locked = locked.with_for_update(skip_locked=True)
    rows = connection.execute(
        sa.update(steps)
        .where(steps.c.id.in_([row.id for row in connection.execute(locked)]))
        .values(
            state="running",
            lease_owner=owner,
            lease_until=now + lease,
        )
        .returning(
            steps.c.id,
            steps.c.shop_id,
            steps.c.kind,
            steps.c.key,
            steps.c.payload,
            (steps.c.attempts + 1).label("attempts"),
        )
    )
    place = {step_id: index for index, step_id in enumerate(chosen)}
    return sorted((Step(**row._mapping) for row in rows), key=lambda step: place[step.id])


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(steps.c.state == "waiting", steps.c.due_at <= now),
        sa.and_(steps.c.state == "running", steps.c.lease_until < now),
    )


def _expired(connection: Connection, now: datetime, limit: int) -> list[int]:
    query = (
        sa.select(steps.c.id)
        .where(steps.c.state == "running", steps.c.lease_until < now)
        .order_by(steps.c.lease_until)
        .limit(limit)
    )
    return [row.id for row in connection.execute(query)]


def _due_shops(connection: Connection, now: datetime, after: int, limit: int) -> list[int]:
    # Hops from shop to shop through the index instead of reading a million due rows.
    found: list[int] = []
    last, end = after, None
    while len(found) < limit:
        query = sa.select(sa.func.min(steps.c.shop_id)).where(
            steps.c.state == "waiting", steps.c.shop_id > last, steps.c.due_at <= now
        )
        if end is not None:
            query = query.where(steps.c.shop_id <= end)
        shop_id = connection.execute(query).scalar()
        if shop_id is not None:
            found.append(shop_id)
            last = shop_id
        elif end is None:
            last, end = 0, after  # round the corner, once
        else:
            break
    return found


def _due_ids(connection: Connection, shop_id: int, now: datetime, limit: int) -> list[int]:
    query = (
        sa.select(steps.c.id)
        .where(steps.c.shop_id == shop_id, steps.c.state == "waiting", steps.c.due_at <= now)
        .order_by(steps.c.due_at, steps.c.id)
        .limit(limit)
    )
    return [row.id for row in connection.execute(query)]


def _in_turns(by_shop: dict[int, list[int]]) -> list[int]:
    longest = max((len(ids) for ids in by_shop.values()), default=0)
    return [ids[turn] for turn in range(longest) for ids in by_shop.values() if turn < len(ids)]


def finish_step(
    connection: Connection, step: Step, *, owner: str, state: str, now: datetime, error: str | None
) -> bool:
    """End a step as done or dead; False if the lease went to somebody else meanwhile."""
    values: dict[str, Any] = {
        "state": state,
        "finished_at": now,
        "lease_until": None,
        "lease_owner": None,
        "error": error,
    }
    if state == "done":
        values["payload"] = {}  # what is done needs no data any more
    return _update_owned(connection, step, owner, values)


def postpone_step(
    connection: Connection,
    step: Step,
    *,
    owner: str,
    due_at: datetime,
    error: str | None,
    counted: bool = True,
) -> bool:
    """Give a step back to be tried again at `due_at`; `counted` False forgets this attempt."""
    values: dict[str, Any] = {
        "state": "waiting",
        "due_at": due_at,
        "lease_until": None,
        "lease_owner": None,
        "error": error,
    }
    if not counted:
        values["attempts"] = step.attempts - 1
    return _update_owned(connection, step, owner, values)


def start_step(connection: Connection, step: Step, *, owner: str, until: datetime) -> bool:
    """Count this attempt and begin the lease anew; False if it went to somebody else meanwhile."""
    values = {"lease_until": until, "attempts": step.attempts}
    return _update_owned(connection, step, owner, values)


def _update_owned(connection: Connection, step: Step, owner: str, values: dict[str, Any]) -> bool:
    result = connection.execute(
        sa.update(steps)
        .where(
            steps.c.id == step.id,
            steps.c.shop_id == step.shop_id,
            steps.c.lease_owner == owner,
            steps.c.state == "running",
        )
        .values(**values)
    )
    return result.rowcount == 1


def drop_steps(connection: Connection, shop_id: int, kinds: Sequence[str] | None = None) -> int:
    """Remove a shop's waiting steps (of some kinds); what runs now ends by itself."""
    query = sa.delete(steps).where(steps.c.shop_id == shop_id, steps.c.state == "waiting")
    if kinds is not None:
        query = query.where(steps.c.kind.in_(kinds))
    return connection.execute(query).rowcount


def drop_of_orders(connection: Connection, shop_id: int, orders: Sequence[str]) -> None:
    """Delete what is still to be done for these orders."""
    about = steps.c.payload["order_id"].as_string()
    for some in chunks(orders):
        connection.execute(sa.delete(steps).where(steps.c.shop_id == shop_id, about.in_(some)))


def clear_done(connection: Connection, shop_id: int, before: datetime) -> int:
    """Delete finished steps; their keys are then free again, so `before` lies days back."""
    query = sa.delete(steps).where(
        steps.c.shop_id == shop_id, steps.c.state == "done", steps.c.finished_at < before
    )
    return connection.execute(query).rowcount
