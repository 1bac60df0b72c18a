"""The range mark: an estimate with its range on an axis, alone or on one with other rows.

Places are in percent of the drawing's width, so that a mark may be as wide as there is room while
its words and lines keep their size. An axis is never cut: it grows until every range fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plugin.services.statistics import Interval

#: Left free on each side, in percent, so that no bar touches the edge.
_ROOM = 7.0
_STEPS = (1, 2, 5)
#: Amounts of money are paid in cents: nothing is finer.
_FINEST = -2


@dataclass(frozen=True)
class Axis:
    """Which values lie between 0 and 100 %, and which of them are named."""

    low: float
    high: float
    ticks: tuple[Decimal, ...]

    def place(self, value: float | Decimal) -> float:
        """Return where a value stands, in percent."""
        share = (float(value) - self.low) / (self.high - self.low)
        return round(_ROOM + (100 - 2 * _ROOM) * share, 2)

    @property
    def zero(self) -> float:
        """Return where zero stands."""
        return self.place(0)

    @property
    def marks(self) -> tuple[tuple[Decimal, float], ...]:
        """Return the named values with their places."""
        return tuple((tick, self.place(tick)) for tick in self.ticks)


@dataclass(frozen=True)
class Mark:
    """An estimate on an axis: places in percent, values rounded to what the range allows."""

    value: Decimal
    low: Decimal
    high: Decimal
    at: float
    left: float
    width: float
    verdict: str


def axis_around(intervals: Sequence[Interval]) -> Axis:
    """Return an axis that ends where the widest range ends; it names zero and round values."""
    low, high, step = _reach(intervals, most=3)
    named = range(math.ceil(low / step), math.floor(high / step) + 1)
    return Axis(low, high, tuple(Decimal(str(step)) * one for one in named))


def axis_of_rows(intervals: Sequence[Interval]) -> Axis:
    """Return the axis of several rows: both ends are round, and named beside zero."""
    low, high, step = _reach(intervals, most=4)
    first, last = math.floor(low / step), math.ceil(high / step)
    ends = [Decimal(str(step)) * one for one in (first, 0, last)]
    return Axis(first * step, last * step, tuple(sorted(set(ends))))


def mark(interval: Interval, axis: Axis, finest: int = 0) -> Mark:
    """Place an estimate on an axis; `finest` is the power of ten that is stated at most."""
    value, low, high = rounded(interval, finest)
    left, right = axis.place(interval.low), axis.place(interval.high)
    width = round(max(right - left, 0.6), 2)
    return Mark(value, low, high, axis.place(interval.value), left, width, verdict_of(interval))


def verdict_of(interval: Interval) -> str:
    """Return "gain" or "loss" where the range is clear of zero, "unclear" where it is not."""
    if interval.low > 0:
        return "gain"
    return "loss" if interval.high < 0 else "unclear"


def rounded(interval: Interval, finest: int = 0) -> tuple[Decimal, Decimal, Decimal]:
    """Return an estimate and its range, rounded to two digits of the width of the range.

    Never finer than ten to the power of `finest`: 0 for whole euros, -2 for cents. A bound that is
    clear of zero never reads as if it were zero: it is stated more finely.
    """
    width = interval.high - interval.low
    power = math.floor(math.log10(width)) - 1 if width > 0 else finest
    unit = Decimal(1).scaleb(max(power, finest, _FINEST))
    # Added to 0, for a little less than nothing is written 0, not −0.
    value = (Decimal(interval.value) / unit).to_integral_value() * unit + 0
    return value, _bound(interval.low, unit), _bound(interval.high, unit)


def _bound(bound: float, unit: Decimal) -> Decimal:
    found = (Decimal(bound) / unit).to_integral_value() * unit
    if found == 0 and abs(bound) >= 10.0**_FINEST:
        return _bound(bound, unit / 10)
    return found


def _reach(intervals: Sequence[Interval], most: int) -> tuple[float, float, float]:
    """Return the lowest and highest value, zero among them, and a round step between."""
    low = min((min(one.low, 0.0) for one in intervals), default=0.0)
    high = max((max(one.high, 0.0) for one in intervals), default=0.0)
    if high <= low:
        return 0.0, 1.0, 1.0
    power = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    steps = [factor * power * ten for ten in (1, 10, 100) for factor in _STEPS]
    return low, high, next(step for step in steps if (high - low) / step <= most)
