"""How many shoppers a campaign met in a stretch of days, in all its versions together."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.exposures import exposure_days


def met_between(
    connection: Connection, shop_id: int, campaign: int, start: date, end: date
) -> dict[str, int]:
    """Return the sums of real shoppers by kind, from `start` to `end`, both included."""
    counted = exposure_days.c
    query = (
        sa.select(counted.kind, sa.func.sum(counted["count"]).label("total"))
        .where(
            counted.shop_id == shop_id,
            counted.campaign == campaign,
            counted.traffic == "real",
            counted.day.between(start, end),
        )
        .group_by(counted.kind)
    )
    return {kind: int(total) for kind, total in connection.execute(query)}
