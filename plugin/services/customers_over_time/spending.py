"""What customers spend: by number of purchase, new against returning, and how many stay active."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.services.customers_over_time.lives import ACTIVE_DAYS
from plugin.services.customers_over_time.means import mean_of
from plugin.services.customers_over_time.months import end_of, month_of, months_before
from plugin.services.statistics import Interval
from plugin.store import customer_figures as store
from plugin.store.customer_figures import Purchases
from plugin.store.customer_orders import PARTS

#: Orders of one number of purchase below which no mean is stated.
LEAST_ORDERS = 30


@dataclass(frozen=True)
class OrderValue:
    """Orders that were the n-th purchase of their customer; the last number is "and later"."""

    number: int
    orders: int
    revenue: Decimal
    mean: Interval | None


@dataclass(frozen=True)
class Share:
    """What one kind of customers brought in a month; `margin` without the `unknown` orders."""

    orders: int
    revenue: Decimal
    margin: Decimal
    unknown: int


@dataclass(frozen=True)
class MonthOfSales:
    """Revenue and margin of a month: of first purchases, and of all later ones."""

    month: date
    new: Share
    returning: Share


@dataclass(frozen=True)
class Base:
    """How many customers were active at the end of a month, and who came and went in it."""

    month: date
    day: date
    active: int
    came: int
    returned: int
    went: int


def order_values(connection: Connection, shop_id: int, today: date) -> tuple[OrderValue, ...]:
    """Return what orders were worth by number of purchase, over the last 365 days."""
    start = today - timedelta(days=ACTIVE_DAYS - 1)
    return tuple(
        OrderValue(row.number, row.orders, _units(row.revenue), _mean(row))
        for row in store.purchases(connection, shop_id, start, today)
        if row.orders
    )


def _mean(row: Purchases) -> Interval | None:
    return mean_of(row.revenue, row.squares, row.orders) if row.orders >= LEAST_ORDERS else None


def sales(
    connection: Connection, shop_id: int, today: date, count: int
) -> tuple[MonthOfSales, ...]:
    """Return the latest months, the present one as far as it is known, the oldest first."""
    first = months_before(month_of(today), count - 1)
    found = store.purchases(connection, shop_id, first, today, by_month=True)
    return tuple(
        MonthOfSales(
            month,
            _share([row for row in found if row.month == month and row.number == 1]),
            _share([row for row in found if row.month == month and row.number > 1]),
        )
        for month in sorted({row.month for row in found if row.month})
    )


def _share(rows: Sequence[Purchases]) -> Share:
    return Share(
        sum(row.orders for row in rows),
        _units(sum(row.revenue for row in rows)),
        _units(sum(row.margin for row in rows)),
        sum(row.unknown for row in rows),
    )


def base(connection: Connection, shop_id: int, today: date, count: int) -> tuple[Base, ...]:
    """Return the latest months in which customers were active, the oldest first."""
    found, active = list(store.active(connection, shop_id, today)), 0
    rows: list[Base] = []
    month = months_before(month_of(today), count - 1)
    active = sum(one.came + one.returned - one.went for one in found if one.day < month)
    while month <= today:
        day = min(end_of(month), today)
        inside = [one for one in found if month <= one.day <= day]
        came, returned, went = (
            sum(getattr(one, name) for one in inside) for name in ("came", "returned", "went")
        )
        active += came + returned - went
        rows.append(Base(month, day, active, came, returned, went))
        month = months_before(month, -1)
    began = next((at for at, row in enumerate(rows) if row.active or row.came), len(rows))
    return tuple(rows[began:])


def _units(amount: int) -> Decimal:
    return Decimal(amount) / PARTS
