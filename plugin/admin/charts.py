"""Charts as SVG figures computed on the server: positions only, drawn by the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH = 640
HEIGHT = 250
LEFT = 44
RIGHT = 120
TOP = 12
BOTTOM = 28


@dataclass(frozen=True)
class Line:
    """One drawn series: its path, its end point, and where its label stands."""

    path: str
    end_x: float
    end_y: float
    label_y: float
    total: int


@dataclass(frozen=True)
class Grid:
    """A horizontal line of the axis."""

    y: float
    value: int


@dataclass(frozen=True)
class Tick:
    """A day named under the axis."""

    x: float
    day: date
    anchor: str


@dataclass(frozen=True)
class Chart:
    """Two running totals over the same days, on an axis from 0."""

    grid: tuple[Grid, ...]
    ticks: tuple[Tick, ...]
    first: Line
    second: Line
    base_y: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def running_totals(days: Sequence[date], first: Sequence[int], second: Sequence[int]) -> Chart:
    """Draw two daily series as running totals; both as long as `days`, at least one day."""
    one, two = _summed(first), _summed(second)
    step, top = axis(max(one[-1], two[-1], 1))
    plot = HEIGHT - TOP - BOTTOM

    def y_of(value: float) -> float:
        return round(TOP + plot * (1 - value / top), 1)

    span = max(len(days) - 1, 1)
    xs = [round(LEFT + (WIDTH - LEFT - RIGHT) * n / span, 1) for n in range(len(days))]
    ends = apart(y_of(one[-1]), y_of(two[-1]))
    return Chart(
        grid=tuple(Grid(y_of(value), value) for value in range(0, top + 1, step)),
        ticks=ticks(days, xs),
        first=_line(xs, [y_of(value) for value in one], ends[0], one[-1]),
        second=_line(xs, [y_of(value) for value in two], ends[1], two[-1]),
        base_y=y_of(0),
    )


def _summed(values: Sequence[int]) -> list[int]:
    sums: list[int] = []
    for value in values:
        sums.append((sums[-1] if sums else 0) + value)
    return sums


def axis(highest: int) -> tuple[int, int]:
    """Return (step, top) so that at most five lines with round numbers hold the highest value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * 4 >= highest:
                width = step * factor
                return width, width * max(-(-highest // width), 1)
        step *= 10


def _line(xs: list[float], ys: list[float], label_y: float, total: int) -> Line:
    points = " L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=True))
    return Line(f"M{points}", xs[-1], ys[-1], label_y, total)


def apart(first: float, second: float, room: float = 40) -> tuple[float, float]:
    """Move two labels away from each other until both can be read."""
    if abs(first - second) >= room:
        return first, second
    half = room / 2
    middle = min(max((first + second) / 2, TOP + half), HEIGHT - BOTTOM - half)
    return (middle - half, middle + half) if first <= second else (middle + half, middle - half)


def ticks(days: Sequence[date], xs: Sequence[float]) -> tuple[Tick, ...]:
    """Name the first day, the one in the middle and the last."""
    last = len(days) - 1
    chosen = sorted({0, last // 2, last})
    anchors = {0: "start", last: "end"}
    return tuple(Tick(xs[n], days[n], anchors.get(n, "middle")) for n in chosen)
