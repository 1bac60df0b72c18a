"""What the arms of each campaign saw and did: daily sums, real people apart from all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.writing import insert_of

exposure_days = sa.Table(
    "exposure_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("campaign", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("arm", sa.String(1), primary_key=True),  # a, b, - (the holdout)
    sa.Column("traffic", sa.String(5), primary_key=True),  # real, robot, test
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    # The figures of one campaign are read over all its days.
    sa.Index("ix_exposure_days_campaign", "shop_id", "campaign", "version", "day"),
)


class Place(NamedTuple):
    """Where something is counted."""

    day: date
    campaign: int
    version: int
    arm: str
    traffic: str
    kind: str


@dataclass(frozen=True)
class ArmCount:
    """How often a kind was counted for one arm of a version."""

    arm: str
    kind: str
    count: int


def add_exposures(connection: Connection, shop_id: int, sums: Mapping[Place, int]) -> None:
    """Add to the sums of several places; negative numbers take back."""
    if not sums:
        return
    # In a fixed order, so that two transactions never wait for each other's rows.
    rows = [
        {"shop_id": shop_id, **place._asdict(), "count": count}
        for place, count in sorted(sums.items())
    ]
    insert = insert_of(connection, exposure_days)
    added = insert.on_conflict_do_update(
        index_elements=[column.name for column in exposure_days.primary_key],
        set_={"count": exposure_days.c["count"] + insert.excluded["count"]},
    )
    # One statement for all rows, whose text is the same for any number of them.
    connection.execute(added, rows)


def counts_of_version(
    connection: Connection, shop_id: int, campaign: int, version: int, traffic: str
) -> list[ArmCount]:
    """Return the sums over all days of one version of a campaign, by arm and kind."""
    total = sa.func.sum(exposure_days.c["count"]).label("total")
    query = (
        sa.select(exposure_days.c.arm, exposure_days.c.kind, total)
        .where(
            exposure_days.c.shop_id == shop_id,
            exposure_days.c.campaign == campaign,
            exposure_days.c.version == version,
            exposure_days.c.traffic == traffic,
        )
        .group_by(exposure_days.c.arm, exposure_days.c.kind)
        .order_by(exposure_days.c.arm, exposure_days.c.kind)
    )
    return [ArmCount(arm, kind, int(total)) for arm, kind, total in connection.execute(query)]
