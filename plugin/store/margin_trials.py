"""What moving the slider from what fits to what earns was last found to cost, by shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.writing import upsert

margin_trials = sa.Table(
    "margin_trials",
    metadata,
    shop_column(primary_key=True),
    sa.Column("measured_at", Utc, nullable=False),
    # services/suggestions/margin_trial.py says what stands in it.
    sa.Column("result", sa.JSON, nullable=False),
)


@dataclass(frozen=True)
class StoredTrial:
    """The last measurement of a shop."""

    measured_at: datetime
    result: dict[str, Any]


def put_trial(
    connection: Connection, shop_id: int, result: dict[str, Any], measured_at: datetime
) -> None:
    """Keep the newest measurement alone."""
    row = {"shop_id": shop_id, "measured_at": measured_at, "result": result}
    upsert(connection, margin_trials, [row])


def trial_of(connection: Connection, shop_id: int) -> StoredTrial | None:
    """Return the last measurement of a shop."""
    query = sa.select(margin_trials.c.measured_at, margin_trials.c.result)
    row = connection.execute(query.where(margin_trials.c.shop_id == shop_id)).first()
    return None if row is None else StoredTrial(row.measured_at, row.result)
