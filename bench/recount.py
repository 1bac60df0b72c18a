"""Counts customers anew in plain SQL, apart from Bleib's own code, and compares: not a digit off.

Usage: python -m bench.recount [FILE], with the columns basket_id, timestamp, item_id, price, qty
and customer_id; without a file on orders that are drawn.
"""

from __future__ import annotations

import csv
import gzip
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.made_orders import new_shop, opened
from bench.report import print_table
from plugin.model import Order, OrderLine, Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.customers_over_time import repeating, spending

#: The parts of a unit that amounts are compared in.
PARTS = 10_000
_AT_ONCE = 500

_PURCHASES = """
CREATE TABLE baskets (id TEXT PRIMARY KEY, day TEXT NOT NULL, person TEXT NOT NULL, parts INTEGER);
"""
_VISITS = """
CREATE TABLE visits AS SELECT DISTINCT person, day FROM baskets;
CREATE TABLE firsts AS SELECT person, MIN(day) AS first FROM visits GROUP BY person;
CREATE TABLE seconds AS SELECT firsts.person, firsts.first,
  CAST((SELECT MIN(JULIANDAY(day)) FROM visits WHERE visits.person = firsts.person
        AND visits.day > firsts.first) - JULIANDAY(firsts.first) AS INTEGER) AS gap FROM firsts;
"""
_RATE = """
SELECT COUNT(*), SUM(gap IS NOT NULL AND gap <= :days) FROM seconds
WHERE first BETWEEN :start AND :end
"""
_MONTHS = """
SELECT SUBSTR(first, 1, 7), COUNT(*), SUM(gap IS NOT NULL AND gap <= 30),
  SUM(gap IS NOT NULL AND gap <= 60), SUM(gap IS NOT NULL AND gap <= 90),
  SUM(gap IS NOT NULL AND gap <= 180) FROM seconds GROUP BY 1 ORDER BY 1
"""
_VALUES = """
SELECT MIN(5, place), COUNT(*), SUM(parts) FROM (
  SELECT day, parts, DENSE_RANK() OVER (PARTITION BY person ORDER BY day) AS place FROM baskets)
WHERE day BETWEEN :start AND :end GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Basket:
    """One order that counts: whose, on which day where the shop is, and its total in PARTS."""

    id: str
    day: date
    person: str
    parts: int


@dataclass(frozen=True)
class Numbers:
    """What is compared, in whole numbers.

    `rate`: customers and those who bought again within 90 days. `months`: by month of the first
    purchase the customers, and those who had bought again after 30, 60, 90 and 180 days (None
    where not all of it is over). `values`: by number of purchase the orders and what they came to.
    """

    rate: tuple[int, int]
    months: dict[str, tuple[int | None, ...]]
    values: dict[int, tuple[int, int]]


def counted(context: Context, shop: Shop) -> Numbers:
    """Return the numbers as the merchant's pages state them."""
    today = repeating.today_of(context, shop)
    with context.db.read() as connection:
        rate = repeating.rate(connection, shop.id, today, 90)
        months = repeating.months(connection, shop.id, today, 60)
        values = spending.order_values(connection, shop.id, today)
    return Numbers(
        (rate.customers, rate.again),
        {
            f"{row.month:%Y-%m}": (
                row.customers,
                *(cell.again if cell.ripe else None for cell in row.cells),
            )
            for row in months
        },
        {row.number: (row.orders, int(row.revenue * PARTS)) for row in values},
    )


def recounted(baskets: Iterable[Basket], today: date) -> Numbers:
    """Return the same numbers from the orders alone, in plain SQL."""
    database = sqlite3.connect(":memory:")
    database.executescript(_PURCHASES)
    rows = ((one.id, one.day.isoformat(), one.person, one.parts) for one in baskets)
    database.executemany("INSERT INTO baskets VALUES (?, ?, ?, ?)", rows)
    database.executescript(_VISITS)
    end = today - timedelta(days=91)
    stretch = {"days": 90, "start": str(end - timedelta(days=364)), "end": str(end)}
    customers, again = database.execute(_RATE, stretch).fetchone()
    months = {row[0]: _ripe(row, today) for row in database.execute(_MONTHS)}
    year = {"start": str(today - timedelta(days=364)), "end": str(today)}
    return Numbers(
        (customers, again or 0),
        {month: row for month, row in months.items() if any(one is not None for one in row[1:])},
        {place: (count, parts) for place, count, parts in database.execute(_VALUES, year)},
    )


