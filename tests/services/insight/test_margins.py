"""What each arm brought follows the orders exactly, however they come, change and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from plugin.model import Order, OrderArm, Shop
from plugin.services import guard_costs, orders, privacy
from plugin.services.context import Context
from plugin.services.insight import margins
from plugin.services.steps import Step
from plugin.store import catalogue
from plugin.store.costs import StatedCost
from plugin.store.exposures import Place, add_exposures
from plugin.store.margin_days import ArmDay, arm_days, first_day
from plugin.store.order_arms import margin_days, order_arms, take_back
from plugin.store.order_reading import delete_order
from tests.beacons import publish
from tests.conftest import START
from tests.fakes.things import a_line, a_product, a_variant, an_order

SHOWN = (OrderArm(0, 0, "a"), OrderArm(1, 1, "b"))
HELD = (OrderArm(0, 0, "-"),)
DAY = date(2026, 11, 20)


class Counts(NamedTuple):
    orders: int
    revenue: int
    margin: int
    squares: float
    unknown: int


@pytest.fixture
def stocked(context: Context, shop: Shop) -> Shop:
    with context.db.write() as connection:
        known, unknown = a_product(1), a_product(2, variants=(a_variant(2, unit_cost=None),))
        catalogue.put_products(connection, shop.id, [known, unknown])
    assert publish(context, shop) == SHOWN[1].campaign
    return shop


def take(context: Context, shop: Shop, *found: Order) -> None:
    for order in found:
        with context.db.write() as connection:
            orders.ingest(connection, context, shop, order)


def days(context: Context, shop: Shop) -> dict[tuple[int, str], Counts]:
    with context.db.read() as connection:
        return _sums(connection, shop)


def _sums(connection: Connection, shop: Shop) -> dict[tuple[int, str], Counts]:
    rows = connection.execute(sa.select(margin_days).where(margin_days.c.shop_id == shop.id))
    return {
        (row.campaign, row.arm): Counts(
            row.orders, row.revenue, row.margin, row.squares, row.unknown
        )
        for row in rows
        if row.orders
    }


def test_an_order_counts_for_the_shop_and_for_each_campaign(
    context: Context, stocked: Shop
) -> None:
    take(context, stocked, an_order(arms=SHOWN, total=Decimal("19.00")))
    # 19.00 without 19 % tax is 15.97; the bowl cost 7.77.
    assert days(context, stocked) == {
        (0, "a"): (1, 1900, 820, 672_400.0, 0),
        (1, "b"): (1, 1900, 820, 672_400.0, 0),
    }


def test_orders_stand_beside_the_exposures_of_their_arm(context: Context, stocked: Shop) -> None:
    take(context, stocked, an_order(arms=SHOWN, total=Decimal("19.00")))
    shown = Place(DAY, 1, 1, "b", "real", "impression")
    with context.db.write() as connection:
        add_exposures(connection, stocked.id, {shown: 40, shown._replace(traffic="robot"): 9})
        found = arm_days(connection, stocked.id, DAY, DAY, campaign=1)
        assert first_day(connection, stocked.id, 1, 1) == DAY
    assert found == [ArmDay(1, DAY, 1, "b", 1, 1900, 0, 820, 672_400.0, 0, 40)]


def test_what_a_cart_claims_of_campaigns_that_never_were_counts_nothing(
    context: Context, stocked: Shop
) -> None:
    claimed = (OrderArm(1, 2, "a"), OrderArm(7, 1, "a"), OrderArm(1, 1, "z"))
    take(context, stocked, an_order(arms=claimed))
    assert days(context, stocked) == {}


def test_an_answer_without_arms_forgets_none(context: Context, stocked: Shop) -> None:
    order = an_order(arms=HELD, total=Decimal("19.00"))
    later = order.updated_at + timedelta(hours=1)
    take(context, stocked, order, replace(order, arms=(), updated_at=later))
    assert days(context, stocked)[0, "-"][0] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"cancelled_at": START},
        {"currency": "CHF"},
    ],
)
def test_what_is_cancelled_or_in_other_money_is_taken_back(
    context: Context, stocked: Shop, change: dict[str, Any]
) -> None:
    order = an_order(arms=SHOWN)
    later = order.updated_at + timedelta(hours=1)
    take(context, stocked, order, replace(order, updated_at=later, **change))
    assert days(context, stocked) == {}


def test_money_of_many_signs_is_counted_as_any_other(context: Context, stocked: Shop) -> None:
    line = replace(a_line(1), price=Decimal(40_000_000))  # a sofa in rupiah
    order = an_order(arms=HELD, lines=(line,), total=line.price)
    take(context, stocked, order)
    counted = days(context, stocked)[0, "-"]
    assert counted.squares == float(counted.margin) ** 2 > 2**63
    later = order.updated_at + timedelta(hours=1)
    take(context, stocked, replace(order, cancelled_at=START, updated_at=later))
    assert days(context, stocked) == {}


def test_what_came_back_earned_nothing(context: Context, stocked: Shop) -> None:
    order = an_order(arms=HELD, total=Decimal("38.00"), lines=(a_line(quantity=2, kept=1),))
    take(context, stocked, order)
    assert days(context, stocked)[0, "-"][2] == 820
    later = order.updated_at + timedelta(hours=1)
    back = replace(order, updated_at=later, lines=(a_line(quantity=2, kept=0),))
    take(context, stocked, back)
    assert days(context, stocked)[0, "-"][2] == 0


def test_an_unknown_cost_is_counted_once_somebody_states_it(
    context: Context, stocked: Shop
) -> None:
    line = a_line(place=2)
    take(context, stocked, an_order(arms=HELD, total=Decimal("19.00"), lines=(line,)))
    assert days(context, stocked)[0, "-"][2:] == (0, 0.0, 1)
    stated = StatedCost(str(line.variant_id), Decimal("7.77"), None)
    guard_costs.state(context, stocked, [stated])
    for _ in range(2):
        margins.complete(context, Step(1, stocked.id, margins.KIND, margins.KIND, {}, 1))
    assert days(context, stocked)[0, "-"][2:] == (820, 672_400.0, 0)


def test_a_deleted_order_takes_back_and_an_erased_person_leaves_a_number(
    context: Context, stocked: Shop
) -> None:
    take(context, stocked, an_order(1, arms=HELD), an_order(2, arms=SHOWN, email="b@post.example"))
    with context.db.write() as connection:
        delete_order(connection, stocked.id, an_order(1).id)
    before = days(context, stocked)
    assert (0, "-") not in before
    privacy.erase_person(context, stocked, "b@post.example")
    assert days(context, stocked) == before
    with context.db.read() as connection:
        ids = set(connection.execute(sa.select(order_arms.c.order_id)).scalars())
    assert all(one.startswith("erased:") for one in ids)


STATES = st.lists(
    st.builds(
        lambda number, pieces, kept, place, arms, discount, cancelled: an_order(
            number,
            arms=arms,
            total=Decimal(19 * pieces) - discount,
            discount=discount,
            cancelled_at=START if cancelled else None,
            lines=(a_line(number, place, quantity=pieces, kept=kept),),
        ),
        st.integers(1, 3),
        st.integers(1, 4),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([1, 1, 2]),
        st.sampled_from([(), HELD, SHOWN]),
        st.sampled_from([Decimal(0), Decimal("1.90")]),
        st.booleans(),
    ),
    max_size=8,
)


class UndoneError(Exception):
    """Ends a transaction that leaves nothing behind."""


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(states=STATES)
def test_the_sums_equal_a_recount_whatever_came_in(
    context: Context, stocked: Shop, states: Sequence[Order]
) -> None:
    with pytest.raises(UndoneError), context.db.write() as connection:
        for order in states:
            margins.count(connection, stocked, [order])
        kept = _sums(connection, stocked)
        assert kept == _recounted(states)
        for number in (1, 2, 3):
            take_back(connection, stocked.id, an_order(number).id)
        assert _sums(connection, stocked) == {}
        raise UndoneError


def _recounted(states: Sequence[Order]) -> dict[tuple[int, str], Counts]:
    """Count the newest state of each order with the arms that it told last, from its first line."""
    newest = {order.id: order for order in states}
    arms = {order.id: order.arms for order in states if order.arms}
    found: dict[tuple[int, str], Counts] = {}
    for name, order in newest.items():
        if order.cancelled_at is None:
            for arm in arms.get(name, ()):
                place = (arm.campaign, arm.arm)
                held = found.get(place, Counts(0, 0, 0, 0.0, 0))
                found[place] = _added(held, _one(order))
    return found


def _added(one: Counts, other: Counts) -> Counts:
    return Counts(
        one.orders + other.orders,
        one.revenue + other.revenue,
        one.margin + other.margin,
        one.squares + other.squares,
        one.unknown + other.unknown,
    )


def _one(order: Order) -> Counts:
    line = order.lines[0]
    pieces = line.quantity if line.kept is None else line.kept
    known = str(line.variant_id).endswith("/1")
    share = Decimal(pieces) / line.quantity
    taxed = 19 * pieces - order.discount * share
    margin = round(100 * (taxed / Decimal("1.19") - Decimal("7.77") * pieces)) if known else 0
    return Counts(1, int(order.total * 100), margin, float(margin**2), int(not known))
