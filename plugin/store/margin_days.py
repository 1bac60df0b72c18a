"""What each arm saw and brought, day by day: exposures beside the orders that followed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.exposures import exposure_days
from plugin.store.order_arms import margin_days

#: Shown, or held out where it would have been shown.
_EXPOSED = ("impression", "withheld")


class ArmDay(NamedTuple):
    """One arm of one version on one day; money in hundredths of the shop's currency."""

    campaign: int
    day: date
    version: int
    arm: str
    orders: int = 0
    revenue: int = 0
    discount: int = 0
    margin: int = 0
    squares: float = 0.0
    unknown: int = 0
    exposures: int = 0


def arm_days(
    connection: Connection,
    shop_id: int,
    start: date,
    end: date,
    *,
    campaign: int | None = None,
    version: int | None = None,
) -> list[ArmDay]:
    """Return every arm of each day from `start` to `end`, both included, in the order of days.

    Of one campaign (0 is the whole shop) and version, or of all. Real shoppers alone.
    """
    seen, brought = exposure_days.c, margin_days.c
    wanted = {"campaign": campaign, "version": version}
    exposed = (
        sa.select(seen.campaign, seen.day, seen.version, seen.arm, sa.func.sum(seen["count"]))
        .where(
            seen.shop_id == shop_id,
            seen.day.between(start, end),
            seen.traffic == "real",
            seen.kind.in_(_EXPOSED),
            *(seen[name] == value for name, value in wanted.items() if value is not None),
        )
        .group_by(seen.campaign, seen.day, seen.version, seen.arm)
    )
    exposures = {tuple(row[:4]): int(row[4]) for row in connection.execute(exposed).all()}
    columns = [brought[name] for name in ArmDay._fields[:-1]]
    bought = sa.select(*columns).where(
        brought.shop_id == shop_id,
        brought.day.between(start, end),
        *(brought[name] == value for name, value in wanted.items() if value is not None),
    )
    found = [
        ArmDay._make((*row, exposures.pop(tuple(row[:4]), 0)))
        for row in connection.execute(bought).all()
    ]
    # Seen, and nothing was bought.
    for (of, on, number, arm), count in exposures.items():
        found.append(ArmDay(of, on, number, arm, exposures=count))
    return sorted(found)


def by_campaign(days: list[ArmDay]) -> dict[int, list[ArmDay]]:
    """Return the days of each campaign, the whole shop (0) left out."""
    found: dict[int, list[ArmDay]] = defaultdict(list)
    for day in days:
        if day.campaign:
            found[day.campaign].append(day)
    return found


def first_day(connection: Connection, shop_id: int, campaign: int, version: int) -> date | None:
    """Return the first day on which real shoppers met a version, None before that."""
    seen = exposure_days.c
    query = sa.select(sa.func.min(seen.day)).where(
        seen.shop_id == shop_id,
        seen.campaign == campaign,
        seen.version == version,
        seen.traffic == "real",
    )
    return connection.execute(query).scalar()
