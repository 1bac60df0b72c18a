"""How a test stands: a verdict only where the range allows one, and when to look again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plugin.model import Shop
from plugin.services import insight
from plugin.services.arms import COURTESY
from plugin.services.context import Context
from plugin.services.insight.reading import next_reading
from plugin.store import campaigns
from tests.beacons import publish
from tests.conftest import MovingClock
from tests.services.insight.test_earned import TODAY, Days, happened
from tests.services.on_sqlite import db_url  # noqa: F401 - the fixture

#: Holdout, A and B as drawn; orders and margins of each as a test needs them.
EVEN = {"-": (100, 3, 2_000), "a": (450, 13, 2_000), "b": (450, 14, 2_000)}


def reading(context: Context, shop: Shop, day: Days) -> insight.Reading:
    campaign = publish(context, shop)
    happened(context, shop, day, campaign=campaign, version=1)
    return insight.reading_of(context, shop, campaign)


def test_arms_alike_are_not_decidable_and_the_test_says_what_it_finds(
    context: Context, shop: Shop
) -> None:
    found = reading(context, shop, EVEN)
    assert found.verdict == "undecidable"
    assert found.difference is not None
    assert found.difference.low < 0 < found.difference.high
    assert found.detectable is not None
    assert found.detectable > 0
    assert (found.per_day, found.even) == (1_000, True)
    assert [arm.arm for arm in found.arms] == ["-", "a", "b"]
    assert found.arms[0].against_holdout is None
    assert found.arms[1].against_holdout is not None


def test_who_gets_no_code_for_comparison_is_counted_apart(context: Context, shop: Shop) -> None:
    found = reading(context, shop, {**EVEN, COURTESY: (50, 1, 2_000)})
    assert [arm.arm for arm in found.arms] == ["-", "a", "b"]
    assert found.apart == 50 * (found.arms[0].sums.exposures // 100)


@pytest.mark.parametrize(("a", "b", "verdict"), [(9, 36, "b_more"), (36, 9, "a_more")])
def test_the_better_arm_is_named(
    context: Context, shop: Shop, a: int, b: int, verdict: str
) -> None:
    day = {"-": (100, 3, 2_000), "a": (450, a, 2_000), "b": (450, b, 2_000)}
    assert reading(context, shop, day).verdict == verdict


def test_arms_that_differ_by_next_to_nothing_are_told_to(context: Context, shop: Shop) -> None:
    day = {name: (1_000 * n, 1_000 * o, m) for name, (n, o, m) in EVEN.items()}
    alike = day | {"a": day["b"]}
    assert reading(context, shop, alike).verdict == "no_difference"


def test_without_b_less_than_the_holdout_is_said_as_plainly(context: Context, shop: Shop) -> None:
    alone = publish(context, shop, settings={"experiment": {"holdout": 10}})
    day = {"-": (100, 9, 2_000), "a": (900, 9, 2_000)}
    happened(context, shop, day, campaign=alone, version=1)
    assert insight.reading_of(context, shop, alone).verdict == "less"


def test_an_uneven_split_has_no_figures(context: Context, shop: Shop) -> None:
    found = reading(context, shop, EVEN | {"b": (350, 14, 2_000)})
    assert (found.verdict, found.difference, found.detectable) == ("invalid", None, None)
    assert found.even is False
    assert {arm.against_holdout for arm in found.arms} == {None}


def test_a_test_that_nobody_met_says_when_it_is_read(context: Context, shop: Shop) -> None:
    found = insight.reading_of(context, shop, publish(context, shop))
    assert (found.verdict, found.difference, found.per_day) == ("undecidable", None, 0)
    assert (found.since, found.even) == (TODAY, None)


def test_an_earlier_version_has_the_rate_that_it_had(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    campaign = publish(context, shop)
    happened(context, shop, EVEN, campaign=campaign, version=1)
    with context.db.write() as connection:
        campaigns.add_version(connection, shop.id, campaign, {}, moving_clock())
    moving_clock.move(days=60)
    assert insight.reading_of(context, shop, campaign, 1).per_day == 1_000


def test_a_test_is_read_at_the_end_of_each_second_week() -> None:
    began = date(2026, 10, 23)
    assert next_reading(began, began) == date(2026, 11, 5)
    assert next_reading(began, date(2026, 11, 19)) == date(2026, 12, 3)
    assert next_reading(began, began + timedelta(days=13)) == date(2026, 11, 19)
