"""What Bleib brought, told as a gain, a loss, no clear difference, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.store.exposures import Place, add_exposures
from plugin.store.order_arms import margin_days
from tests.beacons import publish
from tests.conftest import START
from tests.services.on_sqlite import db_url  # noqa: F401 - the fixture

TODAY = START.date()
FIRST = TODAY - timedelta(days=27)
#: Of each of 28 days: exposures, orders, margin of an order in hundredths.
DAY = {"a": (900, 27, 2_000), "-": (100, 2, 2_000)}
Days = Mapping[str, tuple[int, int, int]]


def happened(
    context: Context,
    shop: Shop,
    day: Days,
    *,
    campaign: int = 0,
    version: int = 0,
    days: int = 28,
    unknown: int = 0,
    ago: int = 0,
) -> None:
    """Write the same day `days` times, the last of them today, or so many days `ago`."""
    for number in range(days):
        on = TODAY - timedelta(days=number + ago)
        with context.db.write() as connection:
            for arm, (exposures, orders, margin) in day.items():
                kind = "withheld" if arm == "-" else "impression"
                place = Place(on, campaign, version, arm, "real", kind)
                add_exposures(connection, shop.id, {place: exposures})
                row = {
                    "shop_id": shop.id,
                    "campaign": campaign,
                    "day": on,
                    "version": version,
                    "arm": arm,
                    "orders": orders,
                    "revenue": orders * 5_000,
                    "discount": 0,
                    "margin": orders * margin,
                    "squares": float(orders * margin**2),
                    "unknown": unknown,
                }
                connection.execute(sa.insert(margin_days).values(row))


def earned(context: Context, shop: Shop, start: date = FIRST) -> insight.Earned:
    return insight.earned(context, shop, start, TODAY)


def test_more_than_the_holdout_is_a_gain_with_its_range(context: Context, shop: Shop) -> None:
    happened(context, shop, DAY)
    found = earned(context, shop)
    assert found.state == "gain"
    assert found.estimate is not None
    # 60 cents against 40 for each of 25,200 exposures.
    assert found.estimate.value == pytest.approx(0.2 * 25_200)
    assert 0 < found.estimate.low < found.estimate.value < found.estimate.high
    assert found.given == insight.ArmSums(
        25_200, 756, Decimal(37_800), Decimal(0), Decimal(15_120), 0
    )
    assert (found.held.exposures, found.per_day, found.held_percent) == (2_800, 1_000, 10.0)


def test_the_curve_narrows_week_by_week_and_ends_at_the_estimate(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, DAY)
    found = earned(context, shop)
    days = [point.day for point in found.curve]
    assert days == [FIRST + timedelta(days=number) for number in (6, 13, 20, 27)]
    widths = [point.high - point.low for point in found.curve]
    assert widths == sorted(widths, reverse=True)
    last = found.curve[-1]
    assert last.shown == pytest.approx(60.0)
    assert last.held == pytest.approx(40.0)


def test_a_loss_is_told_with_the_campaign_that_lost_most(context: Context, shop: Shop) -> None:
    publish(context, shop)
    worst = publish(context, shop)
    lost = {"a": (900, 9, 2_000), "-": (100, 5, 2_000)}
    happened(context, shop, lost)
    happened(context, shop, lost, campaign=worst, version=1)
    found = earned(context, shop)
    assert (found.state, found.cause) == ("loss", worst)
    assert found.estimate is not None
    assert found.estimate.high < 0


def test_a_range_around_zero_is_no_clear_difference(context: Context, shop: Shop) -> None:
    happened(context, shop, {"a": (900, 27, 2_000), "-": (100, 3, 2_000)})
    found = earned(context, shop)
    assert found.state == "unclear"
    assert found.estimate is not None
    assert found.estimate.low < 0 < found.estimate.high


def test_with_too_few_orders_there_is_a_date_and_no_figure(context: Context, shop: Shop) -> None:
    happened(context, shop, {"a": (900, 9, 2_000), "-": (100, 1, 2_000)}, days=4)
    found = earned(context, shop)
    assert (found.state, found.estimate) == ("too_few", None)
    # A week is too long to wait for a line: in the first two there is a point for each day.
    assert [point.day for point in found.curve] == [
        TODAY - timedelta(days=back) for back in (3, 2, 1, 0)
    ]
    # 4 orders of the holdout in 4 days, 6 more to come.
    assert found.ready_on is not None
    assert timedelta(days=4) < found.ready_on - TODAY < timedelta(days=9)


def test_with_too_few_orders_a_line_can_be_drawn_already(context: Context, shop: Shop) -> None:
    happened(context, shop, {"a": (900, 9, 2_000), "-": (100, 1, 2_000)}, days=9)
    found = earned(context, shop)
    assert (found.state, found.estimate, len(found.curve)) == ("too_few", None, 9)


def test_days_on_which_all_were_held_out_draw_no_line(context: Context, shop: Shop) -> None:
    happened(context, shop, {"-": (2_000, 1, 2_000)}, days=9)
    found = earned(context, shop)
    assert (found.state, found.estimate, found.curve) == ("too_few", None, ())


def test_groups_that_were_never_seen_on_one_day_are_not_compared(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, {"-": (2_000, 20, 2_000)}, days=1)
    happened(context, shop, {"a": (2_000, 20, 2_000)}, days=1, ago=-1)
    found = insight.earned(context, shop, FIRST, TODAY + timedelta(days=1))
    assert (found.state, found.estimate, found.curve) == ("too_few", None, ())


def test_who_holds_nobody_out_is_not_measuring(context: Context, shop: Shop) -> None:
    publish(context, shop, settings={"experiment": {"no_holdout": True}})
    assert earned(context, shop).state == "no_holdout"
    publish(context, shop)
    assert (earned(context, shop).state, earned(context, shop).ready_on) == ("too_few", None)


def test_orders_of_unknown_cost_leave_the_amount_open(context: Context, shop: Shop) -> None:
    happened(context, shop, DAY, unknown=2)
    assert (earned(context, shop).state, earned(context, shop).estimate) == ("no_costs", None)


def test_days_before_anybody_was_held_out_are_left_out(context: Context, shop: Shop) -> None:
    happened(context, shop, DAY, days=20)
    with context.db.write() as connection:
        place = Place(FIRST, 0, 0, "a", "real", "impression")
        add_exposures(connection, shop.id, {place: 50_000})
    assert earned(context, shop).given.exposures == 20 * 900


def test_days_after_the_last_one_on_which_somebody_was_held_out_are_left_out(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, DAY, days=20, ago=8)
    happened(context, shop, {"a": (1_000, 30, 2_000)}, days=8)
    assert earned(context, shop).given.exposures == 20 * 900


def test_orders_of_carts_from_before_the_holdout_grew_bring_no_gain(
    context: Context, shop: Shop
) -> None:
    # All exposures bring the same. Of each day's orders 100 come of carts of 14 days before, when
    # 10 of 100 visitors were held out; since then it is half of them.
    happened(context, shop, {"a": (9_000, 270, 2_000), "-": (1_000, 30, 2_000)}, days=14, ago=14)
    late = {"a": (0, 90, 2_000), "-": (0, 10, 2_000)}
    happened(context, shop, late, days=14)
    happened(
        context, shop, {"a": (5_000, 100, 2_000), "-": (5_000, 100, 2_000)}, version=50, days=14
    )
    found = earned(context, shop)
    assert found.estimate is not None
    assert found.estimate.value == pytest.approx(0.0)
    assert found.curve[-1].shown - found.curve[-1].held == pytest.approx(0.0)


def test_each_campaign_is_compared_with_its_own_holdout(context: Context, shop: Shop) -> None:
    sure, new = publish(context, shop), publish(context, shop)
    serving = publish(context, shop, "shipment_status")
    happened(context, shop, DAY, campaign=sure, version=1)
    rows = {row.campaign: row for row in insight.by_campaign(context, shop, FIRST, TODAY)}
    assert (rows[sure].state, rows[sure].given.orders) == ("gain", 756)
    assert (rows[new].state, rows[new].estimate) == ("too_few", None)
    assert (rows[serving].state, rows[serving].estimate) == ("service", None)


#: A holdout of 10 % was drawn, and every other view of it got lost.
LOST = {"a": (900, 27, 2_000), "-": (50, 2, 2_000)}


def test_groups_that_are_not_as_large_as_drawn_bring_no_amount(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, LOST, version=10)
    found = earned(context, shop)
    assert (found.state, found.estimate, found.curve) == ("uneven", None, ())
    assert (found.given.exposures, found.held.exposures) == (25_200, 1_400)


def test_groups_as_large_as_drawn_are_even_whatever_share_was_drawn(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, DAY, version=10, days=14, ago=14)
    happened(context, shop, {"a": (500, 15, 2_000), "-": (500, 10, 2_000)}, version=50, days=14)
    assert earned(context, shop).state == "gain"


def test_a_holdout_that_is_never_seen_is_uneven_and_not_missing(
    context: Context, shop: Shop
) -> None:
    happened(context, shop, {"a": (900, 27, 2_000)}, version=10)
    assert earned(context, shop).state == "uneven"


def test_a_period_without_the_uneven_days_states_its_amount(context: Context, shop: Shop) -> None:
    happened(context, shop, LOST, version=10, days=28, ago=60)
    happened(context, shop, DAY, version=10, days=28)
    assert earned(context, shop, FIRST - timedelta(days=60)).state == "uneven"
    assert earned(context, shop).state == "gain"


def test_a_campaign_whose_holdout_lost_views_brings_no_amount(context: Context, shop: Shop) -> None:
    sound, broken = publish(context, shop), publish(context, shop)
    happened(context, shop, DAY, campaign=sound, version=1)
    happened(context, shop, LOST, campaign=broken, version=1)
    rows = {row.campaign: row for row in insight.by_campaign(context, shop, FIRST, TODAY)}
    assert rows[sound].state == "gain"
    assert (rows[broken].state, rows[broken].estimate) == ("uneven", None)
