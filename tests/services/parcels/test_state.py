"""Where a parcel is follows from the set of reports, whatever order they come in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.model import Expected, ParcelEvent, ParcelKind
from plugin.services.parcels.state import ParcelState, is_disturbed, state_of

NOW = datetime(2026, 11, 21, 18, tzinfo=ZoneInfo("Europe/Berlin"))
KINDS: tuple[ParcelKind, ...] = get_args(ParcelKind)


def report(kind: ParcelKind, hours_ago: float = 1, **values: Any) -> ParcelEvent:
    at = NOW - timedelta(hours=hours_ago)
    return ParcelEvent(**{"kind": kind, "happened_at": at, "source": "dhl", **values})


def told(*kinds: ParcelKind) -> ParcelState:
    """Return the state after these reports, an hour apart."""
    return state_of([report(kind, len(kinds) - place) for place, kind in enumerate(kinds)], NOW)


@pytest.mark.parametrize(
    ("kinds", "stage", "condition", "phase"),
    [
        ((), 2, "announced", "announced"),
        (("announced",), 2, "announced", "announced"),
        (("announced", "unknown"), 2, "announced", "announced"),
        (("announced", "handed_over"), 3, "normal", "under_way"),
        (("handed_over", "in_transit", "at_depot"), 3, "normal", "under_way"),
        (("in_transit", "unknown"), 3, "normal", "under_way"),
        (("in_transit", "announced"), 3, "normal", "under_way"),
        (("in_transit", "out_for_delivery"), 4, "normal", "arriving"),
        (("out_for_delivery", "at_depot"), 3, "normal", "under_way"),
        (("out_for_delivery", "attempted"), 3, "delayed", "delayed"),
        (("attempted", "in_transit"), 3, "delayed", "delayed"),
        (("attempted", "out_for_delivery"), 4, "normal", "arriving"),
        (("attempted", "ready_for_pickup"), 4, "pickup", "pickup"),
        (("ready_for_pickup", "picked_up"), 4, "normal", "delivered"),
        (("out_for_delivery", "delivered"), 4, "normal", "delivered"),
        (("delivered", "in_transit"), 4, "normal", "delivered"),
        (("delivered", "out_for_delivery"), 4, "normal", "delivered"),
        (("delivered", "lost"), 4, "normal", "delivered"),
        (("delivered", "ready_for_pickup"), 4, "pickup", "pickup"),
        (("delivered", "returning"), 3, "returned", "returned"),
        (("attempted", "returning", "in_transit", "delivered"), 3, "returned", "returned"),
        (("returning", "returned"), 3, "returned", "returned"),
        (("in_transit", "held"), 3, "held", "held"),
        (("held", "at_depot"), 3, "held", "held"),
        (("held", "in_transit"), 3, "normal", "under_way"),
        (("in_transit", "customs"), 3, "customs", "customs"),
        (("customs", "out_for_delivery"), 4, "normal", "arriving"),
        (("address_problem",), 3, "address", "address"),
        (("in_transit", "delayed"), 3, "delayed", "delayed"),
        (("delayed",), 3, "delayed", "delayed"),
        (("delayed", "in_transit"), 3, "delayed", "delayed"),
        (("delayed", "out_for_delivery"), 4, "normal", "arriving"),
        (("announced", "delayed"), 2, "delayed", "delayed"),
        (("in_transit", "lost"), 3, "lost", "lost"),
        (("lost", "in_transit"), 3, "normal", "under_way"),
        (("lost", "delivered"), 4, "normal", "delivered"),
        (("in_transit", "damaged"), 3, "damaged", "damaged"),
        (("damaged", "delivered"), 4, "damaged", "damaged"),
        (("announced", "cancelled"), 2, "cancelled", "cancelled"),
        (("cancelled", "in_transit"), 3, "normal", "under_way"),
        (("cancelled", "announced"), 2, "announced", "announced"),
    ],
)
def test_the_state_is_what_holds_after_all_reports(
    kinds: tuple[ParcelKind, ...], stage: int, condition: str, phase: str
) -> None:
    state = told(*kinds)
    assert (state.stage, state.condition, state.phase) == (stage, condition, phase)


def test_a_parcel_that_nobody_has_scanned_is_only_announced() -> None:
    assert not told("announced", "delayed", "lost").scanned
    state = told("announced", "handed_over", "in_transit")
    assert state.scanned
    assert state.sent_at == NOW - timedelta(hours=2)


def test_the_first_report_of_an_arrival_is_the_time_of_it() -> None:
    state = told("delivered", "in_transit", "delivered")
    assert state.delivered_at == NOW - timedelta(hours=3)


def test_what_the_merchant_found_out_overrules_scans() -> None:
    lost = [report("delivered", 5), report("lost", 2, source="merchant")]
    assert state_of(lost, NOW).condition == "lost"
    settled = [report("damaged", 5), report("delivered", 2, source="merchant")]
    assert state_of(settled, NOW).condition == "normal"
    assert state_of(settled, NOW).troubled


def test_reports_from_far_ahead_do_not_count_yet() -> None:
    assert state_of([report("in_transit"), report("delivered", -48)], NOW).phase == "under_way"
    assert state_of([report("in_transit"), report("delivered", -12)], NOW).phase == "delivered"


def day(number: int, **values: Any) -> Expected:
    return Expected(date(2026, 11, number), **values)


def expecting(*days: tuple[Expected, float], now: datetime = NOW, **last: Any) -> ParcelState:
    events = [report("in_transit", hours, expected=told) for told, hours in days]
    return state_of([*events, *([report(**last)] if last else [])], now)


def test_the_carrier_is_believed_before_the_platform_before_the_promise() -> None:
    promise, platform = day(27, confidence="promise"), day(26, confidence="platform")
    carrier = day(25, confidence="carrier")
    assert expecting((carrier, 9), (platform, 5), (promise, 1)).expected == carrier
    assert expecting((promise, 5), (platform, 9)).expected == platform
    assert expecting((promise, 5)).expected == promise


def test_of_one_source_the_last_word_counts() -> None:
    assert expecting((day(24), 9), (day(23), 2)).expected == day(23)
    assert not expecting((day(24), 9), (day(23), 2)).first


def test_a_day_that_has_passed_yields_to_one_told_later() -> None:
    state = expecting((day(20), 9), (day(24, confidence="platform"), 2))
    assert state.expected == day(24, confidence="platform")
    assert (state.condition, state.first) == ("delayed", day(20))


def test_a_later_day_or_a_day_gone_by_is_a_delay() -> None:
    assert expecting((day(24), 9), (day(25), 2)).condition == "delayed"
    assert expecting((day(21), 9)).condition == "normal"
    assert expecting((day(21), 9), now=NOW + timedelta(hours=7)).condition == "delayed"
    assert expecting((day(20, until_day=date(2026, 11, 22)), 9)).condition == "normal"


def test_out_for_delivery_is_today_whatever_was_said() -> None:
    state = expecting((day(24), 9), kind="out_for_delivery", hours_ago=3)
    assert state.expected == day(21)
    assert (state.condition, state.phase) == ("normal", "arriving")
    late = expecting((day(19), 60), kind="out_for_delivery", hours_ago=3)
    assert (late.condition, late.phase, late.first) == ("delayed", "arriving", day(19))


def test_midnight_is_that_of_the_shop() -> None:
    at = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("UTC"))  # the 22nd in Berlin
    late = [report("in_transit", expected=day(21)), report("delivered", happened_at=at)]
    berlin = at.astimezone(ZoneInfo("Europe/Berlin"))
    assert state_of(late, berlin).first == day(21)
    assert state_of(late, at).first is None


EVENTS = st.builds(
    ParcelEvent,
    kind=st.sampled_from(KINDS),
    happened_at=st.integers(0, 40).map(lambda hours: NOW - timedelta(hours=hours)),
    source=st.sampled_from(["dhl", "platform", "merchant"]),
    place=st.sampled_from([None, "Köln"]),
    expected=st.none()
    | st.builds(
        Expected,
        day=st.integers(18, 28).map(lambda number: date(2026, 11, number)),
        confidence=st.sampled_from(["carrier", "platform", "promise"]),
    ),
)


@given(
    st.lists(EVENTS, max_size=9).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some + some[: len(some) // 2]))
    )
)
def test_neither_order_nor_repeats_change_the_state(
    case: tuple[list[ParcelEvent], list[ParcelEvent]],
) -> None:
    once, shuffled = case
    assert state_of(shuffled, NOW) == state_of(once, NOW)


@given(st.lists(EVENTS, max_size=9), st.integers(0, 40))
def test_an_unknown_word_keeps_the_state(some: list[ParcelEvent], hours: int) -> None:
    before, after = state_of(some, NOW), state_of([*some, report("unknown", hours)], NOW)
    assert (after.stage, after.phase) == (before.stage, before.phase)


@given(st.lists(EVENTS, max_size=9))
def test_every_set_of_reports_has_a_whole_state(some: list[ParcelEvent]) -> None:
    state = state_of(some, NOW)
    assert (state.delivered_at is None) == (state.phase not in ("delivered", "damaged")) or (
        state.condition == "damaged"
    )
    if state.phase == "arriving":
        assert state.expected is not None
    if is_disturbed(state.condition):
        assert state.phase in (state.condition, "arriving")
