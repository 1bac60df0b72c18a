"""The sums of customers, read for a page: every number of them in a few rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.customer_orders import (
    active_days,
    customer_horizons,
    customer_orders,
    purchase_days,
    repeat_gaps,
)
from plugin.store.orders import orders


@dataclass(frozen=True)
class Cohort:
    """Customers of one month of first purchase, and how many had bought again by that horizon."""

    month: date
    horizon: int
    customers: int
    again: int


@dataclass(frozen=True)
class Worth:
    """What customers had done by a horizon; amounts and squares as in `customer_horizons`."""

    channel: str
    customers: int
    again: int
    revenue: int
    margin: int
    squares: float
    unknown: int


@dataclass(frozen=True)
class Purchases:
    """Orders that were some purchase of their customer; of one month, or of a stretch of days."""

    month: date | None
    number: int
    orders: int
    revenue: int
    squares: float
    margin: int
    unknown: int


@dataclass(frozen=True)
class Active:
    """How many customers came, returned and went on a day."""

    day: date
    came: int
    returned: int
    went: int


@dataclass(frozen=True)
class Life:
    """One customer up to a day: repeat purchases, days of first and last, and their revenue."""

    channel: str
    first_day: date
    last_day: date
    repeats: int
    revenue: int


@dataclass(frozen=True)
class OnceOnly:
    """An order of somebody who has bought on one day only."""

    number: str
    day: date
    revenue: int


def _month(column: sa.Column[date]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    return sa.extract("year", column), sa.extract("month", column)


def cohorts(
    connection: Connection, shop_id: int, horizons: Sequence[int], since: date
) -> list[Cohort]:
    """Return the months of first purchase from `since` on, the oldest first."""
    table = customer_horizons.c
    year, month = _month(table.first_day)
    query = (
        sa.select(year, month, table.horizon, *_sums(table.customers, table.again))
        .where(table.shop_id == shop_id, table.horizon.in_(horizons), table.first_day >= since)
        .group_by(year, month, table.horizon)
        .order_by(year, month, table.horizon)
    )
    return [
        Cohort(date(int(y), int(m), 1), horizon, int(customers), int(again))
        for y, m, horizon, customers, again in connection.execute(query)
    ]


def _sums(*columns: sa.Column[int]) -> list[sa.ColumnElement[int]]:
    return [sa.func.sum(column) for column in columns]


def worth(
    connection: Connection, shop_id: int, horizon: int, start: date, end: date
) -> list[Worth]:
    """Return what customers whose first purchase was in a stretch of days did by a horizon."""
    table = customer_horizons.c
    names = ("customers", "again", "revenue", "margin", "squares", "unknown")
    query = (
        sa.select(table.channel, *_sums(*(table[name] for name in names)))
        .where(
            table.shop_id == shop_id,
            table.horizon == horizon,
            table.first_day.between(start, end),
        )
        .group_by(table.channel)
        .order_by(table.channel)
    )
    return [_worth(*row) for row in connection.execute(query)]


def worth_by_month(
    connection: Connection, shop_id: int, horizons: Sequence[int], since: date
) -> list[tuple[date, int, Worth]]:
    """Return the same of all channels by month of first purchase from `since` on, and horizon."""
    table = customer_horizons.c
    year, month = _month(table.first_day)
    names = ("customers", "again", "revenue", "margin", "squares", "unknown")
    query = (
        sa.select(year, month, table.horizon, *_sums(*(table[name] for name in names)))
        .where(table.shop_id == shop_id, table.horizon.in_(horizons), table.first_day >= since)
        .group_by(year, month, table.horizon)
        .order_by(year, month, table.horizon)
    )
    return [
        (date(int(y), int(m), 1), horizon, _worth("", *sums))
        for y, m, horizon, *sums in connection.execute(query)
    ]


def _worth(channel: str, *sums: float) -> Worth:
    # PostgreSQL sums whole numbers as decimals.
    customers, again, revenue, margin, squares, unknown = sums
    return Worth(
        channel, int(customers), int(again), int(revenue), int(margin), float(squares), int(unknown)
    )


def first_purchases(
    connection: Connection, shop_id: int, start: date, end: date
) -> dict[tuple[str, date], int]:
    """Return how many customers each channel brought in each month."""
    table = customer_horizons.c
    year, month = _month(table.first_day)
    query = (
        sa.select(table.channel, year, month, *_sums(table.customers))
        .where(table.shop_id == shop_id, table.horizon == 0, table.first_day.between(start, end))
        .group_by(table.channel, year, month)
    )
    return {
        (channel, date(int(y), int(m), 1)): int(customers)
        for channel, y, m, customers in connection.execute(query)
    }


def purchases(
    connection: Connection, shop_id: int, start: date, end: date, *, by_month: bool = False
) -> list[Purchases]:
    """Return the orders of a stretch of days by number of purchase, the first purchase first."""
    table = purchase_days.c
    names = ("orders", "revenue", "squares", "margin", "unknown")
    months = list(_month(table.day)) if by_month else []
    query = (
        sa.select(*months, table.number, *_sums(*(table[name] for name in names)))
        .where(table.shop_id == shop_id, table.day.between(start, end))
        .group_by(*months, table.number)
        .order_by(*months, table.number)
    )
    found = []
    for row in connection.execute(query):
        month = date(int(row[0]), int(row[1]), 1) if by_month else None
        number, count, revenue, squares, margin, unknown = row[-6:]
        found.append(
            Purchases(
                month, number, int(count), int(revenue), float(squares), int(margin), int(unknown)
            )
        )
    return found


def active(connection: Connection, shop_id: int, until: date) -> list[Active]:
    """Return every day on which somebody became active or ceased to be, the oldest first."""
    table = active_days.c
    query = (
        sa.select(table.day, table.came, table.returned, table.went)
        .where(table.shop_id == shop_id, table.day <= until)
        .order_by(table.day)
    )
    return [Active(*row) for row in connection.execute(query)]


def gaps(connection: Connection, shop_id: int, start: date, end: date) -> list[tuple[int, int]]:
    """Return after how many days how many customers bought again, first purchases by month."""
    table = repeat_gaps.c
    query = (
        sa.select(table.days, *_sums(table.customers))
        .where(table.shop_id == shop_id, table.month.between(start, end))
        .group_by(table.days)
        .order_by(table.days)
    )
    return [(days, int(customers)) for days, customers in connection.execute(query)]


def once_only(connection: Connection, shop_id: int, start: date, end: date) -> Iterator[OnceOnly]:
    """Stream the orders of those who bought on one day only, by that day, the oldest first."""
    table = customer_orders.c
    query = (
        sa.select(orders.c.number, table.day, table.revenue)
        .join(
            orders,
            sa.and_(orders.c.shop_id == table.shop_id, orders.c.order_id == table.order_id),
        )
        .where(
            table.shop_id == shop_id,
            table.purchases == 1,
            table.first_day.between(start, end),
            # Whom we do not know any more may have bought again since.
            sa.or_(table.identity.is_not(None), table.customer_id.is_not(None)),
        )
        .order_by(table.first_day, table.order_id)
    )
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        yield OnceOnly(*row)


def lives(connection: Connection, shop_id: int, since: date, until: date) -> Iterator[Life]:
    """Stream the customers whose first purchase was from `since` on, as they were on a day."""
    table = customer_orders.c
    person = sa.func.coalesce(table.identity, sa.literal("#") + table.customer_id)
    first = sa.case((table.day == table.first_day, table.channel))
    repeated = sa.case((table.day != table.first_day, table.revenue), else_=0)
    query = (
        sa.select(
            sa.func.max(first),
            sa.func.min(table.day),
            sa.func.max(table.day),
            sa.func.count(sa.distinct(table.day)) - 1,
            sa.func.sum(repeated),
        )
        .where(
            table.shop_id == shop_id,
            table.first_day >= since,
            table.day <= until,
            sa.or_(table.identity.is_not(None), table.customer_id.is_not(None)),
        )
        .group_by(person)
    )
    for channel, day, last, repeats, revenue in connection.execute(
        query, execution_options={"yield_per": 5000}
    ):
        yield Life(channel, day, last, repeats, int(revenue))


def firsts(connection: Connection, shop_id: int, since: date) -> list[tuple[str, date, int]]:
    """Return how many customers each channel won on each day from `since` on, the oldest first."""
    table = customer_horizons.c
    query = (
        sa.select(table.channel, table.first_day, table.customers)
        .where(table.shop_id == shop_id, table.horizon == 0, table.first_day >= since)
        .order_by(table.first_day, table.channel)
    )
    return [(row.channel, row.first_day, row.customers) for row in connection.execute(query)]
