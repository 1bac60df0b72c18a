"""The models of customers find what was published of the CDNOW sample, and refuse what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from plugin.services.customers_over_time.buying import (
    Buying,
    Histories,
    expected_of_known,
    expected_of_new,
    fit_buying,
    still_active,
)
from plugin.services.customers_over_time.spend import fit_spend, mean_of_known, mean_of_new

SAMPLE = Path(__file__).with_name("cdnow_sample.txt")
WEEK = 1 / 7


def sample() -> tuple[Histories, NDArray[np.float64]]:
    """Return the 2,357 customers in exact days, and of those who bought again the mean amount."""
    rows: list[tuple[float, ...]] = []
    amounts: list[float] = []
    before = 0
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        known, last, *again = line.split()
        days = round(float(known) * 7)
        bought = [tuple(map(float, one.split(","))) for one in again]
        rows += [(x, round(at * 7) * WEEK, days * WEEK) for x, at, _ in bought]
        amounts += [amount for _, _, amount in bought]
        rows += [(0.0, 0.0, days * WEEK)] * (int(last) - before - len(bought))
        before = int(last)
    table = np.array(rows)
    return Histories(table[:, 0], table[:, 1], table[:, 2], np.ones(len(rows))), np.array(amounts)


@pytest.fixture(scope="module")
def buying() -> Buying:
    found = fit_buying(sample()[0])
    assert found is not None
    return found


def test_the_sample_is_the_published_one() -> None:
    histories, amounts = sample()
    assert histories.repeats.size == 2357
    assert amounts.size == 946
    assert histories.repeats.sum() == 2457


def test_buying_finds_the_published_estimates(buying: Buying) -> None:
    assert (round(buying.r, 3), round(buying.alpha, 3)) == (0.243, 4.414)
    assert (round(buying.a, 3), round(buying.b, 3)) == (0.793, 2.426)
    assert round(buying.likelihood, 1) == -9582.4


def test_a_known_customer_buys_as_often_as_published(buying: Buying) -> None:
    # Customer 1 of the sample, over the 39 weeks that follow.
    one = Histories(np.array([2.0]), np.array([30.43]), np.array([38.86]), np.array([1.0]))
    assert expected_of_known(buying, one, 39.0)[0] == pytest.approx(1.226, abs=0.001)
    assert 0 < still_active(buying, one)[0] < 1


def test_what_a_new_customer_buys_is_what_the_sample_bought(buying: Buying) -> None:
    histories, _ = sample()
    foreseen = sum(
        float(expected_of_new(buying.logs, float(weeks))[0])
        * float(np.sum(histories.known == weeks))
        for weeks in np.unique(histories.known)
    )
    assert foreseen == pytest.approx(histories.repeats.sum(), rel=0.03)


def test_spending_finds_the_published_estimates() -> None:
    histories, amounts = sample()
    repeats = histories.repeats[histories.repeats > 0]
    found = fit_spend(repeats, amounts)
    assert found is not None
    # Published with amounts to the cent, of which the sample has the means.
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    everybody = float(mean_of_new(found.logs)[0])
    assert everybody == pytest.approx(35.2, abs=0.1)
    # Few purchases say little: the mean of everybody pulls at them.
    one, many = mean_of_known(found, np.array([1.0, 50.0]), np.array([100.0, 100.0]))
    assert everybody < one < many < 100


def test_customers_of_whom_none_came_back_have_no_model() -> None:
    nobody = np.zeros(1)
    assert fit_buying(Histories(nobody, nobody, np.full(1, 20.0), np.full(1, 500.0))) is None
    assert fit_spend(np.zeros(0), np.zeros(0)) is None


def test_customers_of_whom_hardly_any_leaves_buy_on_at_their_pace() -> None:
    # Rounded, a + b is one: the published series would be divided by nothing.
    found = expected_of_new(np.array([0.0, np.log(4), -40.0, 0.0]), 52.0)
    assert found[0] == pytest.approx(52 / 4)


def test_where_half_leave_at_once_and_half_never_the_mean_lies_between() -> None:
    found = expected_of_new(np.array([0.0, np.log(4), -40.0, -40.0]), 52.0)
    assert found[0] == pytest.approx((52 / 4 + 1 - 4 / 56) / 2)


def test_parameters_beyond_all_numbers_foresee_none() -> None:
    assert not np.isfinite(expected_of_new(np.array([0.0, 0.0, -800.0, 800.0]), 52.0)).any()
