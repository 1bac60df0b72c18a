"""Steps that fail for a reason and wait for their next attempt: since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.steps import steps

#: So many of them, the oldest first, tell since when.
_ENOUGH = 5


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


def failing_since(
    connection: Connection,
    shop_id: int,
    reasons: Sequence[str],
    *,
    least_attempts: int,
    until: datetime,
) -> datetime | None:
    """Return since when steps of a shop fail for one of the reasons, None if none does.

    Only steps that are due before `until` and were tried so often. A success of the same kind
    after one began moves its beginning to that success.
    """
    done = steps.alias("done")
    succeeded = (
        sa.select(sa.func.max(done.c.finished_at))
        .where(
            done.c.shop_id == shop_id,
            done.c.kind == steps.c.kind,
            done.c.state == "done",
        )
        .scalar_subquery()
    )
    query = sa.select(steps.c.created_at, succeeded.label("succeeded")).where(
        steps.c.shop_id == shop_id,
        steps.c.state == "waiting",
        steps.c.due_at < until,
        steps.c.attempts >= least_attempts,
        steps.c.error.in_(reasons),
    )
    rows = connection.execute(query.order_by(steps.c.created_at).limit(_ENOUGH))
    starts = [max(row.created_at, row.succeeded or row.created_at) for row in rows]
    return min(starts, default=None)
