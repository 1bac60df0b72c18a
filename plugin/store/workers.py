"""Whether somebody works, and how far behind the work is: what operators watch."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata
from plugin.store.steps import steps
from plugin.store.writing import insert_ignoring

# One row for each worker process: how /readyz knows that somebody works.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)


def beat(connection: Connection, name: str, now: datetime) -> None:
    """Note that a worker is alive."""
    updated = connection.execute(
        sa.update(workers).where(workers.c.name == name).values(seen_at=now)
    )
    if updated.rowcount == 0:
        connection.execute(
            insert_ignoring(connection, workers).values(name=name, started_at=now, seen_at=now)
        )
    connection.execute(sa.delete(workers).where(workers.c.seen_at < now - timedelta(days=1)))


def last_beat(connection: Connection) -> datetime | None:
    """Return when a worker was last seen, None if never."""
    return connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar()


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """Return since when the longest waiting due step waits, None if nothing is due."""
    query = sa.select(sa.func.min(steps.c.due_at)).where(
        steps.c.state == "waiting", steps.c.due_at <= now
    )
    return connection.execute(query).scalar()


def counts(connection: Connection) -> dict[str, int]:
    """Return how many steps wait, run and are dead, over all shops (for operators)."""
    query = (
        sa.select(steps.c.state, sa.func.count())
        .where(steps.c.state.in_(["waiting", "running", "dead"]))
        .group_by(steps.c.state)
    )
    found = {"waiting": 0, "running": 0, "dead": 0}
    found.update({row[0]: row[1] for row in connection.execute(query)})
    return found
