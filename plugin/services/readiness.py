"""Tells whether this installation is fit for traffic, and the figures operators watch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from plugin.errors import BleibError
from plugin.services.context import Context
from plugin.store import migrate, workers
from plugin.store.shops import installed_shop_ids

#: Seconds after which a silent worker counts as dead.
WORKER_SILENCE = 120


@dataclass(frozen=True)
class Readiness:
    """What /readyz answers."""

    database: bool
    schema: bool
    worker: bool
    worker_seen_seconds_ago: int | None

    @property
    def ready(self) -> bool:
        """Tell whether traffic may come: a missing worker delays mails but loses nothing."""
        return self.database and self.schema

    def as_json(self) -> dict[str, Any]:
        """Return the public form."""
        return {"ready": self.ready, **asdict(self)}


def check(context: Context) -> Readiness:
    """Look at database, migration head and worker."""
    try:
        with context.db.read() as connection:
            schema = migrate.is_current(connection)
            seen = workers.last_beat(connection) if schema else None
    except BleibError:
        return Readiness(database=False, schema=False, worker=False, worker_seen_seconds_ago=None)
    age = None if seen is None else max(0, int((context.now() - seen).total_seconds()))
    return Readiness(
        database=True,
        schema=schema,
        worker=age is not None and age <= WORKER_SILENCE,
        worker_seen_seconds_ago=age,
    )


def figures(context: Context) -> list[tuple[str, str, float]]:
    """Return (name, meaning, value) of what operators watch."""
    now = context.now()
    with context.db.read() as connection:
        due = workers.oldest_due(connection, now)
        counts = workers.counts(connection)
        seen = workers.last_beat(connection)
        shops = len(installed_shop_ids(connection))
    lag = 0.0 if due is None else (now - due).total_seconds()
    silence = -1.0 if seen is None else (now - seen).total_seconds()
    rows = [
        ("steps_lag_seconds", "Age of the oldest due step that waits", lag),
        ("worker_silence_seconds", "Seconds since a worker was last seen, -1: never", silence),
        ("shops_installed", "Installed shops", float(shops)),
    ]
    rows += [
        (f"steps_{state}", f"Steps in state {state}", float(number))
        for state, number in counts.items()
    ]
    return rows
