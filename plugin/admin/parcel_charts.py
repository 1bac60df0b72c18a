"""The pictures of parcels: shares on an axis from 0 to 100 % with ranges, times on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plugin.services.parcels.figures import Duration
from plugin.services.parcels.punctuality import Punctual

#: Drawn so wide, whatever room there is.
WIDTH = 400
_DAY = 24
_TENTH = Decimal("0.1")
_WHOLE = Decimal("0.01")


@dataclass(frozen=True)
class OnTime:
    """A share of parcels that came in time, and where its bar and its whisker end."""

    name: str
    parcels: int
    value: Decimal | None = None
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    value_x: float = 0
    low_x: float = 0
    high_x: float = 0


@dataclass(frozen=True)
class TimeBar:
    """How long a stretch took, in days, and where its bar and its mark stand."""

    name: str
    parcels: int
    half: Decimal
    nine_of_ten: Decimal
    half_x: float
    nine_of_ten_x: float


def on_time(groups: Sequence[Punctual]) -> tuple[OnTime, ...]:
    """Draw how punctual each group was; without bar where its parcels are too few."""
    return tuple(_on_time(group) for group in groups)


def _on_time(group: Punctual) -> OnTime:
    share = group.share
    if share is None:
        return OnTime(group.name, group.promised)
    value, low, high = (Decimal(number) for number in share)
    places = [round(WIDTH * number, 1) for number in share]
    return OnTime(
        group.name,
        group.promised,
        value.quantize(_TENTH * _WHOLE),
        low.quantize(_WHOLE),
        high.quantize(_WHOLE),
        *places,
    )


def time_bars(durations: Sequence[Duration]) -> tuple[int, tuple[TimeBar, ...]]:
    """Return on how many days the common axis ends, and each stretch on it."""
    longest = max((one.nine_of_ten for one in durations), default=0.0)
    end = max(int(longest // _DAY) + 1, 1)

    def place(hours: float) -> float:
        return round(WIDTH * hours / _DAY / end, 1)

    return end, tuple(
        TimeBar(
            one.name,
            one.parcels,
            _days(one.half),
            _days(one.nine_of_ten),
            place(one.half),
            place(one.nine_of_ten),
        )
        for one in durations
    )


def _days(hours: float) -> Decimal:
    return (Decimal(hours) / _DAY).quantize(_TENTH)
