"""What a shop may say of its answers now: the promise while it is kept, else the true value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.service import Service
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.times import day_after
from plugin.services.service_promise import settings as shop_service
from plugin.services.service_promise.hours import Hours
from plugin.services.service_promise.measuring import DAYS, Measured, Wait, measure
from plugin.store import service_messages as store
from plugin.store.service_messages import Timing

#: So many messages of two weeks tell enough.
_MOST = 2000
#: A time of day is said by the quarter.
_QUARTER = timedelta(minutes=15)
_WINDOW = timedelta(days=DAYS)
_INSTANT = timedelta.resolution


@dataclass(frozen=True)
class Promise:
    """Settings, hours and measurement of a shop, and by when a message of now is answered.

    `due` is None where nothing can be said of it. Before `until` all of it stays as it is, and
    today is today, unless a message comes or is settled.
    """

    settings: Service
    hours: Hours
    measured: Measured
    due: datetime | None
    until: datetime

    @property
    def target(self) -> timedelta:
        """Return the open time within which nine of ten messages are to be answered."""
        return timedelta(hours=self.settings.hours)


def promise_of(connection: Connection, context: Context, shop: Shop) -> Promise:
    """Return what the shop may say now."""
    settings, now = shop_service.read(connection, shop.id), context.now()
    hours = shop_service.hours_of(connection, settings, shop)
    return promise_by(connection, shop, settings, hours, now)


def promise_by(
    connection: Connection, shop: Shop, settings: Service, hours: Hours, now: datetime
) -> Promise:
    """Return what a shop with these settings may say at a moment."""
    tomorrow = day_after(now, hours.zone)
    target = timedelta(hours=settings.hours)
    if not settings.opens:
        return Promise(settings, hours, Measured("unknown"), None, tomorrow)
    timings = store.timings_since(connection, shop.id, now - _WINDOW, _MOST)
    waits = [_wait(hours, timing, now) for timing in timings]
    counted = [
        wait
        for wait, timing in zip(waits, timings, strict=True)
        # What needed no answer says nothing, unless it took too long to find that out.
        if timing.state != "closed" or wait.time > target
    ]
    measured = measure(counted, target)
    wanted = target if measured.state == "kept" else measured.nine_of_ten
    due = None if wanted is None else hours.after(now, wanted)
    moments = [tomorrow, *(timing.received_at + _WINDOW + _INSTANT for timing in timings[-1:])]
    if lengths := [*_growing(waits, target), *_staying(hours, due)]:
        # All that waits grows by the same open time.
        moments.append(hours.after(now, min(lengths)) or tomorrow)
    return Promise(settings, hours, measured, due and _quarter_up(due), min(moments))


def _growing(waits: Sequence[Wait], target: timedelta) -> Iterator[timedelta]:
    """Say how much longer each unanswered message may wait before it counts for more."""
    steps = sorted({target, *(wait.time for wait in waits if wait.answered)})
    for wait in waits:
        place = bisect_left(steps, wait.time)
        if not wait.answered and place < len(steps):
            yield steps[place] - wait.time + _INSTANT


def _staying(hours: Hours, due: datetime | None) -> Iterator[timedelta]:
    """Say how long the moment that is told stays the same; after closing comes the next day."""
    if due is None:
        return
    stretch = hours.on(hours.day_of(due))
    closes = due if stretch is None else stretch[1]
    yield min(_quarter_up(due), closes) - due + _INSTANT


def _wait(hours: Hours, timing: Timing, now: datetime) -> Wait:
    end = timing.settled_at or now
    return Wait(hours.between(timing.received_at, end), timing.settled_at is not None)


def _quarter_up(moment: datetime) -> datetime:
    start = moment.replace(minute=0, second=0, microsecond=0)
    return start - (start - moment) // _QUARTER * _QUARTER
