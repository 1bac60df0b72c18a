"""How often a carrier is asked about a parcel: by its state, not at night, evenly over the day."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
#: At most ten looks a day for each parcel, which is what DHL allows.
_EVERY: dict[str, timedelta] = {
    "announced": 4 * _HOUR,
    "under_way": 3 * _HOUR,
    "arriving": timedelta(minutes=105),
    "delayed": 3 * _HOUR,
    "pickup": 6 * _HOUR,
    "held": 6 * _HOUR,
    "address": 6 * _HOUR,
    "customs": 6 * _HOUR,
    "damaged": 12 * _HOUR,
    "returned": 24 * _HOUR,
    "lost": 24 * _HOUR,
}
_ENDED = frozenset({"delivered", "cancelled"})
_DAILY = 24 * _HOUR
#: Of a parcel that is silent for so long, news is looked for half as often; then daily.
_SILENT, _VERY_SILENT = timedelta(days=4), timedelta(days=12)
#: After that long a silence a parcel on its way back, or lost, is looked for no more.
_GIVEN_UP = timedelta(days=21)
_MORNING, _NIGHT = time(6), time(22)
#: A day's share that may be asked at once, beside what the hour allows.
_BURST = 0.05
_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


def next_look(
    phase: str | None, last_at: datetime, now: datetime, zone: str, spread: str
) -> datetime | None:
    """Return when to look again, None for never.

    `phase` is the parcel's (services/parcels/state.py), `last_at` the time of its last report.
    What falls into the night of the shop waits for the morning, each parcel for a moment of its
    own (`spread`), so that not all come at six.
    """
    silence = now - last_at
    if phase in _ENDED or (phase in ("returned", "lost") and silence > _GIVEN_UP):
        return None
    every = _EVERY.get(phase or "announced", _DAILY)
    if silence > _VERY_SILENT:
        every = _DAILY
    elif silence > _SILENT:
        every = min(2 * every, _DAILY)
    return _by_day(now + every, zone, spread)


def after_nothing(failures: int, now: datetime, zone: str, spread: str) -> datetime:
    """Return when to look again for a number that was unknown so many times in a row, by day."""
    wait = min(2 * _HOUR * (1 << min(failures, 5)), _DAILY)
    return _by_day(now + wait, zone, spread)


def pause_after(failures: int) -> timedelta:
    """Return how long an API is left alone after the n-th failure in a row: 5 minutes to 6 h."""
    return min(_PAUSE * (1 << min(failures - 1, 10)), _LONGEST_PAUSE)


def may_ask(per_day: int, asked: int, now: datetime) -> bool:
    """Tell whether one more call keeps within the day's number, evenly over the day (UTC)."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (now - midnight) / timedelta(days=1)
    return asked < min(per_day, max(1, int(per_day * (passed + _BURST))))


def _by_day(moment: datetime, zone: str, spread: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    if _MORNING <= local.time() < _NIGHT:
        return moment
    day = local.date() if local.time() < _MORNING else local.date() + timedelta(days=1)
    later = timedelta(minutes=zlib.crc32(spread.encode()) % 90)
    return datetime.combine(day, _MORNING, ZoneInfo(zone)).astimezone(UTC) + later
