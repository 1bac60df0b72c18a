"""Open time is counted in the shop's zone, without nights, weekends, holidays and breaks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.contracts.service import Opening
from plugin.services.service_promise.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = Opening(start=time(9), end=time(17))
HOURS = Hours((NINE_TO_FIVE,) * 5 + (None, None), BERLIN)
#: A Saturday.
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(20, 10), at(20, 12), 2),
        (at(20, 16), at(23, 10), 2),  # Friday to Monday
        (at(20, 7), at(20, 9, 30), 0.5),
        (at(20, 18), at(23, 8), 0),
        (at(16, 0), at(23, 0), 40),
        (at(20, 12), at(20, 10), 0),
    ],
)
def test_only_open_time_counts(start: datetime, end: datetime, hours: float) -> None:
    assert HOURS.between(start, end) == timedelta(hours=hours)


def test_two_hours_from_saturday_end_on_monday_at_eleven() -> None:
    assert HOURS.after(SATURDAY, timedelta(hours=2)) == at(23, 11)


def test_what_fills_the_day_ends_when_it_closes() -> None:
    assert HOURS.after(at(20, 16), timedelta(hours=1)) == at(20, 17)
    assert HOURS.after(at(20, 16), timedelta(hours=1, minutes=1)) == at(23, 9, 1)


def test_days_without_service_are_skipped() -> None:
    closed = Hours(HOURS.week, BERLIN, lambda day: day == date(2026, 11, 23))
    assert closed.after(SATURDAY, timedelta(hours=2)) == at(24, 11)
    assert closed.between(at(23, 9), at(23, 17)) == timedelta(0)
    assert not closed.is_open(at(23, 12))
    assert HOURS.is_open(at(23, 12))


def test_a_shop_that_never_opens_promises_nothing() -> None:
    assert Hours((None,) * 7, BERLIN).after(SATURDAY, timedelta(hours=1)) is None


def test_the_night_in_which_clocks_change_has_its_true_length() -> None:
    nights = Hours((Opening(start=time(0), end=time(6)),) * 7, BERLIN)
    before, after = (datetime(2026, 10, 25, hour, tzinfo=BERLIN) for hour in (0, 6))
    assert nights.between(before, after) == timedelta(hours=7)


_moments = st.integers(0, 700 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=40, deadline=None)
@given(_moments, st.integers(1, 40 * 60))
def test_so_much_open_time_lies_before_the_moment_that_is_named(
    start: datetime, minutes: int
) -> None:
    wanted = timedelta(minutes=minutes)
    end = HOURS.after(start, wanted)
    assert end is not None
    assert HOURS.between(start, end) == wanted


@settings(max_examples=40, deadline=None)
@given(_moments, _moments, _moments)
def test_open_time_adds_up(first: datetime, second: datetime, third: datetime) -> None:
    start, middle, end = sorted((first, second, third))
    short = min(end, start + timedelta(days=40))
    middle = min(middle, short)
    parts = HOURS.between(start, middle) + HOURS.between(middle, short)
    assert parts == HOURS.between(start, short)
