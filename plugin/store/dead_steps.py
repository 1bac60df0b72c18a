"""Steps that were given up, as the merchant sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.steps import steps


@dataclass(frozen=True)
class DeadStep:
    """A step that was given up, as the merchant sees it."""

    id: int
    kind: str
    error: str
    attempts: int
    finished_at: datetime


def dead_steps(connection: Connection, shop_id: int, limit: int = 50) -> list[DeadStep]:
    """Return the newest dead letters of a shop."""
    query = (
        sa.select(
            steps.c.id,
            steps.c.kind,
            sa.func.coalesce(steps.c.error, "").label("error"),
            steps.c.attempts,
            steps.c.finished_at,
        )
        .where(steps.c.shop_id == shop_id, steps.c.state == "dead")
        .order_by(steps.c.finished_at.desc())
        .limit(limit)
    )
    return [DeadStep(**row._mapping) for row in connection.execute(query)]


def revive_step(connection: Connection, shop_id: int, step_id: int, now: datetime) -> bool:
    """Try a dead letter again from its first attempt; False if there is none with that id."""
    result = connection.execute(
        sa.update(steps)
        .where(steps.c.id == step_id, steps.c.shop_id == shop_id, steps.c.state == "dead")
        .values(state="waiting", due_at=now, attempts=0, finished_at=None)
    )
    return result.rowcount == 1


def wake_steps(connection: Connection, shop_id: int, reasons: Sequence[str], now: datetime) -> None:
    """Let every step that failed or gave up for one of these reasons be due now, as if new."""
    connection.execute(
        sa.update(steps)
        .where(
            steps.c.shop_id == shop_id,
            steps.c.state.in_(["waiting", "dead"]),
            steps.c.error.in_(list(reasons)),
        )
        .values(state="waiting", due_at=now, attempts=0, finished_at=None)
    )
