"""The sums of customers equal a recount of the orders, whatever comes in, in whatever order."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.model import Order, Shop
from plugin.services import orders, privacy
from plugin.services.context import Context
from plugin.services.customers_over_time.lives import EVER
from plugin.store import catalogue, customer_figures
from plugin.store.customer_orders import PARTS, SUMS, customer_orders
from plugin.store.orders import orders as stored
from plugin.store.personal import expire, personal_columns
from tests.conftest import START
from tests.fakes.things import a_line, a_product, an_order
from tests.services.on_sqlite import db_url

__all__ = ["db_url"]

DOMAINS = (f"shop{number:06}.example" for number in itertools.count())
#: Whose each order is: by address, by number in the shop, or nobody's.
WHOSE = {
    1: ("mara@post.example", None),
    2: ("mara@post.example", "8001"),
    3: (None, "8002"),
    4: ("jan@post.example", "8003"),
    5: (None, None),
    6: ("Mara@post.example", None),
}
#: One thing that the shop tells: of which order, how long ago it was placed, what it came to,
#: whether the cost of its article is known, and whether it holds.
TOLD = st.tuples(
    st.integers(1, 6),
    st.sampled_from((0, 1, 30, 31, 90, 200, 365, 366, 700)),
    st.sampled_from(("10.00", "19.99", "24.50")),
    st.booleans(),
    st.booleans(),
)
Told = tuple[int, int, str, bool, bool]


def order_of(step: int, told: Told) -> Order:
    number, ago, total, known, cancelled = told
    at = START + timedelta(minutes=step)
    email, customer_id = WHOSE[number]
    return an_order(
        number,
        email=email,
        customer_id=customer_id,
        total=Decimal(total),
        channel="google / cpc" if number % 2 else None,
        lines=(a_line(number, place=1 if known else 2, price=Decimal(total)),),
        created_at=START - timedelta(days=ago),
        updated_at=at,
        cancelled_at=at if cancelled else None,
    )


def take(context: Context, shop: Shop, *found: Order) -> None:
    with context.db.write() as connection:
        orders.ingest_many(connection, context, shop, found)


def stock(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])


Sums = dict[tuple[object, ...], tuple[float, ...]]


def sums_of(context: Context, shop: Shop) -> Sums:
    found: Sums = {}
    with context.db.read() as connection:
        for name, (table, keys) in SUMS.items():
            for row in connection.execute(sa.select(table).where(table.c.shop_id == shop.id)):
                values = tuple(row)[1:]
                if any(values[keys:]):
                    found[(name, *values[:keys])] = tuple(values[keys:])
    return found


Placed = list[tuple[date, int, Told]]
Add = Callable[..., None]


def plainly(states: dict[int, Told]) -> Sums:
    """Count anew, one question after the other, from how the orders stand."""
    people: dict[str, Placed] = defaultdict(list)
    for number, told in states.items():
        email, customer_id = WHOSE[number]
        person = email.lower() if email else customer_id
        if person and not told[4]:
            people[person].append(((START - timedelta(days=told[1])).date(), number, told))
    sums: dict[tuple[object, ...], list[float]] = {}

    def add(place: tuple[object, ...], *amounts: float) -> None:
        held = sums.setdefault(place, [0.0] * len(amounts))
        sums[place] = [old + new for old, new in zip(held, amounts, strict=True)]

    for placed in people.values():
        placed.sort(key=lambda one: (one[0], f"gid://shopify/Order/{one[1]}"))
        days = sorted({day for day, _, _ in placed})
        horizons(placed, days, add)
        purchases(placed, days, add)
        active(days, add)
        if len(days) > 1:
            add(("gaps", days[0].replace(day=1), (days[1] - days[0]).days), 1)
    return {place: tuple(amounts) for place, amounts in sums.items()}


def horizons(placed: Placed, days: list[date], add: Add) -> None:
    channel = "google / cpc" if placed[0][1] % 2 else ""
    for horizon in (0, 30, 60, 90, 120, 150, 180, 270, 365, EVER):
        inside = [one for one in placed if (one[0] - days[0]).days <= horizon]
        again = len({day for day, _, _ in inside}) > 1
        left = [margin_of(told) for _, _, told in inside]
        known = None not in left
        margin = sum(one for one in left if one is not None) if known else 0
        revenue = sum(parts(told[2]) for _, _, told in inside)
        square = round(margin / 100) ** 2
        add(("horizons", horizon, days[0], channel), 1, again, revenue, margin, square, not known)


def purchases(placed: Placed, days: list[date], add: Add) -> None:
    for day, _, told in placed:
        revenue, margin = parts(told[2]), margin_of(told)
        place = ("purchases", day, min(days.index(day) + 1, 5))
        add(place, 1, revenue, round(revenue / 100) ** 2, margin or 0, margin is None)


def active(days: list[date], add: Add) -> None:
    alive = {day + timedelta(days=n) for day in days for n in range(365)}
    for day in sorted(alive):
        if day - timedelta(days=1) not in alive:
            add(("active", day), day == days[0], day != days[0], 0)
        if day + timedelta(days=1) not in alive:
            add(("active", day + timedelta(days=1)), 0, 0, 1)


def parts(total: str) -> int:
    return int(Decimal(total) * PARTS)


def margin_of(told: Told) -> int | None:
    """What is left of one piece without the German tax, at a cost of 7.77."""
    if not told[3]:
        return None
    left = Decimal(told[2]) * 100 / 119 - Decimal("7.77")
    return round(left * PARTS)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=st.lists(TOLD, min_size=1, max_size=14), at_once=st.integers(1, 5))
def test_the_sums_equal_a_recount_whatever_happens(
    told: list[Told], at_once: int, context: Context, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(next(DOMAINS))
    stock(context, shop)
    found = [order_of(step, one) for step, one in enumerate(told)]
    for start in range(0, len(found), at_once):
        some = {order.id: order for order in found[start : start + at_once]}
        take(context, shop, *some.values())
    assert sums_of(context, shop) == plainly({one[0]: one for one in told})


def test_telling_the_same_again_adds_nothing(context: Context, shop: Shop) -> None:
    order = an_order()
    take(context, shop, order)
    before = sums_of(context, shop)
    take(context, shop, order, replace(order, id="gid://shopify/Order/1", email=None))
    take(context, shop, order)
    assert sums_of(context, shop) == before


def test_an_order_in_other_money_counts_for_nobody(context: Context, shop: Shop) -> None:
    take(context, shop, an_order(currency="CHF"))
    assert sums_of(context, shop) == {}


def test_a_corrected_address_moves_the_order_to_the_other_person(
    context: Context, shop: Shop
) -> None:
    first, second = an_order(1), an_order(2, created_at=START - timedelta(days=5))
    take(context, shop, first, second)
    later = first.updated_at + timedelta(hours=1)
    take(context, shop, replace(first, email="jan@post.example", updated_at=later))
    with context.db.read() as connection:
        found = customer_figures.worth(connection, shop.id, EVER, date(2026, 1, 1), START.date())
    assert [(one.customers, one.again) for one in found] == [(2, 0)]


@pytest.mark.parametrize("gone", ["erased", "expired"])
def test_what_was_counted_outlives_the_person(context: Context, shop: Shop, gone: str) -> None:
    order = an_order(1)
    take(context, shop, order, an_order(2, created_at=START - timedelta(days=40)))
    before = sums_of(context, shop)
    if gone == "erased":
        privacy.erase_person(context, shop, "mara@post.example")
    else:
        for column in personal_columns():
            if column.table == "customer_orders":
                with context.db.write() as connection:
                    expire(connection, shop.id, column, START)
    with context.db.read() as connection:
        rows = connection.execute(sa.select(customer_orders)).all()
        kept = set(connection.execute(sa.select(stored.c.order_id)).scalars())
    assert {(row.identity, row.customer_id) for row in rows} == {(None, None)}
    assert {row.order_id for row in rows} == kept
    take(context, shop, replace(order, total=Decimal(1), updated_at=START + timedelta(hours=1)))
    assert sums_of(context, shop) == before


def test_somebody_erased_who_orders_again_is_new(context: Context, shop: Shop) -> None:
    take(context, shop, an_order(1, created_at=START - timedelta(days=40)))
    privacy.erase_person(context, shop, "mara@post.example")
    take(context, shop, an_order(2))
    with context.db.read() as connection:
        found = customer_figures.worth(connection, shop.id, EVER, date(2026, 1, 1), START.date())
    assert [(one.customers, one.again) for one in found] == [(2, 0)]
