"""What is said of a shop's answers is said until the moment that it names, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.contracts.service import Opening, Service
from plugin.services.service_promise import promise, words
from plugin.services.service_promise.hours import Hours
from plugin.services.service_promise.promise import promise_by
from plugin.services.wording import Voice
from plugin.store.service_messages import Timing
from tests.fakes import letters
from tests.services.service_promise.test_messages import WEEK

BERLIN = ZoneInfo("Europe/Berlin")
#: The Saturday before clocks are set back: a week of 169 hours lies ahead.
AUTUMN = datetime(2026, 10, 24, 6, tzinfo=UTC)
SHOP = replace(letters.SHOP, privacy_url="", imprint="", created_at=AUTUMN)
#: A database that nobody asks: the messages are told.
_EMPTY = sa.create_engine("sqlite://")
_odd = Opening(start=time(8, 10), end=time(12, 5))
_weeks = st.sampled_from([WEEK, (None, _odd) * 3 + (None,), (_odd,) * 7])
_minutes = st.integers(-14 * 24 * 60 - 5, 0)


class _Told:
    """Messages as the database would return them."""

    def __init__(self, timings: list[Timing]) -> None:
        self._timings = sorted(timings, key=lambda one: one.received_at, reverse=True)

    def timings_since(self, _connection: object, _shop: int, since: datetime, _most: int) -> object:
        return [one for one in self._timings if one.received_at >= since]


@st.composite
def _timings(draw: st.DrawFn) -> list[Timing]:
    made = []
    for start in draw(st.lists(_minutes, min_size=8, max_size=16)):
        received = AUTUMN + timedelta(minutes=start, seconds=draw(st.integers(0, 59)))
        waited = draw(st.one_of(st.none(), st.integers(0, 900)))
        settled = None if waited is None else min(AUTUMN, received + timedelta(minutes=waited))
        state = "open" if settled is None else draw(st.sampled_from(["answered", "closed"]))
        made.append(Timing(min(received, AUTUMN), state, settled))
    return made


@settings(max_examples=60, deadline=None)
@given(
    _weeks,
    st.integers(1, 6),
    _timings(),
    st.integers(0, 3 * 24 * 60),
    st.lists(st.floats(0, 1), min_size=4, max_size=8),
)
def test_nothing_that_is_said_changes_before_its_moment(
    week: tuple[Opening | None, ...],
    target: int,
    timings: list[Timing],
    later: int,
    parts: list[float],
) -> None:
    hours, service = Hours(week, BERLIN), Service(week=week, hours=target)
    start = AUTUMN + timedelta(minutes=later)
    with pytest.MonkeyPatch.context() as patch, _EMPTY.connect() as connection:
        patch.setattr(promise, "store", _Told(timings))

        def said(now: datetime) -> tuple[object, datetime]:
            known = promise_by(connection, SHOP, service, hours, now)
            voice = Voice("parcels", SHOP, "de")
            told = words.lead(voice, known), words.proof(voice, known)
            return (*told, words.coming(voice, known, now), known.due), known.until

        first, until = said(start)
        assert start < until <= start + timedelta(hours=25)
        length = until - start - timedelta.resolution
        for part in (*parts, 1.0):
            assert said(start + length * part)[0] == first
