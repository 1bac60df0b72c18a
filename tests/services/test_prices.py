"""A strike price is the lowest price of the 30 days before, and nothing else ever is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.model import Money, Shop
from plugin.services import prices
from plugin.services.context import Context
from plugin.services.prices import WINDOW, reference
from plugin.store import catalogue, price_log
from plugin.store.price_log import Entry
from tests.conftest import START, MovingClock
from tests.fakes.things import a_product, a_variant

VARIANT = "gid://shopify/ProductVariant/1"
AMOUNTS = some.decimals(min_value="0.01", max_value="9999.99", places=2)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def history(*steps: tuple[float, str]) -> list[Entry]:
    """Return entries by days before START; the first one is where our knowledge begins."""
    return [
        Entry(Decimal(price), START - days(ago), joined=place > 0)
        for place, (ago, price) in enumerate(steps)
    ]


def test_a_fresh_reduction_is_measured_at_the_lowest_price_of_the_30_days_before() -> None:
    found = reference(history((90, "24"), (20, "22"), (10, "24"), (2, "19")), START, struck=True)
    assert (found.reason, found.before) == ("shown", Decimal(22))
    assert found.percent_off(Decimal(19)) == 13  # 13.6, rounded down


def test_what_held_when_the_30_days_began_counts_as_well() -> None:
    found = reference(history((90, "18"), (20, "24"), (2, "19")), START, struck=True)
    assert (found.reason, found.lowest) == ("not_lower", Decimal(18))


def test_without_30_days_of_knowledge_nothing_is_claimed() -> None:
    found = reference(history((25, "24"), (2, "19")), START, struck=True)
    assert (found.reason, found.before) == ("too_young", None)
    assert found.known_on == START + days(5)


def test_a_gap_in_what_we_know_begins_the_30_days_anew() -> None:
    entries = history((90, "24"), (2, "19"))
    gap = Entry(Decimal(24), START - days(10), joined=False)
    found = reference([entries[0], gap, entries[1]], START, struck=True)
    assert found.reason == "too_young"


def test_a_price_that_held_for_30_days_is_the_price() -> None:
    found = reference(history((90, "24"), (30, "19")), START, struck=True)
    assert found.reason == "settled"


def test_no_strike_price_of_the_shop_no_strike_price_of_ours() -> None:
    assert reference(history((90, "24"), (2, "19")), START, struck=False).reason == "no_strike"
    assert reference([], START, struck=True).reason == "unknown"


@given(
    some.lists(some.tuples(some.integers(0, 120), AMOUNTS, some.booleans()), min_size=1, max_size=9)
)
def test_whatever_the_history_no_strike_price_was_ever_beaten_in_the_30_days_before(
    steps: Sequence[tuple[int, Decimal, bool]],
) -> None:
    ordered = sorted(steps, key=lambda step: -step[0])
    entries = [
        Entry(price, START - days(ago), joined=joined and place > 0)
        for place, (ago, price, joined) in enumerate(ordered)
    ]
    found = reference(entries, START, struck=True)
    if found.before is None:
        return
    present = entries[-1]
    assert found.before > present.price
    assert 0 <= found.percent_off(present.price) < 100
    assert found.before * (100 - found.percent_off(present.price)) / 100 >= present.price
    for at in range(1, 31):
        moment = present.since - days(at)
        assert _price_at(entries[:-1], moment) >= found.before


def _price_at(entries: Sequence[Entry], moment: datetime) -> Decimal:
    return [entry.price for entry in entries if entry.since <= moment][-1]


def put(context: Context, shop: Shop, price: str, at: datetime, struck: str | None = None) -> None:
    form = a_variant(
        1, price=Decimal(price), compare_at=None if struck is None else Decimal(struck)
    )
    product = a_product(1, updated_at=at, variants=(form,))
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [product])


def entries(context: Context, shop: Shop) -> list[Entry]:
    with context.db.read() as connection:
        return price_log.entries_of(connection, shop.id, [VARIANT]).get(VARIANT, [])


def test_the_log_takes_a_line_for_each_new_price_and_changes_none(
    context: Context, shop: Shop
) -> None:
    put(context, shop, "24.00", START - days(60))
    put(context, shop, "24.00", START - days(50))  # something else changed
    put(context, shop, "19.00", START - days(2))
    before = entries(context, shop)
    assert [(entry.price, entry.joined) for entry in before] == [
        (Decimal("24.00"), False),
        (Decimal("19.00"), True),
    ]
    assert before[0].since == START - days(60)
    put(context, shop, "17.00", START - days(9))  # an old message that comes late is not believed
    put(context, shop, "21.00", START - days(1))
    assert entries(context, shop)[:2] == before


def test_what_changed_while_the_product_was_out_of_sight_breaks_the_line(
    context: Context, shop: Shop
) -> None:
    put(context, shop, "24.00", START - days(60))
    with context.db.write() as connection:
        catalogue.mark_all_gone(connection, shop.id)
    put(context, shop, "24.00", START - days(60))  # as we knew it: nothing was missed
    assert len(entries(context, shop)) == 1
    with context.db.write() as connection:
        catalogue.mark_all_gone(connection, shop.id)
    put(context, shop, "24.00", START - days(5))
    assert [entry.joined for entry in entries(context, shop)] == [False, False]


def test_the_merchant_reads_why_a_strike_price_is_or_is_not_shown(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    put(context, shop, "24.00", START - days(10))
    moving_clock.move(days=25)
    now = context.now()
    put(context, shop, "19.00", now - days(1), struck="39.00")
    assert prices.report(context, shop).rows[0].reference.reason == "shown"
    with context.db.read() as connection:
        shown = prices.before_of(connection, context, shop, [VARIANT])
    # Not what the shop strikes through, but what was asked before.
    assert shown == {VARIANT: Money(Decimal("24.00"), "EUR")}
    report = prices.report(context, shop)
    assert (report.struck, report.shown, report.rows[0].percent) == (1, 1, 20)
    assert prices.support(context, shop, Decimal(20)).kept == 1
    assert prices.support(context, shop, Decimal(21)).kept == 0
    moving_clock.move(days=WINDOW.days)
    assert prices.report(context, shop).rows[0].reference.reason == "settled"


@pytest.mark.parametrize("struck", [None, "19.00", "12.00"])
def test_a_strike_price_that_is_not_above_the_price_is_none(
    context: Context, shop: Shop, struck: str | None
) -> None:
    put(context, shop, "24.00", START - days(60))
    put(context, shop, "19.00", START - days(1), struck=struck)
    with context.db.read() as connection:
        assert prices.before_of(connection, context, shop, [VARIANT]) == {}
