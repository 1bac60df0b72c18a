"""Groups compared day by day: whoever looks every day is fooled no more often than said."""

from __future__ import annotations

import pytest

from bench import insight as simulation
from plugin.services.insight.comparing import DAILY_Z, Comparison
from plugin.services.statistics import Sums, mean_difference

ONE, OTHER = Sums(5_000.0, 160_000.0, 9_000), Sums(480.0, 14_000.0, 1_000)


def test_one_day_is_the_plain_difference_of_two_means() -> None:
    found = Comparison()
    found.add(ONE, OTHER)
    plain = mean_difference(ONE, OTHER, DAILY_Z)
    assert found.difference().value == pytest.approx(plain.value)
    assert found.difference().low == pytest.approx(plain.low, abs=0.1)


def test_another_share_of_the_holdout_on_a_day_of_other_sales_shifts_nothing() -> None:
    # Both groups bring 1 on the first day and 3 on the second, in whatever shares they were drawn.
    found = Comparison()
    found.add(Sums(900.0, 9e3, 900), Sums(100.0, 1e3, 100))
    found.add(Sums(1_500.0, 9e4, 500), Sums(1_500.0, 9e4, 500))
    assert found.difference().value == pytest.approx(0.0)
    assert found.one.total / found.one.tries != found.other.total / found.other.tries


def test_a_day_without_one_of_the_groups_compares_nothing() -> None:
    found = Comparison()
    found.add(ONE, OTHER)
    before = found.difference().value
    found.add(Sums(9_000.0, 1e5, 100), Sums(0.0, 0.0, 0))
    found.add(Sums(0.0, 0.0, 0), Sums(0.0, 0.0, 0))
    assert found.difference().value == pytest.approx(before)


def test_more_tries_find_smaller_differences() -> None:
    found = Comparison()
    found.add(ONE, OTHER)
    assert found.detectable(found.weight) > found.detectable(4 * found.weight)
    # The square root of four, and less growth of the variance on top.
    assert found.detectable(found.weight) > 2 * found.detectable(4 * found.weight)


def test_who_looks_every_day_is_rarely_told_what_is_not_there() -> None:
    found = simulation.without_effect(150, 60)
    assert found.told > 100
    assert found.wrong <= 0.06
    assert found.covered >= 0.94
    single = simulation.without_effect(60, 60, 1.96)
    assert single.wrong > 0.1


def test_what_a_test_says_it_finds_it_finds_four_times_of_five() -> None:
    power, found = simulation.planted(120)
    assert power >= 0.75
    assert found.wrong <= 0.05
