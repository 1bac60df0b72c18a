"""Days and months in the calendar of a shop, and from when on a number is final."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_before(month: date, count: int) -> date:
    """Return the month that lies so many months before (after, if negative)."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return months_before(month, -1) - _DAY


def last_ripe(today: date, horizon: int) -> date:
    """Return the last day of first purchases of which all that many days are over."""
    return today - timedelta(days=horizon + 1)


def ripe_on(month: date, horizon: int) -> date:
    """Return the last day that counts for a month of first purchases: final once it is over."""
    return end_of(month) + timedelta(days=horizon)
