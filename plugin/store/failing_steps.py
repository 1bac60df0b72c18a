"""Steps that fail for a reason: since when, when the next is tried, and which were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.steps import steps

#: So many of them, the oldest first, tell since when.
_ENOUGH = 5


@dataclass(frozen=True)
class Failing:
    """Steps that fail: since when, when the first of them is tried again, and one of them."""

    since: datetime
    next_at: datetime
    step: int


@dataclass(frozen=True)
class Refused:
    """Steps of one kind that were given up for a reason: since when, and how many."""

    kind: str
    since: datetime
    count: int


def waiting_again(
    connection: Connection, shop_id: int, kind: str, reasons: Sequence[str], until: datetime
) -> tuple[int, datetime | None]:
    """Return how many steps of a kind failed for such a reason and wait, and when one is next.

    Only those due before `until`.
    """
    query = sa.select(sa.func.count(), sa.func.min(steps.c.due_at)).where(
        steps.c.shop_id == shop_id,
        steps.c.state == "waiting",
        steps.c.due_at < until,
        steps.c.kind == kind,
        steps.c.attempts >= 1,
        steps.c.error.in_(reasons),
    )
    count, due = connection.execute(query).one()
    return int(count), due


def failing(
    connection: Connection,
    shop_id: int,
    reasons: Sequence[str],
    *,
    least_attempts: int,
    until: datetime,
    kind: str | None = None,
) -> Failing | None:
    """Return since when steps of a shop fail for one of the reasons, None if none does.

    Only steps that are due before `until` and were tried so often. A success of the same kind
    after one began moves its beginning to that success.
    """
    waiting = (
        steps.c.shop_id == shop_id,
        steps.c.state == "waiting",
        steps.c.due_at < until,
        steps.c.attempts >= least_attempts,
        steps.c.error.in_(reasons),
        sa.true() if kind is None else steps.c.kind == kind,
    )
    query = sa.select(
        steps.c.id, steps.c.created_at, _last_success(shop_id).label("succeeded")
    ).where(*waiting)
    rows = connection.execute(query.order_by(steps.c.created_at).limit(_ENOUGH)).all()
    if not rows:
        return None
    next_at = connection.execute(sa.select(sa.func.min(steps.c.due_at)).where(*waiting)).scalar()
    starts = [max(row.created_at, row.succeeded or row.created_at) for row in rows]
    return Failing(min(starts), next_at or min(starts), rows[0].id)


def refused(connection: Connection, shop_id: int, reason: str) -> list[Refused]:
    """Return what was given up for a reason, the longest first; not what succeeded since."""
    succeeded = _last_success(shop_id)
    query = (
        sa.select(
            steps.c.kind,
            sa.func.min(steps.c.finished_at).label("since"),
            sa.func.count().label("count"),
        )
        .where(
            steps.c.shop_id == shop_id,
            steps.c.state == "dead",
            steps.c.error == reason,
            sa.or_(succeeded.is_(None), succeeded < steps.c.finished_at),
        )
        .group_by(steps.c.kind)
    )
    rows = [Refused(**row._mapping) for row in connection.execute(query)]
    return sorted(rows, key=lambda one: one.since)


def hurry(connection: Connection, shop_id: int, reasons: Sequence[str], now: datetime) -> None:
    """Let what failed for one of the reasons be tried at once; attempts go on counting."""
    connection.execute(
        sa.update(steps)
        .where(
            steps.c.shop_id == shop_id,
            steps.c.state == "waiting",
            steps.c.due_at > now,
            steps.c.error.in_(reasons),
        )
        .values(due_at=now)
    )


def _last_success(shop_id: int) -> sa.ScalarSelect[datetime]:
    done = steps.alias("done")
    return (
        sa.select(sa.func.max(done.c.finished_at))
        .where(done.c.shop_id == shop_id, done.c.kind == steps.c.kind, done.c.state == "done")
        .scalar_subquery()
    )
