"""A promise stands only while nine of ten answers keep it; open ones cannot be hidden."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.services.service_promise.measuring import LEAST, Measured, Wait, measure

TARGET = timedelta(hours=2)


def waits(*minutes: int, answered: bool = True) -> list[Wait]:
    return [Wait(timedelta(minutes=number), answered) for number in minutes]


def test_nine_of_ten_in_time_keep_it() -> None:
    found = measure(waits(*range(10, 100, 10), 600), TARGET)
    assert found == Measured("kept", timedelta(minutes=90), 10)


def test_two_of_ten_too_late_break_it_and_the_true_value_is_told() -> None:
    found = measure(waits(10, 10, 10, 10, 10, 10, 10, 10, 290, 600), TARGET)
    assert found == Measured("slow", timedelta(minutes=290), 10)


def test_of_nine_nothing_is_said() -> None:
    assert measure(waits(*[5] * 9), TARGET).state == "unknown"


def test_a_message_that_still_waits_breaks_it_as_soon_as_it_waited_too_long() -> None:
    fast = waits(*[10] * 9)
    assert measure(fast + waits(121, 121, answered=False), TARGET).state != "kept"
    fresh = waits(*[10] * 10) + waits(119, 119, answered=False)
    assert measure(fresh, TARGET).state == "kept"


def test_how_slow_it_is_is_not_told_while_that_hangs_on_an_open_message() -> None:
    found = measure(waits(*[10] * 8) + waits(200, 300, answered=False), TARGET)
    assert found == Measured("unknown", None, 10)


_wait = st.builds(Wait, st.integers(0, 600).map(lambda n: timedelta(minutes=n)), st.booleans())


@settings(max_examples=40, deadline=None)
@given(st.lists(_wait, max_size=60))
def test_what_is_said_is_true_however_the_open_ones_end(found: list[Wait]) -> None:
    said = measure(found, TARGET)
    decided = [wait for wait in found if wait.answered or wait.time > TARGET]
    if said.nine_of_ten is None:
        return
    assert len(decided) >= LEAST
    # The worst that can become of those that still wait: they are never answered.
    in_time = sum(wait.answered and wait.time <= said.nine_of_ten for wait in decided)
    assert in_time * 10 >= len(decided) * 9
    assert (said.state == "kept") == (said.nine_of_ten <= TARGET)
