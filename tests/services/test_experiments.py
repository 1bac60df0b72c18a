"""What experiments say: right where there is data, silent where there is not, never of robots."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import experiments
from plugin.services.context import Context
from plugin.services.statistics import Interval, newcombe, split_evidence, split_p, wilson
from plugin.store import campaigns
from plugin.store.exposures import Place, add_exposures
from tests.beacons import TRIAL, publish
from tests.conftest import START


@pytest.fixture
def campaign(context: Context, shop: Shop) -> int:
    return publish(context, shop)


def count(
    context: Context,
    shop: Shop,
    campaign: int,
    counts: dict[tuple[str, str], int],
    *,
    traffic: str = "real",
    version: int = 1,
) -> None:
    day = START.date()
    with context.db.write() as connection:
        add_exposures(
            connection,
            shop.id,
            {
                Place(day, campaign, version, arm, traffic, kind): number
                for (arm, kind), number in counts.items()
            },
        )


def test_a_new_campaign_has_no_data_and_says_so(
    context: Context, shop: Shop, campaign: int
) -> None:
    found = experiments.result(context, shop, campaign)
    assert [(arm.name, arm.weight, arm.exposures) for arm in found.arms] == [
        ("-", 10, 0),
        ("a", 45, 0),
        ("b", 45, 0),
    ]
    assert all(arm.rates == {} for arm in found.arms)
    assert {one.interval for one in found.differences} == {None}
    assert found.sample_ratio.p is None
    assert not found.sample_ratio.suspicious


def test_shares_and_differences_are_those_of_real_shoppers_of_this_version(
    context: Context, shop: Shop, campaign: int
) -> None:
    real = {
        ("-", "withheld"): 1_000,
        ("-", "confirmed"): 10,
        ("a", "impression"): 4_500,
        ("a", "confirmed"): 90,
        ("a", "dismissal"): 2_000,
        ("b", "impression"): 4_500,
        ("b", "confirmed"): 135,
        ("b", "dismissal"): 1_900,
    }
    count(context, shop, campaign, real)
    count(context, shop, campaign, {("a", "impression"): 9_999}, traffic="robot")
    count(context, shop, campaign, {("b", "impression"): 9_999}, traffic="test")
    found = experiments.result(context, shop, campaign)
    held, first, second = found.arms
    assert (held.exposures, first.exposures, second.exposures) == (1_000, 4_500, 4_500)
    assert first.rates["confirmed"] == wilson(90, 4_500)
    by_pair = {(one.kind, one.arm, one.against): one.interval for one in found.differences}
    assert by_pair["confirmed", "a", "-"] == newcombe(90, 4_500, 10, 1_000)
    assert by_pair["confirmed", "b", "a"] == newcombe(135, 4_500, 90, 4_500)
    assert by_pair["dismissal", "b", "a"] is not None
    # Who saw nothing cannot dismiss it.
    assert ("dismissal", "a", "-") not in by_pair
    assert by_pair["redeemed", "a", "-"] is None
    assert found.sample_ratio.p == pytest.approx(1.0)


def test_below_the_least_nothing_is_compared(context: Context, shop: Shop, campaign: int) -> None:
    count(context, shop, campaign, {("-", "withheld"): 99, ("a", "impression"): 445})
    count(context, shop, campaign, {("-", "sign_up"): 5, ("a", "sign_up"): 20})
    assert _interval(context, shop, campaign) is None
    count(context, shop, campaign, {("-", "withheld"): 1})
    assert _interval(context, shop, campaign) is not None


def _interval(context: Context, shop: Shop, campaign: int) -> Interval | None:
    found = experiments.result(context, shop, campaign).differences
    return next(one.interval for one in found if (one.kind, one.arm) == ("sign_up", "a"))


def test_a_loss_is_shown_as_one(context: Context, shop: Shop, campaign: int) -> None:
    count(context, shop, campaign, {("-", "withheld"): 1_000, ("a", "impression"): 4_500})
    count(context, shop, campaign, {("-", "redeemed"): 60, ("a", "redeemed"): 90})
    found = experiments.result(context, shop, campaign).differences
    lost = next(one.interval for one in found if (one.kind, one.arm) == ("redeemed", "a"))
    assert lost is not None
    assert lost.high < 0


def test_a_split_that_was_not_drawn_is_suspicious(
    context: Context, shop: Shop, campaign: int
) -> None:
    count(context, shop, campaign, {("-", "withheld"): 1_000, ("a", "impression"): 4_500})
    count(context, shop, campaign, {("b", "impression"): 4_000})
    assert experiments.result(context, shop, campaign).sample_ratio.suspicious


def test_another_weight_begins_anew_and_the_old_result_stays(
    context: Context, shop: Shop, campaign: int
) -> None:
    count(context, shop, campaign, {("-", "withheld"): 10, ("a", "impression"): 90})
    again = {"experiment": {**TRIAL["experiment"], "holdout": 20}}
    with context.db.write() as connection:
        campaigns.add_version(connection, shop.id, campaign, again, START)
    newest = experiments.result(context, shop, campaign)
    assert (newest.version, newest.arms[0].weight, newest.arms[0].exposures) == (2, 20, 0)
    assert experiments.result(context, shop, campaign, version=1).arms[0].exposures == 10


def test_the_result_of_another_shops_campaign_does_not_exist(
    context: Context, campaign: int, make_shop: Callable[..., Shop]
) -> None:
    with pytest.raises(NotFoundError):
        experiments.result(context, make_shop("other.myshopify.com"), campaign)


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_values(hits: int, tries: int, low: float, high: float) -> None:
    found = wilson(hits, tries)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("hits", "tries", "other_hits", "other_tries", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10.
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_values(
    hits: int, tries: int, other_hits: int, other_tries: int, low: float, high: float
) -> None:
    found = newcombe(hits, tries, other_hits, other_tries)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_evidence_is_the_ratio_of_two_likelihoods() -> None:
    # With a prior of 1,000 tries: 3 of 4 in an arm that was drawn with half of the weight.
    other = (500 * 501 * 502 * 500) / (1000 * 1001 * 1002 * 1003)
    assert split_evidence((3, 1), (50, 50)) == pytest.approx(other / 0.5**4)
    assert split_evidence((0, 0), (10, 90)) == 1.0


def test_no_split_is_too_odd_for_a_number() -> None:
    assert split_evidence((1_000_000, 0), (10, 90)) > 1e300
    assert split_p([split_evidence((1_000_000, 0), (10, 90)), 0.0]) < 1e-300


def test_two_splits_together_are_as_odd_as_their_mean_says() -> None:
    assert split_p([3_000.0, 1_000.0]) == 1 / 2_000
    assert split_p([0.2, 0.4]) == 1.0


def test_of_a_thousand_sound_splits_at_most_one_is_ever_called_uneven() -> None:
    # Each looked at on ninety days, with A and B and a holdout as the pages have them.
    dice, ever = np.random.default_rng(19), 0
    for daily in dice.integers(20, 2_000, 1_000).tolist():
        days = np.cumsum(dice.multinomial(daily, [0.1, 0.45, 0.45], 90), axis=0)
        ever += any(_odd(*day) < experiments.SUSPICIOUS_P for day in days.tolist())
    assert ever <= 1


def _odd(held: int, first: int, second: int) -> float:
    halves = split_evidence((first, second), (45, 45))
    return split_p([halves, split_evidence((held, first + second), (10, 90))])


@pytest.mark.parametrize(("share", "other"), [(0.03, 0.03), (0.03, 0.02), (0.2, 0.1)])
def test_of_a_thousand_intervals_about_950_hold_the_truth(share: float, other: float) -> None:
    dice = random.Random(23)
    held = single = 0
    for _ in range(1_000):
        hits = sum(dice.random() < share for _ in range(900))
        others = sum(dice.random() < other for _ in range(200))
        difference, rate = newcombe(hits, 900, others, 200), wilson(hits, 900)
        held += difference.low <= share - other <= difference.high
        single += rate.low <= share <= rate.high
    assert 930 <= held <= 975
    assert 930 <= single <= 970
