"""Small presents that go with an order: planned within a budget, and packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.orders import orders, shipments
from plugin.store.writing import insert_ignoring

surprises = sa.Table(
    "surprises",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    # lot, first, trouble
    sa.Column("rule", sa.String(10), nullable=False),
    sa.Column("gift", sa.String(60), nullable=False),
    sa.Column("cost", Amount, nullable=False),
    # First day of the month whose budget it is taken from.
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("planned_at", Utc, nullable=False),
    sa.Column("packed_at", Utc),
    sa.Index("ix_surprises_month", "shop_id", "month"),
)


@dataclass(frozen=True)
class Present:
    """What is to be put into the parcel of an order."""

    order_id: str
    number: str
    gift: str
    rule: str
    planned_at: datetime
    packed_at: datetime | None


def add_surprise(connection: Connection, shop_id: int, values: dict[str, Any]) -> None:
    """Plan a present for an order; one, whatever rules meet."""
    connection.execute(insert_ignoring(connection, surprises).values(shop_id=shop_id, **values))


def has_surprise(connection: Connection, shop_id: int, order_id: str) -> bool:
    """Tell whether a present is planned for an order."""
    query = sa.select(surprises.c.rule).where(
        surprises.c.shop_id == shop_id, surprises.c.order_id == order_id
    )
    return connection.execute(query).first() is not None


def drop_surprise(connection: Connection, shop_id: int, order_id: str) -> None:
    """Take a present back that is not packed yet: the order was cancelled."""
    connection.execute(
        sa.delete(surprises).where(
            surprises.c.shop_id == shop_id,
            surprises.c.order_id == order_id,
            surprises.c.packed_at.is_(None),
        )
    )


def spent_in(connection: Connection, shop_id: int, month: date) -> Decimal:
    """Return what the presents of a month cost."""
    query = sa.select(surprises.c.cost).where(
        surprises.c.shop_id == shop_id, surprises.c.month == month
    )
    return sum(connection.execute(query).scalars(), Decimal(0))


def presents(connection: Connection, shop_id: int, limit: int) -> list[Present]:
    """Return the presents of the newest orders, those to be packed first."""
    query = (
        sa.select(
            surprises.c.order_id,
            orders.c.number,
            surprises.c.gift,
            surprises.c.rule,
            surprises.c.planned_at,
            surprises.c.packed_at,
        )
        .join(
            orders,
            sa.and_(orders.c.shop_id == shop_id, orders.c.order_id == surprises.c.order_id),
        )
        .where(surprises.c.shop_id == shop_id)
        .order_by(surprises.c.packed_at.is_not(None), surprises.c.planned_at.desc())
        .limit(limit)
    )
    return [Present(**row._mapping) for row in connection.execute(query)]


def pack(connection: Connection, shop_id: int, order_ids: Sequence[str], now: datetime) -> None:
    """Note that presents lie in their parcels."""
    connection.execute(
        sa.update(surprises)
        .where(
            surprises.c.shop_id == shop_id,
            surprises.c.order_id.in_(order_ids),
            surprises.c.packed_at.is_(None),
        )
        .values(packed_at=now)
    )


def had_trouble(connection: Connection, shop_id: int, identity: str, before: datetime) -> bool:
    """Tell whether an earlier delivery to a person went wrong."""
    query = (
        sa.select(shipments.c.shipment_id)
        .join(
            orders,
            sa.and_(orders.c.shop_id == shop_id, orders.c.order_id == shipments.c.order_id),
        )
        .where(
            shipments.c.shop_id == shop_id,
            shipments.c.troubled,
            orders.c.identity == identity,
            orders.c.placed_at < before,
        )
    )
    return connection.execute(query.limit(1)).first() is not None
