"""What a merchant reads of customers: final numbers only, equal to a recount in plain SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from bench.recount import Basket, counted, recounted
from plugin.demo.opening import open_shop
from plugin.demo.settings import Settings
from plugin.model import Order, Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.customers_over_time import (
    cohort_worth,
    costs,
    foresight,
    repeating,
    spending,
    worth,
)
from plugin.services.customers_over_time.costs import ChannelCost
from plugin.services.steps import Step
from plugin.store import catalogue, customer_values
from plugin.store.customer_figures import Life
from plugin.store.customer_orders import PARTS
from tests.conftest import START
from tests.fakes.things import a_line, a_product, an_order

TODAY = START.date()
OCTOBER = date(2026, 10, 1)


def take(context: Context, shop: Shop, found: list[Order]) -> None:
    with context.db.write() as connection:
        orders.ingest_many(connection, context, shop, found)


def bought(number: int, person: int, ago: int, **values: object) -> Order:
    return an_order(
        number,
        email=f"kunde{person}@post.example",
        created_at=START - timedelta(days=ago),
        updated_at=START - timedelta(days=ago),
        **values,
    )


def test_the_demos_orders_equal_a_recount_to_the_last_digit(
    context: Context, make_shop: Callable[..., Shop], tmp_path: Path
) -> None:
    demo = open_shop(
        Settings(
            tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2", "x" * 32, generated_orders=500
        )
    )
    rows = demo.db.all("SELECT id, email, created_at, cancelled_at, total FROM orders")
    now = demo.now()
    demo.db.close()
    shop = make_shop()
    found = [
        an_order(
            row["id"],
            email=row["email"],
            total=Decimal(row["total"]) / 100,
            created_at=moment(row["created_at"]),
            updated_at=now,
            cancelled_at=now if row["cancelled_at"] else None,
            lines=(),
        )
        for row in rows
    ]
    there = replace(context, clock=lambda: now)
    take(there, shop, found)
    baskets = [
        Basket(str(row["id"]), local(row["created_at"]), row["email"], row["total"] * 100)
        for row in rows
        if not row["cancelled_at"]
    ]
    ours = counted(there, shop)
    assert ours == recounted(baskets, now.astimezone(ZoneInfo(shop.zone)).date())
    assert ours.rate[0] > 80
    assert len(ours.months) > 6


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def local(text: str) -> date:
    return moment(text).astimezone(ZoneInfo("Europe/Berlin")).date()


def test_a_month_is_a_number_only_once_its_last_customers_had_the_time(
    context: Context, shop: Shop
) -> None:
    # First purchases on 31 August: their 60 days end on 30 October, their 90 on 29 November.
    ago = (TODAY - date(2026, 8, 31)).days
    take(context, shop, [bought(n, n, ago) for n in range(30)])
    take(context, shop, [bought(100 + n, n, ago - 60) for n in range(15)])
    with context.db.read() as connection:
        (month,) = repeating.months(connection, shop.id, TODAY, 7)
    shares = [None if cell.share is None else cell.share.value for cell in month.cells]
    assert shares == [0.0, 0.5, None, None]
    assert [cell.ripe_on for cell in month.cells if not cell.ripe] == [
        date(2026, 11, 29),
        date(2027, 2, 27),
    ]


def test_few_customers_are_no_share(context: Context, shop: Shop) -> None:
    take(context, shop, [bought(n, n, 120) for n in range(29)])
    with context.db.read() as connection:
        rate = repeating.rate(connection, shop.id, TODAY, 90)
        (month,) = repeating.months(connection, shop.id, TODAY, 7)
    assert (rate.customers, rate.share) == (29, None)
    assert {cell.share for cell in month.cells} == {None}


def test_who_bought_once_is_due_when_half_of_the_others_were_back(
    context: Context, shop: Shop
) -> None:
    take(context, shop, [bought(n, n, 300) for n in range(25)])
    take(context, shop, [bought(100 + n, n, 300 - 10 - n) for n in range(25)])
    take(context, shop, [bought(200, 50, 200), bought(201, 51, 22), bought(202, 52, 21)])
    with context.db.read() as connection:
        due = repeating.due(connection, shop.id, TODAY)
    assert due is not None
    assert (due.after, due.people) == (22, 2)
    listed = [(one.number, one.since) for one in repeating.due_orders(context, shop)]
    assert listed == [
        ("#200", TODAY - timedelta(days=178)),
        ("#201", TODAY),
    ]


def test_customers_go_a_year_after_their_last_purchase(context: Context, shop: Shop) -> None:
    take(context, shop, [bought(1, 1, 370), bought(2, 2, 370), bought(3, 2, 2)])
    with context.db.read() as connection:
        rows = spending.base(connection, shop.id, TODAY, 13)
    assert [(row.active, row.came, row.returned, row.went) for row in rows[-2:]] == [
        (2, 0, 0, 0),
        (1, 0, 1, 2),
    ]


def test_worth_against_cost_needs_customers_costs_and_time(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    line = {"total": Decimal("19.00"), "channel": "google / cpc"}
    days = [(TODAY - OCTOBER).days - n % 28 for n in range(200)]
    old = [ago + 365 for ago in days]
    take(
        context, shop, [bought(n, n, ago, lines=(a_line(n),), **line) for n, ago in enumerate(old)]
    )
    take(
        context,
        shop,
        [bought(500 + n, 500 + n, ago, lines=(a_line(n),), **line) for n, ago in enumerate(days)],
    )
    take(context, shop, [bought(900, 900, 20, channel="newsletter")])
    costs.state(context, shop, [ChannelCost("google / cpc", OCTOBER, Decimal(820))])
    found = worth.read_values(context, shop)
    paid, few, together = found.channels
    # One cup at 19.00 with tax, bought for 7.77: nobody came back.
    assert paid.cost == Decimal("4.10")
    assert paid.worth is not None
    assert round(paid.worth.value, 4) == 8.1964
    assert paid.ratio is not None
    assert round(paid.ratio.value, 2) == 2.0
    assert paid.back_after == 0
    assert (few.state, few.cost, few.worth) == ("few", None, None)
    assert (together.name, together.customers) == (None, 401)


def test_a_quarters_customers_are_worth_more_as_they_age_and_what_ripens_has_a_date(
    context: Context, shop: Shop
) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    spring = [(TODAY - date(2026, 5, 1)).days - n % 28 for n in range(200)]
    summer = (TODAY - date(2026, 8, 1)).days
    first = [(n, n, ago) for n, ago in enumerate(spring)]
    again = [(500 + n, n, ago - 60) for n, ago in enumerate(spring[:100])]
    late = [(800 + n, 800 + n, summer) for n in range(50)]
    new = [(900, 900, 3)]
    take(
        context,
        shop,
        [
            bought(*one, total=Decimal("19.00"), lines=(a_line(one[0]),))
            for one in (*first, *again, *late, *new)
        ],
    )
    with context.db.read() as connection:
        found = cohort_worth.cohorts(connection, shop.id, TODAY, 8)
    told = [(one.quarter, one.customers, [age.state for age in one.ages]) for one in found]
    assert told == [
        (date(2026, 4, 1), 200, ["shown", "shown", "unripe", "unripe"]),
        (date(2026, 7, 1), 50, ["few", "unripe", "unripe", "unripe"]),
    ]
    means = [age.mean for age in found[0].ages]
    # One cup each, 8.1964 of margin; half of them bought another within 90 days.
    assert [None if mean is None else round(mean.value, 4) for mean in means] == [
        8.1964, 12.2946, None, None,
    ]  # fmt: skip
    assert [age.ripe_on for age in found[0].ages[2:]] == [date(2026, 12, 27), date(2027, 6, 30)]


def simulated(customers: int) -> list[tuple[date, list[date]]]:
    """Customers as the model has them: each at a pace of their own, until they stop."""
    chance = np.random.default_rng(1899)
    found = []
    for n in range(customers):
        first = TODAY - timedelta(days=20 + n % 340)
        pace, stops = chance.gamma(0.6, 1 / 40), chance.beta(0.8, 2.5)
        days, at = [], 0.0
        while True:
            at += chance.exponential(1 / pace)
            if first + timedelta(days=1 + min(at, 1000)) > TODAY:
                break
            days.append(first + timedelta(days=1 + int(at)))
            if chance.random() < stops:
                break
        found.append((first, sorted(set(days))))
    return found


def lives(found: list[tuple[date, list[date]]], until: date) -> list[Life]:
    return [
        Life("", first, max([first, *known]), len(known), 20 * PARTS * len(known))
        for first, days in found
        if first <= until
        for known in [[day for day in days if day <= until]]
    ]


def test_a_model_is_compared_with_what_older_cohorts_did_at_that_age() -> None:
    found = simulated(3000)
    cut = TODAY - timedelta(days=90)
    past = (lives(found, cut - timedelta(days=90)), lives(found, cut))
    errors = foresight.tested(*past, lives(found, TODAY), cut, TODAY)
    assert errors is not None
    came = sum(life.repeats for life in lives(found, TODAY) if life.first_day <= cut)
    came -= sum(life.repeats for life in past[1])
    # Both are near: the customers are of one kind, month by month.
    assert max(errors) < came
    assert foresight.tested([], past[1][:199], [], cut, TODAY) is None


def test_a_forecast_is_shown_only_where_it_did_better(context: Context, shop: Shop) -> None:
    take(context, shop, [bought(n, n, 20, channel="newsletter") for n in range(200)])
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    foresight.foresee(context, Step(1, shop.id, foresight.KIND, "once", {}, 1))
    shown = worth.read_values(context, shop).channels
    assert [(one.state, one.foreseen) for one in shown] == [("unripe", False)]
    assert shown[0].ripe_on == TODAY + timedelta(days=345)
    for better in (False, True):
        found = {"newsletter": {"worth": [30.0, 20.0, 45.0], "better": better}}
        with context.db.write() as connection:
            customer_values.put_values(connection, shop.id, found, context.now())
        assert worth.read_values(context, shop).channels[0].foreseen is better


def test_a_table_of_costs_adds_up_what_belongs_together_and_names_what_is_wrong(
    context: Context, shop: Shop
) -> None:
    text = (
        "Kanal;Monat;Kosten\r\nGoogle / CPC;2026-10;1.000,50\r\ngoogle / cpc;01.10.2026;99,50\r\n"
        "newsletter;10/2026;\r\nnewsletter;2099-01;5,00\r\nnewsletter;Oktober;5,00\r\n"
        "newsletter;2026-09;viel\r\n"
    )
    taken = costs.take(context, shop, text.encode())
    assert taken.taken == 1
    assert [(one.row, one.column, one.code) for one in taken.problems] == [
        (5, "Monat", "time_range"),
        (6, "Monat", "time"),
        (7, "Kosten", "amount"),
    ]
    stated = costs.stated(context, shop)
    assert stated.amounts == {("google / cpc", OCTOBER): Decimal(1100)}
    again = costs.file_of(context, shop, "de")
    assert "google / cpc;2026-10;1100,00" in again
    assert costs.take(context, shop, again.encode()).problems == ()
