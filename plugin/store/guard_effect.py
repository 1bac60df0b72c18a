"""What came of those who were shown a voucher and of those who were not: raw figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.exposures import exposure_days
from plugin.store.guard_orders import PAST, PastOrder, past_order
from plugin.store.orders import orders
from plugin.store.subscribers import subscribers
from plugin.store.writing import chunks


@dataclass(frozen=True)
class ArmSum:
    """How often a kind was counted for an arm, over all campaigns that hold somebody back."""

    arm: str
    kind: str
    count: int


@dataclass(frozen=True)
class SignedUp:
    """Somebody who confirmed a sign-up, with the arms that they were in."""

    identity: str
    campaign_id: int
    arms: Any
    requested_at: datetime


def arm_sums(connection: Connection, shop_id: int, held: str, since: date) -> list[ArmSum]:
    """Return the sums of real shoppers since a day, of versions in which `held` was an arm."""
    days = exposure_days.c
    mine = sa.and_(days.shop_id == shop_id, days.traffic == "real", days.day >= since)
    compared = sa.select(days.campaign, days.version).where(mine, days.arm == held).distinct()
    versions = compared.subquery()
    query = (
        sa.select(days.arm, days.kind, sa.func.sum(days["count"]))
        .join(
            versions,
            sa.and_(versions.c.campaign == days.campaign, versions.c.version == days.version),
        )
        .where(mine)
        .group_by(days.arm, days.kind)
    )
    return [ArmSum(arm, kind, int(count)) for arm, kind, count in connection.execute(query)]


def signed_up(connection: Connection, shop_id: int, since: datetime) -> list[SignedUp]:
    """Return those who confirmed a sign-up since then and whose arms are known."""
    query = sa.select(
        subscribers.c.identity,
        subscribers.c.campaign_id,
        subscribers.c.arms,
        subscribers.c.requested_at,
    ).where(
        subscribers.c.shop_id == shop_id,
        subscribers.c.requested_at >= since,
        subscribers.c.confirmed_at.is_not(None),
    )
    return [SignedUp(**row._mapping) for row in connection.execute(query).all() if row.arms]


def orders_of(
    connection: Connection, shop_id: int, identities: Sequence[str], since: datetime, currency: str
) -> dict[str, list[PastOrder]]:
    """Return the orders of some people that were not cancelled, by person."""
    found: dict[str, list[PastOrder]] = {}
    for some in chunks(identities):
        query = sa.select(*PAST).where(
            orders.c.shop_id == shop_id,
            orders.c.identity.in_(some),
            orders.c.placed_at >= since,
            orders.c.cancelled_at.is_(None),
            orders.c.currency == currency,
        )
        for row in connection.execute(query):
            found.setdefault(row.identity, []).append(past_order(row))
    return found
