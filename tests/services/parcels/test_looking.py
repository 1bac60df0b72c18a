"""How often carriers are asked: by the parcel's state, by day, and within what they allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.services.parcels.looking import after_nothing, may_ask, next_look, pause_after

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)


def wait(phase: str | None, silence: timedelta = HOUR) -> float | None:
    found = next_look(phase, NOON - silence, NOON, ZONE, "p1")
    return None if found is None else (found - NOON) / HOUR


@pytest.mark.parametrize(
    ("phase", "hours"),
    [
        (None, 4),
        ("announced", 4),
        ("under_way", 3),
        ("arriving", 1.75),
        ("pickup", 6),
        ("customs", 6),
        ("delivered", None),
        ("cancelled", None),
    ],
)
def test_the_nearer_a_parcel_is_the_sooner_it_is_looked_for(
    phase: str | None, hours: float | None
) -> None:
    assert wait(phase) == hours


def test_a_silent_parcel_is_looked_for_less_often_and_a_lost_one_given_up() -> None:
    assert wait("under_way", timedelta(days=5)) == 6
    assert wait("under_way", timedelta(days=13)) == 24
    assert wait("lost", timedelta(days=20)) == 24
    assert wait("lost", timedelta(days=22)) is None
    assert wait("returned", timedelta(days=22)) is None


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(["announced", "under_way", "arriving", "pickup", "lost"]),
    st.integers(0, 525_600).map(lambda minute: NOON + timedelta(minutes=minute)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo"]),
    st.text(max_size=20),
)
def test_nobody_is_asked_at_night_and_no_parcel_more_than_ten_times_a_day(
    phase: str, now: datetime, zone: str, spread: str
) -> None:
    looks = 0
    moment = now
    while moment < now + timedelta(days=1):
        following = next_look(phase, now, moment, zone, spread)
        assert following is not None
        assert following > moment
        assert 6 <= following.astimezone(ZoneInfo(zone)).hour < 22
        moment, looks = following, looks + 1
    assert looks <= 11  # a day and the look after it


def test_pauses_grow_and_end() -> None:
    assert [pause_after(count) / timedelta(minutes=1) for count in (1, 2, 3, 99)] == [
        5,
        10,
        20,
        360,
    ]
    unknown = [after_nothing(count, NOON, ZONE, "p1") for count in (1, 2, 9)]
    assert [(again - NOON) / HOUR for again in unknown] == [4, 8, 24]


def test_a_number_that_is_still_unknown_is_not_looked_for_at_night_either() -> None:
    evening = NOON.replace(hour=19)  # eight o'clock in Berlin
    again = after_nothing(1, evening, ZONE, "p1").astimezone(ZoneInfo(ZONE))
    assert again.date() > evening.date()
    assert again.hour in (6, 7)


def test_calls_are_spread_over_the_day() -> None:
    assert may_ask(1000, 549, NOON.replace(hour=12))
    assert not may_ask(1000, 550, NOON.replace(hour=12))
    assert not may_ask(1000, 1000, NOON.replace(hour=23, minute=59))
    assert may_ask(1, 0, NOON.replace(hour=0))
