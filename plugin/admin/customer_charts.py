"""The pictures of customers: months of first purchase in four shades, worth on a doubling scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from plugin.services.customers_over_time.repeating import Cell, Month
from plugin.services.statistics import Interval

#: It reaches from a half to sixteen, in doublings of one, and further where a range does.
_ENDS = (-1, 4)
_FURTHEST = 8
#: Left free at each side, in percent of the drawing's width, for the words of the last mark.
_ROOM = 4.0
#: Of more marks only every second is named.
_MOST_MARKS = 6
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Shade:
    """One class of the heat map: whole percents from `low` on and below `high`."""

    number: int
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Shown:
    """A cell with its class, 0 where it has none, and its share in words' own decimals."""

    cell: Cell
    shade: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class HeatMap:
    """The rows of the map, each with its cells, and what the shades mean."""

    rows: tuple[tuple[Month, tuple[Shown, ...]], ...]
    shades: tuple[Shade, ...]


def heat_map(months: Sequence[Month]) -> HeatMap:
    """Return months of first purchase with a shade for each share: a quarter of the cells each.

    The borders are whole percents, so that a shade can be named; fewer shades where the shares
    lie close together.
    """
    shares = sorted(
        cell.share.value for month in months for cell in month.cells if cell.share is not None
    )
    borders = _borders(shares)
    lows: list[int | None] = [None, *borders]
    highs: list[int | None] = [*borders, None]
    shades = [
        Shade(number, low, high)
        for number, (low, high) in enumerate(zip(lows, highs, strict=True), start=1)
    ]
    rows = tuple((month, tuple(_shown(cell, borders) for cell in month.cells)) for month in months)
    return HeatMap(rows, tuple(shades) if shares else ())


def _borders(shares: Sequence[float]) -> list[int]:
    if not shares:
        return []
    quarters = (shares[len(shares) * part // 4] for part in (1, 2, 3))
    found = {round(100 * share) for share in quarters}
    return sorted(border for border in found if border > 100 * shares[0])


def _shown(cell: Cell, borders: Sequence[int]) -> Shown:
    if cell.share is None:
        return Shown(cell, 0, None, None, None)
    value, low, high = (Decimal(number) for number in cell.share)
    # By the share as it is printed, so that no cell contradicts its shade.
    printed = (value * 100).quantize(_TENTH)
    return Shown(cell, 1 + sum(printed >= border for border in borders), value, low, high)


@dataclass(frozen=True)
class Ratio:
    """A ratio with its range: places in percent of the scale, numbers with one decimal place."""

    value: Decimal
    low: Decimal
    high: Decimal
    at: float
    left: float
    width: float
    verdict: str


@dataclass(frozen=True)
class DoublingScale:
    """A scale on which each step doubles: its marks with their places, and where 1 lies."""

    marks: tuple[tuple[Decimal, float], ...]
    one_x: float
    ratios: tuple[Ratio | None, ...]


def doubling_scale(ratios: Sequence[Interval | None]) -> DoublingScale:
    """Place ratios on a common scale that no range is cut off at."""
    known = [one for one in ratios if one is not None]
    first = min([_ENDS[0], *(math.floor(_doublings(one.low)) for one in known)])
    last = max([_ENDS[1], *(math.ceil(_doublings(one.high)) for one in known)])

    def place(value: float) -> float:
        share = (_doublings(value) - first) / (last - first)
        return round(_ROOM + (100 - 2 * _ROOM) * share, 2)

    every = 1 if last - first < _MOST_MARKS else 2
    named = [n for n in range(first, last + 1) if n % every == 0]
    marks = tuple((_power(n), place(2.0**n)) for n in named)
    return DoublingScale(
        marks, place(1), tuple(None if one is None else _ratio(one, place) for one in ratios)
    )


def _doublings(value: float) -> float:
    return max(min(math.log2(value), _FURTHEST), -_FURTHEST) if value > 0 else -_ENDS[1]


def _power(n: int) -> Decimal:
    return Decimal(2) ** n


def _ratio(interval: Interval, place: Callable[[float], float]) -> Ratio:
    value, low, high = (Decimal(number).quantize(_TENTH) for number in interval)
    verdict = "gain" if interval.low > 1 else "loss" if interval.high < 1 else "unclear"
    left, right = place(interval.low), place(interval.high)
    width = round(max(right - left, 0.6), 2)
    return Ratio(value, low, high, place(interval.value), left, width, verdict)