def _ripe(row: tuple[str, int, int, int, int, int], today: date) -> tuple[int | None, ...]:
    first = date.fromisoformat(f"{row[0]}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    columns = zip((30, 60, 90, 180), row[2:], strict=True)
    return row[1], *(n if last + timedelta(days=days) < today else None for days, n in columns)


def orders_of(path: Path) -> Iterator[Order]:
    """Return the orders of a file, the oldest first; those without a customer have none."""
    opener = gzip.open if path.suffix == ".gz" else open
    found: dict[str, Order] = {}
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = OrderLine(
                id=str(len(found)),
                product_id=row["item_id"],
                variant_id=None,
                title=row.get("name") or row["item_id"],
                quantity=int(row["qty"]),
                price=Decimal(row["price"]),
            )
            known = found.get(row["basket_id"]) or _empty(row)
            total = known.total + line.price * line.quantity
            found[known.id] = replace(known, total=total)
    yield from sorted(found.values(), key=lambda order: order.created_at)


def _empty(row: dict[str, str]) -> Order:
    at = datetime.fromisoformat(row["timestamp"])
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Order(
        id=row["basket_id"],
        number=row["basket_id"],
        email=None,
        postcode=None,
        country=None,
        customer_id=row.get("customer_id") or None,
        currency="GBP",
        total=Decimal(0),
        discount=Decimal(0),
        codes=(),
        paid=True,
        created_at=at,
        updated_at=at,
        cancelled_at=None,
        lines=(),
    )


def drawn(count: int) -> Iterator[Order]:
    """Return as many orders of 600 days, by customers of whom some come back."""
    chance = random.Random(2005)  # noqa: S311 - the same orders every time, not secrecy
    start = datetime(2024, 1, 1, tzinfo=UTC)
    moments = sorted(chance.randrange(600 * 86400) for _ in range(count))
    for number, second in enumerate(moments):
        customer = chance.randrange(count // 2) if chance.random() < 0.9 else None
        at = (start + timedelta(seconds=second)).isoformat()
        named = {} if customer is None else {"customer_id": str(customer)}
        order = _empty({"basket_id": str(number), "timestamp": at, **named})
        yield replace(order, total=Decimal(chance.randrange(500, 20_000)) / 100)


def take_in(context: Context, shop: Shop, found: Iterable[Order]) -> list[Basket]:
    """Take in orders as those of a shop; return what a recount needs of those with a customer."""
    baskets: list[Basket] = []
    waiting = iter(found)
    while some := list(islice(waiting, _AT_ONCE)):
        with context.db.write() as connection:
            orders.ingest_many(connection, context, shop, some)
        baskets += [
            Basket(
                one.id,
                one.created_at.astimezone(ZoneInfo(shop.zone)).date(),
                one.customer_id,
                int(one.total * PARTS),
            )
            for one in some
            if one.customer_id
        ]
    return baskets


def main() -> int:
    """Compare on a file; 1 where a digit differs."""
    found = list(orders_of(Path(sys.argv[1])) if len(sys.argv) > 1 else drawn(6_000))
    now = found[-1].created_at + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        context = replace(opened(Path(folder)), clock=lambda: now)
        shop = replace(new_shop(context), currency="GBP", zone="UTC")
        began = time.perf_counter()
        baskets = take_in(context, shop, found)
        took = time.perf_counter() - began
        ours = counted(context, shop)
    other = recounted(baskets, now.date())
    rows = [
        ["90-day rate", str(ours.rate), str(other.rate)],
        *(
            [f"month {one}", str(ours.months[one]), str(other.months.get(one))]
            for one in ours.months
        ),
        *([f"purchase {n}", str(ours.values[n]), str(other.values.get(n))] for n in ours.values),
    ]
    print_table(["number", "bleib", "recount"], rows)
    print(f"{len(baskets):,} orders of customers taken in: {took:.0f} s")
    print("ok     equal to the last digit" if ours == other else "MISSED the two differ")
    return int(ours != other)


if __name__ == "__main__":
    sys.exit(main())
