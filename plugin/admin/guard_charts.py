"""The pictures of the discount guard: a month as it was and as it would have been, and ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plugin.admin.charts import BOTTOM, TOP, Tick, apart, axis, ticks
from plugin.admin.range_marks import rounded
from plugin.services.guard_rules import Reason
from plugin.services.guard_trial import Refused, Trial
from plugin.services.statistics import Interval

#: Half a page wide: drawn at that size, so that its words are as large as all others.
WIDTH, HEIGHT, LEFT, RIGHT = 468, 240, 62, 104
#: A budget far above what a month cost would press both lines flat on the ground.
_HIGHEST_BUDGET = Decimal("1.6")
_ZERO = Decimal(0)
#: The limits that a trial tells apart; what is left is the budget and the share of orders.
_REASONS: tuple[Reason, ...] = ("below_margin", "cost_unknown", "cooldown", "quiet_time")


@dataclass(frozen=True)
class CostLine:
    """Running costs over a month: the path, its end, and where its label stands."""

    path: str
    end_x: float
    end_y: float
    label_y: float


@dataclass(frozen=True)
class Band:
    """Where a quiet time lies."""

    x: float
    width: float


@dataclass(frozen=True)
class TrialChart:
    """Two running totals of money over the days of a month, on an axis from 0."""

    grid: tuple[tuple[float, Decimal], ...]
    ticks: tuple[Tick, ...]
    real: CostLine
    limited: CostLine
    budget_y: float | None
    quiet: tuple[Band, ...]
    base_y: float
    top: int = TOP
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def trial_chart(trial: Trial, budget: Decimal) -> TrialChart:
    """Draw a trial; the budget is a line where it is not far above what the month cost."""
    real, limited = _summed(trial.real), _summed(trial.limited)
    drawn = budget <= real[-1] * _HIGHEST_BUDGET
    step, top = axis(max(math.ceil(real[-1]), math.ceil(budget) if drawn else 0, 1))
    plot, right = HEIGHT - TOP - BOTTOM, WIDTH - RIGHT

    def y_of(value: Decimal) -> float:
        return round(TOP + plot * (1 - float(value) / top), 1)

    xs = [round(LEFT + (right - LEFT) * n / (len(trial.days) - 1), 1) for n in range(len(real))]
    ends = apart(y_of(real[-1]), y_of(limited[-1]))
    return TrialChart(
        grid=tuple((y_of(Decimal(value)), Decimal(value)) for value in range(0, top + 1, step)),
        ticks=ticks(trial.days, xs),
        real=_line(xs, [y_of(value) for value in real], ends[0]),
        limited=_line(xs, [y_of(value) for value in limited], ends[1]),
        budget_y=y_of(budget) if drawn else None,
        quiet=tuple(_band(trial.days, xs, one.start, one.end) for one in trial.quiet),
        base_y=y_of(Decimal(0)),
    )


def refusals(trial: Trial) -> tuple[Refused, ...]:
    """Return what each limit would have kept back, all in one order: a row that is 0 stays.

    Budget and share are one: both say that enough was given away.
    """
    told = {one.reason: one for one in trial.refused}
    found = [told.pop(reason, Refused(reason, 0, Decimal(0))) for reason in _REASONS]
    codes = sum(one.codes for one in told.values())
    return (*found, Refused("budget_spent", codes, sum((o.amount for o in told.values()), _ZERO)))


def _summed(values: Sequence[Decimal]) -> list[Decimal]:
    sums: list[Decimal] = []
    for value in values:
        sums.append((sums[-1] if sums else Decimal(0)) + value)
    return sums


def _line(xs: Sequence[float], ys: Sequence[float], label_y: float) -> CostLine:
    points = " L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=True))
    return CostLine(f"M{points}", xs[-1], ys[-1], label_y)


def _band(days: Sequence[date], xs: Sequence[float], start: date, end: date) -> Band:
    first, last = max(start, days[0]), min(end, days[-1])
    left = xs[(first - days[0]).days]
    return Band(left, max(round(xs[(last - days[0]).days] - left, 1), 6.0))


@dataclass(frozen=True)
class Range:
    """An estimate with its range: places on a drawing 400 wide, and rounded values."""

    value: Decimal
    low: Decimal
    high: Decimal
    value_x: float
    low_x: float
    high_x: float
    zero_x: float

    @property
    def verdict(self) -> str:
        """Return "gain", "loss", or "unclear" where zero is inside."""
        if self.low > 0:
            return "gain"
        return "loss" if self.high < 0 else "unclear"


def range_of(interval: Interval) -> Range:
    """Draw an interval; the axis reaches from below its lower end or zero to above the other."""
    low, high = min(interval.low, 0.0), max(interval.high, 0.0)
    room = (high - low) * 0.08 or 1.0
    low, high = low - room, high + room

    def x_of(value: float) -> float:
        return round(400 * (value - low) / (high - low), 1)

    value, lower, upper = rounded(interval)
    return Range(
        value, lower, upper, x_of(interval.value), x_of(interval.low), x_of(interval.high), x_of(0)
    )
