"""The pictures of the suggestions: estimates with ranges, a way in steps, shares on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from plugin.admin.guard_charts import Range, range_of
from plugin.admin.step_shares import StepShare, step_shares
from plugin.services.statistics import Interval
from plugin.services.suggestion_figures import Way

#: Drawn so wide, whatever room there is.
WIDTH = 200
_TENTH = Decimal("0.1")
#: Where an axis of shares may end: the next one above the largest range.
_AXES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class ShareRange:
    """A share with its range, on an axis that several rows have in common."""

    value: Decimal
    low: Decimal
    high: Decimal
    value_x: float
    low_x: float
    high_x: float


def share_points(interval: Interval) -> Range:
    """Draw a difference of shares in percentage points, with one decimal place."""
    drawn = range_of(interval)
    value, low, high = (Decimal(number).quantize(_TENTH) for number in interval)
    return replace(drawn, value=value, low=low, high=high)


def way_of(way: Way) -> tuple[StepShare, ...]:
    """Return the steps from seen to kept, each with its share of the one before."""
    counts = (
        ("shown", way.shown),
        ("stayed", way.stayed),
        ("bought", way.sold.lines),
        ("kept", way.sold.kept_lines),
    )
    return step_shares(counts)


def share_ranges(ways: Sequence[Way]) -> tuple[Decimal, tuple[ShareRange | None, ...]]:
    """Return where the common axis ends, and each way's share that stayed in a cart on it."""
    rates = [way.rate for way in ways]
    highest = max((rate.high for rate in rates if rate), default=0.0)
    top = next(end for end in _AXES if end >= highest)
    return Decimal(str(top)), tuple(_on(rate, top) if rate else None for rate in rates)


def _on(rate: Interval, top: float) -> ShareRange:
    value, low, high = (Decimal(number) for number in rate)
    places = [round(WIDTH * number / top, 1) for number in rate]
    return ShareRange(value, low, high, *places)
