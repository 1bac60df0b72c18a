"""What a merchant reads of all parcels: how many are where, which are stuck, how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import orders, shipments

#: A parcel that a merchant or a platform called back counts nowhere.
_VOID = "cancelled"
_SAME_ORDER = sa.and_(
    orders.c.shop_id == shipments.c.shop_id, orders.c.order_id == shipments.c.order_id
)


@dataclass(frozen=True)
class StageCount:
    """How many orders are at a stage; the oldest of them, and how many came since a moment."""

    stage: int
    count: int
    oldest: datetime
    fresh: int


@dataclass(frozen=True)
class OpenParcel:
    """A parcel that has not arrived, with what a merchant needs to look after it."""

    order_id: str
    shipment_id: str
    number: str
    email_sealed: str | None
    carrier: str | None
    stage: int
    condition: str
    created_at: datetime
    promised_on: date | None
    expected_day: date | None
    last_at: datetime | None
    last_kind: str | None
    last_place: str | None


class Arrived(NamedTuple):
    """A parcel that arrived: who brought it where, when, and what was promised."""

    carrier: str | None
    country: str | None
    placed_at: datetime
    sent_at: datetime | None
    arrived_at: datetime
    promised_on: date | None


@dataclass(frozen=True)
class Stuck:
    """From when on a parcel is stuck: nothing was heard since `silent`, or `today` is too late."""

    since: datetime
    silent: datetime
    today: date
    conditions: Sequence[str]


def stage_counts(
    connection: Connection, shop_id: int, since: datetime, today: datetime
) -> list[StageCount]:
    """Return how many orders placed since a moment are at each stage, as their buyers see it.

    An order is as far as the last of its parcels; without one it is at 2 once it is paid.
    """
    reached = sa.func.min(shipments.c.stage)
    each = (
        sa.select(
            orders.c.placed_at,
            sa.func.coalesce(reached, sa.case((orders.c.paid, 2), else_=1)).label("stage"),
        )
        .select_from(
            orders.outerjoin(shipments, sa.and_(_SAME_ORDER, shipments.c.condition != _VOID))
        )
        .where(
            orders.c.shop_id == shop_id,
            orders.c.placed_at >= since,
            orders.c.cancelled_at.is_(None),
        )
        .group_by(orders.c.shop_id, orders.c.order_id, orders.c.placed_at, orders.c.paid)
        .subquery()
    )
    query = sa.select(
        each.c.stage,
        sa.func.count().label("count"),
        sa.func.min(each.c.placed_at).label("oldest"),
        sa.func.sum(sa.case((each.c.placed_at >= today, 1), else_=0)).label("fresh"),
    ).group_by(each.c.stage)
    return [StageCount(**row._mapping) for row in connection.execute(query)]


def count_unheard(connection: Connection, shop_id: int, since: datetime, silent: datetime) -> int:
    """Return how many parcels are on their way and nobody heard of since `silent`."""
    query = _open(sa.func.count(), shop_id, since).where(
        shipments.c.stage == 3, shipments.c.last_at < silent
    )
    return int(connection.execute(query).scalar_one())


def count_stuck(connection: Connection, shop_id: int, stuck: Stuck) -> int:
    """Return how many parcels need somebody."""
    query = _open(sa.func.count(), shop_id, stuck.since).where(_needs_somebody(stuck))
    return int(connection.execute(query).scalar_one())


def stuck_parcels(
    connection: Connection, shop_id: int, stuck: Stuck, limit: int
) -> list[OpenParcel]:
    """Return parcels that need somebody, the one that is late for longest first."""
    named: list[Any] = [
        (orders if name in ("number", "email_sealed") else shipments).c[name]
        for name in OpenParcel.__dataclass_fields__
    ]
    promised = sa.func.coalesce(shipments.c.promised_on, shipments.c.expected_day)
    query = (
        _open(named, shop_id, stuck.since)
        .where(_needs_somebody(stuck))
        .order_by(promised.is_(None), promised, shipments.c.created_at, shipments.c.shipment_id)
        .limit(limit)
    )
    return [OpenParcel(**row._mapping) for row in connection.execute(query)]


def _open(what: Any, shop_id: int, since: datetime) -> sa.Select[Any]:  # noqa: ANN401 - columns
    columns = what if isinstance(what, list) else [what]
    return (
        sa.select(*columns)
        .select_from(shipments.join(orders, _SAME_ORDER))
        .where(
            shipments.c.shop_id == shop_id,
            shipments.c.created_at >= since,
            shipments.c.arrived_at.is_(None),
            shipments.c.condition != _VOID,
            orders.c.cancelled_at.is_(None),
        )
    )


def _needs_somebody(stuck: Stuck) -> sa.ColumnElement[bool]:
    promised = sa.func.coalesce(shipments.c.promised_on, shipments.c.expected_day)
    heard = sa.func.coalesce(shipments.c.last_at, shipments.c.created_at)
    return sa.or_(
        shipments.c.condition.in_(stuck.conditions),
        promised < stuck.today,
        sa.and_(heard < stuck.silent, shipments.c.condition != "pickup"),
    )


def any_parcel(connection: Connection, shop_id: int) -> bool:
    """Tell whether this shop ever sent a parcel that we know of."""
    query = sa.select(shipments.c.shipment_id).where(shipments.c.shop_id == shop_id).limit(1)
    return connection.execute(query).first() is not None


def orders_without_parcels(
    connection: Connection,
    shop_id: int,
    since: datetime,
    before: tuple[datetime, str],
    limit: int,
) -> list[tuple[str, datetime]]:
    """Return id and time of orders of which no parcel is known, the newest first.

    `before` is time and id of the last one of the page before.
    """
    moment, order_id = before
    order = orders.c
    known = sa.exists().where(
        shipments.c.shop_id == shop_id, shipments.c.order_id == order.order_id
    )
    query = (
        sa.select(order.order_id, order.placed_at)
        .where(
            order.shop_id == shop_id,
            order.placed_at >= since,
            sa.or_(
                order.placed_at < moment,
                sa.and_(order.placed_at == moment, order.order_id > order_id),
            ),
            order.cancelled_at.is_(None),
            sa.not_(order.order_id.like("erased:%")),
            sa.not_(known),
        )
        .order_by(order.placed_at.desc(), order.order_id)
        .limit(limit)
    )
    return [(row.order_id, row.placed_at) for row in connection.execute(query)]


def arrived_between(
    connection: Connection, shop_id: int, since: datetime, until: datetime, limit: int | None = None
) -> list[Arrived]:
    """Return the parcels that arrived from `since` on and before `until`, the newest first."""
    named: list[Any] = [
        (orders if name in ("country", "placed_at") else shipments).c[name]
        for name in Arrived._fields
    ]
    query = (
        sa.select(*named)
        .select_from(shipments.join(orders, _SAME_ORDER))
        .where(
            shipments.c.shop_id == shop_id,
            shipments.c.arrived_at >= since,
            shipments.c.arrived_at < until,
        )
        .order_by(shipments.c.arrived_at.desc())
        .limit(limit)
    )
    return [Arrived._make(row) for row in connection.execute(query).all()]


def count_arrived(connection: Connection, shop_id: int, since: datetime, until: datetime) -> int:
    """Return how many parcels arrived from `since` on and before `until`."""
    query = sa.select(sa.func.count()).where(
        shipments.c.shop_id == shop_id,
        shipments.c.arrived_at >= since,
        shipments.c.arrived_at < until,
    )
    return connection.execute(query).scalar_one()
