"""Orders as the discount guard sees them: what they were worth, and whether they carried a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import HAS_CODE, order_lines, orders
from plugin.store.writing import chunks


@dataclass(frozen=True)
class PastOrder:
    """An order that was not cancelled; `identity` None where it is not known any more."""

    order_id: str
    placed_at: datetime
    identity: str | None
    total: Decimal
    discount: Decimal
    coded: bool


#: The columns that `past_order` reads.
PAST = [
    orders.c[name] for name in ("order_id", "placed_at", "identity", "total", "discount", "codes")
]


def past_order(row: sa.Row[Any]) -> PastOrder:
    """Return a row of these columns as an order."""
    return PastOrder(
        row.order_id, row.placed_at, row.identity, row.total, row.discount, bool(row.codes)
    )


@dataclass(frozen=True)
class PastLine:
    """A line of an order; `price` is that of one piece before any discount of the order.

    `kept`: how many pieces did not come back, None where the platform does not say.
    """

    variant_id: str | None
    product_id: str | None
    quantity: int
    price: Decimal
    kept: int | None = None


@dataclass(frozen=True)
class Coded:
    """How many orders there were, and how many of them carried a code."""

    orders: int
    coded: int


def coded_orders(
    connection: Connection, shop_id: int, start: datetime, end: datetime, currency: str
) -> list[PastOrder]:
    """Return the orders with a code of a stretch of time in a currency, the oldest first."""
    query = (
        sa.select(*PAST)
        .where(*_placed(shop_id, start, end, currency), HAS_CODE)
        .order_by(orders.c.placed_at, orders.c.order_id)
    )
    return [past_order(row) for row in connection.execute(query).all()]


def uncoded_at(
    connection: Connection, shop_id: int, start: datetime, end: datetime, currency: str
) -> list[datetime]:
    """Return when the orders without a code came in, the oldest first: there are many of them."""
    query = (
        sa.select(orders.c.placed_at)
        .where(*_placed(shop_id, start, end, currency), sa.not_(HAS_CODE))
        .order_by(orders.c.placed_at)
    )
    return list(connection.scalars(query).all())


def _placed(
    shop_id: int, start: datetime, end: datetime, currency: str
) -> list[sa.ColumnElement[bool]]:
    return [
        orders.c.shop_id == shop_id,
        orders.c.placed_at >= start,
        orders.c.placed_at < end,
        orders.c.cancelled_at.is_(None),
        orders.c.currency == currency,
    ]


def orders_by_id(connection: Connection, shop_id: int, ids: Sequence[str]) -> list[PastOrder]:
    """Return some orders, whatever became of them."""
    found: list[PastOrder] = []
    for some in chunks(ids):
        query = sa.select(*PAST).where(orders.c.shop_id == shop_id, orders.c.order_id.in_(some))
        found += [past_order(row) for row in connection.execute(query)]
    return found


def lines_of(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, list[PastLine]]:
    """Return the lines of some orders."""
    found: dict[str, list[PastLine]] = {}
    for some in chunks(ids):
        query = sa.select(
            order_lines.c.order_id,
            order_lines.c.variant_id,
            order_lines.c.product_id,
            order_lines.c.quantity,
            order_lines.c.price,
            order_lines.c.kept,
        ).where(order_lines.c.shop_id == shop_id, order_lines.c.order_id.in_(some))
        for order_id, *line in connection.execute(query):
            found.setdefault(order_id, []).append(PastLine(*line))
    return found


def coded_between(connection: Connection, shop_id: int, start: datetime, end: datetime) -> Coded:
    """Count the orders of a stretch of time that were not cancelled, and those with a code."""
    placed = sa.select(sa.func.count()).where(
        orders.c.shop_id == shop_id,
        orders.c.placed_at >= start,
        orders.c.placed_at < end,
        orders.c.cancelled_at.is_(None),
    )
    # Asked apart, each is answered from an index without the rows.
    carried = placed.where(HAS_CODE)
    query = sa.select(placed.scalar_subquery(), carried.scalar_subquery())
    return Coded(*connection.execute(query).one())


def last_coded_order(connection: Connection, shop_id: int, identity: str) -> datetime | None:
    """Return when a person last ordered with a code, whatever became of the order."""
    query = sa.select(sa.func.max(orders.c.placed_at)).where(
        orders.c.shop_id == shop_id,
        orders.c.identity == identity,
        HAS_CODE,
    )
    return connection.execute(query).scalar()


def mean_order_total(
    connection: Connection, shop_id: int, currency: str, limit: int = 200
) -> Decimal | None:
    """Return the mean of the newest orders that were not cancelled, None without any."""
    query = (
        sa.select(orders.c.total)
        .where(
            orders.c.shop_id == shop_id,
            orders.c.cancelled_at.is_(None),
            orders.c.currency == currency,
        )
        .order_by(orders.c.placed_at.desc())
        .limit(limit)
    )
    totals = [row.total for row in connection.execute(query)]
    return sum(totals, Decimal(0)) / len(totals) if totals else None


def order_months(connection: Connection, shop_id: int) -> tuple[datetime, datetime] | None:
    """Return when the first and the last order was placed, None without any."""
    query = sa.select(sa.func.min(orders.c.placed_at), sa.func.max(orders.c.placed_at)).where(
        orders.c.shop_id == shop_id
    )
    first, last = connection.execute(query).one()
    return None if first is None or last is None else (first, last)
