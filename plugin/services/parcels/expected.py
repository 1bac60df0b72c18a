"""When a parcel comes: the best day that was told, and whether it is later than was said first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from plugin.model import Expected, ParcelEvent

_TRUST = {"promise": 0, "platform": 1, "carrier": 2}


@dataclass(frozen=True)
class Outlook:
    """The day that holds now, the one told first, and whether that one is not kept."""

    expected: Expected | None
    promised: Expected | None
    late: bool


def outlook(
    told: Sequence[ParcelEvent],
    now: datetime,
    *,
    out: ParcelEvent | None,
    delivered: ParcelEvent | None,
) -> Outlook:
    """Return what is expected of a parcel; `told` oldest first.

    Who is nearer to the parcel is believed: the carrier before the platform before the shop's own
    promise, and of one of them what it said last. A day that has passed yields to one told later.
    `out`: it is out for delivery, and comes on that day whatever was said. A parcel is late once
    the last day told first is over, or a later one is told.
    """
    days = [event for event in told if event.expected is not None]
    expected = _best(days, now.date())
    if out is not None:
        expected = _that_day(expected, out.happened_at.astimezone(now.tzinfo).date())
    first = days[0].expected if days else None
    if first is None:
        return Outlook(expected, None, late=False)
    if delivered is not None:
        comes = delivered.happened_at.astimezone(now.tzinfo).date()
    else:
        comes = max(now.date(), expected.last_day if expected else first.last_day)
    return Outlook(expected, first, late=comes > first.last_day)


def _best(days: Sequence[ParcelEvent], today: date) -> Expected | None:
    best: Expected | None = None
    for event in days:
        told = event.expected
        if told is None:
            continue
        if best is None or _believed(told, best, today):
            best = told
    return best


def _believed(later: Expected, earlier: Expected, today: date) -> bool:
    if _TRUST[later.confidence] >= _TRUST[earlier.confidence]:
        return True
    return earlier.last_day < today <= later.last_day


def _that_day(expected: Expected | None, day: date) -> Expected:
    if expected is None:
        return Expected(day)
    if expected.day == day:
        return replace(expected, until_day=None)
    return Expected(day, confidence="carrier")
