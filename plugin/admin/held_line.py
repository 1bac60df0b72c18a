"""The line with its holdout band: what 100 visitors left with Bleib, and what without."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from plugin.admin.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Tick, apart, axis
from plugin.services.insight import CurveDay

#: A band so many times as wide as the lines are high says nothing, and would press all else flat on
#: the ground: the lines begin where it is narrower.
_WIDEST = 3.0
#: What the name of the band needs beneath it, and to its right.
_NOTE_HIGH, _NOTE_WIDE = 24.0, 90.0
#: Days under the axis that are nearer to each other would be written over each other.
_TICK_ROOM = 74.0


@dataclass(frozen=True)
class End:
    """Where a line ends and where its label stands, with its last value."""

    x: float
    y: float
    label_y: float
    value: Decimal


@dataclass(frozen=True)
class HeldLine:
    """The drawing: two lines, the band of one of them, and the day a figure is expected."""

    grid: tuple[tuple[float, Decimal], ...]
    ticks: tuple[Tick, ...]
    band: str
    shown_path: str
    held_path: str
    shown_end: End
    held_end: End
    #: Where the band has its name: below its lower edge, None where nothing is free there.
    note: tuple[float, float] | None
    ready_on: date | None
    ready_x: float | None
    base_y: float
    top: int = TOP
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def held_line(
    curve: Sequence[CurveDay], start: date, end: date, ready_on: date | None = None
) -> HeldLine | None:
    """Draw a running comparison over the days from `start` to `end`, to scale, from 0 upwards.

    Where a figure is expected only later, the axis reaches until then and the time that is not
    reached stays empty. None while fewer than two points can be drawn.
    """
    points = _telling(curve)
    if len(points) < 2:
        return None
    bottom, top, step = _reach(points)
    last = end if ready_on is None else max(end, ready_on + (ready_on - start) / 6)
    x_of, y_of = _scales(start, last, bottom, top)
    xs = [x_of(one.day) for one in points]
    shown, held, low, high = (
        [y_of(value) for value in values]
        for values in zip(*((p.shown, p.held, p.low, p.high) for p in points), strict=True)
    )
    labels = apart(shown[-1], held[-1])
    around = [*zip(xs, high, strict=True), *reversed(list(zip(xs, low, strict=True)))]
    return HeldLine(
        grid=tuple((y_of(value), Decimal(value)) for value in range(bottom, top + 1, step)),
        ticks=_ticks(start, end, ready_on, x_of),
        band=_path(around) + "Z",
        shown_path=_path(list(zip(xs, shown, strict=True))),
        held_path=_path(list(zip(xs, held, strict=True))),
        shown_end=End(xs[-1], shown[-1], labels[0], _cents(points[-1].shown)),
        held_end=End(xs[-1], held[-1], labels[1], _cents(points[-1].held)),
        note=_note(xs, low, y_of(bottom)),
        ready_on=ready_on,
        ready_x=None if ready_on is None else x_of(ready_on),
        base_y=y_of(bottom),
    )


def _note(xs: Sequence[float], low: Sequence[float], base: float) -> tuple[float, float] | None:
    """Return the first place on the band's lower edge with room for its name beneath it."""
    places = zip(xs[1:], low[1:], strict=True)
    free = (place for place in places if place[1] < base - _NOTE_HIGH)
    return next((place for place in free if place[0] < WIDTH - RIGHT - _NOTE_WIDE), None)


def _telling(curve: Sequence[CurveDay]) -> list[CurveDay]:
    """Return the days from the first one on whose band says anything."""
    highest = max((max(abs(one.shown), abs(one.held)) for one in curve), default=0.0)
    for place, one in enumerate(curve):
        if one.high - one.low <= _WIDEST * highest:
            return list(curve[place:])
    return []


def _reach(points: Sequence[CurveDay]) -> tuple[int, int, int]:
    """Return where the axis begins and ends, and its step; it begins at 0 unless a line is below.

    The band is no reason to go below: its lower end is then at 0 or under it, and says so.
    """
    highest = max(max(one.high, one.shown) for one in points)
    lowest = min(min(one.shown, one.held) for one in points)
    step, top = axis(max(math.ceil(highest), 1))
    return math.floor(min(lowest, 0.0) / step) * step, top, step


def _scales(
    start: date, last: date, bottom: int, top: int
) -> tuple[Callable[[date], float], Callable[[float], float]]:
    wide, high = WIDTH - RIGHT - LEFT, HEIGHT - TOP - BOTTOM
    span = max((last - start).days, 1)

    def x_of(day: date) -> float:
        return round(LEFT + wide * (day - start).days / span, 1)

    def y_of(value: float) -> float:
        share = (max(value, bottom) - bottom) / (top - bottom)
        return round(TOP + high * (1 - share), 1)

    return x_of, y_of


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in places)


def _ticks(
    start: date, end: date, ready_on: date | None, x_of: Callable[[date], float]
) -> tuple[Tick, ...]:
    """Name first and last day, what is expected, and days between where there is room."""
    if ready_on is None:
        quarter = timedelta(days=(end - start).days // 3)
        days = [start, start + quarter, start + 2 * quarter, end]
    else:
        days = [start, end, ready_on]
    named: list[Tick] = []
    for place, day in enumerate(days):
        anchor = "start" if place == 0 else "end" if place == len(days) - 1 else "middle"
        if named and x_of(day) - named[-1].x < _TICK_ROOM:
            continue
        named.append(Tick(x_of(day), day, "middle" if ready_on and place else anchor))
    return tuple(named)


def _cents(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1")).quantize(Decimal("0.01"))
