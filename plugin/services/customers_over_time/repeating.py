"""Who buys again: the rate within some days, months of first purchase, and those who are due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time.lives import ACTIVE_DAYS, EVER
from plugin.services.customers_over_time.months import (
    last_ripe,
    month_of,
    months_before,
    ripe_on,
)
from plugin.services.insight import day_of
from plugin.services.statistics import Interval, wilson
from plugin.store import customer_figures as store
from plugin.store.customer_orders import PARTS

#: The columns of the table of months.
COLUMNS = (30, 60, 90, 180)
#: Below so many customers of a month or of a stretch no share is stated.
LEAST = 30
#: The stretch of first purchases that the rate is of.
_STRETCH = 365
#: Of fewer who came back nobody can say after how many days people do.
_LEAST_AGAIN = 20


@dataclass(frozen=True)
class Rate:
    """How many of those who first bought from `start` to `end` bought again within `days`.

    `share` None where they are fewer than LEAST.
    """

    days: int
    start: date
    end: date
    customers: int
    again: int

    @property
    def share(self) -> Interval | None:
        """Return the share with its interval of 95 %."""
        return wilson(self.again, self.customers) if self.customers >= LEAST else None


@dataclass(frozen=True)
class Cell:
    """One month after so many days: a share, or the day until which it ripens."""

    horizon: int
    customers: int
    again: int
    ripe_on: date
    ripe: bool

    @property
    def share(self) -> Interval | None:
        """Return the share with its interval, None while it ripens or where they are few."""
        if not self.ripe or self.customers < LEAST:
            return None
        return wilson(self.again, self.customers)


@dataclass(frozen=True)
class Month:
    """Customers by the month of their first purchase."""

    month: date
    customers: int
    cells: tuple[Cell, ...]


class Due(NamedTuple):
    """Who bought once and is due: `after` days half of those who come back are back.

    `people` first bought between `start` and `end`, on one day, and not since.
    """

    after: int
    people: int
    start: date
    end: date


def today_of(context: Context, shop: Shop) -> date:
    """Return the present day where the shop is."""
    return day_of(shop, context.now())


def rate(connection: Connection, shop_id: int, today: date, days: int) -> Rate:
    """Return the repurchase rate of the latest year of first purchases that are ripe."""
    end = last_ripe(today, days)
    start = end - timedelta(days=_STRETCH - 1)
    found = store.worth(connection, shop_id, days, start, end)
    customers = sum(one.customers for one in found)
    return Rate(days, start, end, customers, sum(one.again for one in found))


def months(connection: Connection, shop_id: int, today: date, count: int) -> tuple[Month, ...]:
    """Return the latest months of first purchase of which something is ripe, the oldest first."""
    since = months_before(month_of(today), count + 2)
    found: dict[date, list[Cell]] = {}
    for row in store.cohorts(connection, shop_id, COLUMNS, since):
        until = ripe_on(row.month, row.horizon)
        cell = Cell(row.horizon, row.customers, row.again, until, until < today)
        if row.customers:
            found.setdefault(row.month, []).append(cell)
    rows = [Month(month, cells[0].customers, tuple(cells)) for month, cells in found.items()]
    return tuple(row for row in rows if any(cell.ripe for cell in row.cells))[-count:]


def due(connection: Connection, shop_id: int, today: date) -> Due | None:
    """Return who bought once and is due, None where too few came back to say when they do."""
    after = _typical_gap(connection, shop_id, today)
    if after is None:
        return None
    start, end = today - timedelta(days=ACTIVE_DAYS), today - timedelta(days=after)
    found = store.worth(connection, shop_id, EVER, start, end)
    return Due(after, sum(one.customers - one.again for one in found), start, end)


class DueOrder(NamedTuple):
    """An order of somebody who has bought once and is due since a day."""

    number: str
    day: date
    since: date
    total: Decimal


def due_orders(context: Context, shop: Shop) -> Iterator[DueOrder]:
    """Stream the orders of those who are due, the oldest first."""
    today = today_of(context, shop)
    with context.db.read() as connection:
        found = due(connection, shop.id, today)
        if found is None:
            return
        for one in store.once_only(connection, shop.id, found.start, found.end):
            since = one.day + timedelta(days=found.after)
            yield DueOrder(one.number, one.day, since, Decimal(one.revenue) / PARTS)


def _typical_gap(connection: Connection, shop_id: int, today: date) -> int | None:
    # Only of months that had the time: who bought last week cannot have come back after a year.
    for within in (365, 180, 90):
        end = months_before(month_of(last_ripe(today, within)), 1)
        counts = store.gaps(connection, shop_id, months_before(end, 23), end)
        inside = [(days, count) for days, count in counts if days <= within]
        if sum(count for _, count in inside) >= _LEAST_AGAIN:
            return _median(inside)
    return None


def _median(counts: Sequence[tuple[int, int]]) -> int:
    half, seen = sum(count for _, count in counts) / 2, 0
    for days, count in counts:
        seen += count
        if seen >= half:
            return days
    raise ValueError("no counts")
