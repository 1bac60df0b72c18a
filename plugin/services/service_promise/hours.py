"""Opening hours: how much open time lies between two moments, and when so much has passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.contracts.service import Opening

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
#: Further ahead no answer is promised: the shop is closed for good.
_FARTHEST = 90


@dataclass(frozen=True)
class Hours:
    """When a shop is open: by day of the week (Monday first), but on no day that is `closed`."""

    week: Sequence[Opening | None]
    zone: ZoneInfo
    closed: Callable[[date], bool] = lambda _: False

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Return the open stretch of a day in UTC, None if it is closed all day."""
        opening = self.week[day.weekday()]
        if opening is None or self.closed(day):
            return None
        start, end = (
            datetime.combine(day, clock, self.zone).astimezone(UTC)
            for clock in (opening.start, opening.end)
        )
        return (start, end) if start < end else None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether it is open at a moment."""
        stretch = self.on(self.day_of(moment))
        return stretch is not None and stretch[0] <= moment < stretch[1]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much open time lies between two moments; nothing if `end` is not later."""
        # Of one zone, times are subtracted by the clock on the wall, which is set twice a year.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return _NOTHING
        count = (self.day_of(end) - self.day_of(start)).days + 1
        parts = (
            min(end, closes) - max(start, opens)
            for opens, closes in self._stretches(self.day_of(start), count)
        )
        return sum((part for part in parts if part > _NOTHING), _NOTHING)

    def after(self, start: datetime, wanted: timedelta) -> datetime | None:
        """Return when `wanted` open time has passed since `start`.

        None if that is more than three months ahead, as in a shop that is never open.
        """
        start, left = start.astimezone(UTC), wanted
        for opens, closes in self._stretches(self.day_of(start), _FARTHEST):
            here = closes - max(start, opens)
            if here >= left and here > _NOTHING:
                return max(start, opens) + left
            left -= max(here, _NOTHING)
        return None

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day of a moment where the shop is."""
        return moment.astimezone(self.zone).date()

    def _stretches(self, first: date, count: int) -> Iterator[tuple[datetime, datetime]]:
        for number in range(count):
            stretch = self.on(first + number * _DAY)
            if stretch is not None:
                yield stretch
