"""How far each first synchronisation of a shop is, and up to when changes are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import sync_runs
from plugin.store.writing import upsert

#: In the order in which the merchant sees them.
KINDS = ("products", "customers", "orders", "suggestions")


@dataclass(frozen=True)
class SyncRun:
    """One synchronisation; `total` is None where the platform would not say."""

    kind: str
    state: str
    done: int
    total: int | None
    cursor: str | None
    started_at: datetime | None
    finished_at: datetime | None
    watermark: datetime | None
    error: str | None


def reset_runs(connection: Connection, shop_id: int, kinds: Sequence[str]) -> None:
    """Put synchronisations back to waiting, from the beginning; there are no others."""
    empty = {
        "state": "waiting",
        "done": 0,
        "total": None,
        "cursor": None,
        "started_at": None,
        "finished_at": None,
        "watermark": None,
        "error": None,
    }
    connection.execute(
        sa.delete(sync_runs).where(
            sync_runs.c.shop_id == shop_id, sync_runs.c.kind.not_in(list(kinds))
        )
    )
    upsert(connection, sync_runs, [{"shop_id": shop_id, "kind": kind, **empty} for kind in kinds])


def run_of(connection: Connection, shop_id: int, kind: str) -> SyncRun | None:
    """Return one synchronisation."""
    runs = [run for run in runs_of(connection, shop_id) if run.kind == kind]
    return runs[0] if runs else None


def runs_of(connection: Connection, shop_id: int) -> list[SyncRun]:
    """Return all synchronisations in the order of KINDS."""
    columns = [sync_runs.c[name] for name in SyncRun.__dataclass_fields__]
    rows = connection.execute(sa.select(*columns).where(sync_runs.c.shop_id == shop_id))
    runs = [SyncRun(**row._mapping) for row in rows]
    return sorted(runs, key=lambda run: KINDS.index(run.kind))


def update_run(connection: Connection, shop_id: int, kind: str, **values: Any) -> None:  # noqa: ANN401
    """Change columns of one synchronisation."""
    connection.execute(
        sa.update(sync_runs)
        .where(sync_runs.c.shop_id == shop_id, sync_runs.c.kind == kind)
        .values(**values)
    )


def raise_watermark(connection: Connection, shop_id: int, kind: str, moment: datetime) -> None:
    """Note that changes are known up to `moment`; it never goes back."""
    connection.execute(
        sa.update(sync_runs)
        .where(
            sync_runs.c.shop_id == shop_id,
            sync_runs.c.kind == kind,
            sa.or_(sync_runs.c.watermark.is_(None), sync_runs.c.watermark < moment),
        )
        .values(watermark=moment)
    )
