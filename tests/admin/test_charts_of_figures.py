"""The drawings of overview and figures: range marks, the line with its band, ways in steps."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.admin.held_line import held_line
from plugin.admin.overview_brought import waiting_of
from plugin.admin.range_marks import axis_around, axis_of_rows, mark, rounded
from plugin.admin.step_shares import step_shares
from plugin.services.insight import ArmSums, CurveDay, Earned
from plugin.services.statistics import Interval

START, END = date(2026, 8, 24), date(2026, 11, 21)
bounds = st.floats(-1e9, 1e9).map(lambda value: round(value, 2))
NONE = ArmSums(0, 0, Decimal(0), Decimal(0), Decimal(0), 0)


@given(st.lists(st.tuples(bounds, bounds, bounds).map(sorted), min_size=1, max_size=6))
def test_no_bar_is_ever_cut_and_zero_is_always_on_the_axis(found: list[list[float]]) -> None:
    intervals = [Interval(middle, low, high) for low, middle, high in found]
    for axis in (axis_around(intervals), axis_of_rows(intervals)):
        assert 0 < axis.zero < 100
        assert Decimal(0) in axis.ticks
        for interval in intervals:
            drawn = mark(interval, axis)
            assert 0 < drawn.left <= drawn.at <= drawn.left + drawn.width + 0.01
            assert drawn.left + drawn.width < 100


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (Interval(13000, 2900, 23100), "gain"),
        (Interval(1800, -1200, 4800), "unclear"),
        (Interval(-2100, -4000, -300), "loss"),
        (Interval(0, 0, 0), "unclear"),
    ],
)
def test_a_mark_is_clear_only_where_its_range_is_clear_of_zero(
    interval: Interval, verdict: str
) -> None:
    assert mark(interval, axis_around([interval])).verdict == verdict


@pytest.mark.parametrize(
    ("interval", "finest", "stated"),
    [
        (Interval(13_049, 2_900, 23_100), 0, "13000 3000 23000"),
        (Interval(-2_104, -4_012, -296), 0, "-2100 -4000 -300"),
        (Interval(1.3, -16.6, 19.2), -2, "1 -17 19"),
        (Interval(0.517, 0.02, 1.0), -2, "0.52 0.02 1.00"),
        (Interval(12_000, 310, 23_700), 0, "12000 300 24000"),
    ],
)
def test_an_estimate_is_as_fine_as_two_digits_of_its_range_and_no_bound_reads_as_zero(
    interval: Interval, finest: int, stated: str
) -> None:
    assert list(rounded(interval, finest)) == [Decimal(number) for number in stated.split()]


@given(bounds, bounds, bounds)
def test_rounding_never_moves_a_bound_across_zero(one: float, two: float, three: float) -> None:
    low, middle, high = sorted((one, two, three))
    _, stated_low, stated_high = rounded(Interval(middle, low, high))
    assert stated_low * Decimal(low) >= 0
    assert stated_high * Decimal(high) >= 0


def test_rows_share_an_axis_with_round_ends() -> None:
    axis = axis_of_rows([Interval(8100, 1200, 15000), Interval(3900, -800, 8600)])
    assert list(axis.ticks) == [-5000, 0, 15000]


def _curve(*rows: tuple[int, float, float, float, float]) -> tuple[CurveDay, ...]:
    return tuple(CurveDay(START + timedelta(days=day), *rest) for day, *rest in rows)


def test_the_line_begins_at_zero_and_leaves_out_days_whose_band_says_nothing() -> None:
    curve = _curve((6, 58, 49, -900, 990), (13, 60, 55, 35, 75), (89, 62.6, 55.8, 51, 60.6))
    line = held_line(curve, START, END)
    assert line is not None
    assert line.grid[0][1] == 0
    assert line.grid[-1][1] == 80
    assert line.shown_path.count(" L") == 1
    assert (line.shown_end.value, line.held_end.value) == (Decimal("62.60"), Decimal("55.80"))
    assert abs(line.shown_end.label_y - line.held_end.label_y) >= 39
    assert line.shown_end.x == line.right


def test_a_line_below_zero_is_drawn_below_zero() -> None:
    line = held_line(_curve((6, -12, 3, -4, 10), (13, -15, 4, -1, 9)), START, END)
    assert line is not None
    assert line.grid[0][1] < -14
    assert line.shown_end.y > next(y for y, value in line.grid if value == 0)


def test_time_that_is_not_reached_stays_empty_up_to_the_expected_day() -> None:
    ready = END + timedelta(days=60)
    line = held_line(_curve((80, 60, 55, 30, 80), (89, 61, 54, 40, 70)), START, END, ready)
    assert line is not None
    assert line.ready_x is not None
    assert line.shown_end.x < line.ready_x < line.right
    assert [tick.day for tick in line.ticks] == [START, END, ready]


@pytest.mark.parametrize("curve", [(), _curve((6, 1, 1, 0, 2)), _curve((6, 0, 0, -9, 9))])
def test_one_point_is_no_line(curve: tuple[CurveDay, ...]) -> None:
    assert held_line(curve, START, END) is None


def _too_few(held_percent: float, ready_in: int | None) -> Earned:
    ready = None if ready_in is None else END + timedelta(days=ready_in)
    held = ArmSums(2480, 30, Decimal(0), Decimal(0), Decimal(0), 0)
    return Earned(START, END, "EUR", "too_few", None, NONE, held, (), None, ready, 88, held_percent)


def test_how_far_the_holdout_is_is_told_with_what_would_be_quicker() -> None:
    waiting = waiting_of(_too_few(10.0, 66))
    assert waiting is not None
    assert waiting.needed == 3100  # 2,480 and 66 days of 8.8 visitors each
    assert 0.79 < waiting.share < 0.82
    # 0.1 * 0.9 of what a visitor tells becomes 0.2 * 0.8: 66 days become 37.
    assert waiting.sooner == END + timedelta(days=37)


def test_nothing_is_offered_where_little_would_be_gained_or_nothing_can_be_told() -> None:
    soon, large = waiting_of(_too_few(10.0, 20)), waiting_of(_too_few(20.0, 90))
    assert soon is not None
    assert large is not None
    assert (soon.sooner, large.sooner) == (None, None)
    assert waiting_of(_too_few(10.0, None)) is None


def test_each_step_is_a_share_of_the_one_before_and_never_more_than_all() -> None:
    steps = step_shares([("shown", 400), ("taken", 100), ("late", 120), ("none", 0), ("odd", 3)])
    assert [step.share for step in steps] == [None, Decimal("0.25"), 1, 0, None]
