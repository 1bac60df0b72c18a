"""Days on which parcels are packed and brought: not on Sundays, not on the region's holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

#: Where the calendar is known, with the regions that have holidays of their own.
REGIONS: Final[dict[str, tuple[str, ...]]] = {
    country: tuple(sorted(r for r in holidays.country_holidays(country).subdivisions if len(r) < 3))
    for country in ("AT", "CH", "DE")
}
_SATURDAY = 5
_SUNDAY = 6


def is_holiday(day: date, country: str, region: str | None = None) -> bool:
    """Tell whether this day is a public holiday there; Sundays are none of themselves.

    `country` as two letters, `region` as ISO 3166-2 without the country ("BY", "ZH"). Of a country
    that is not known no day is one, of a region that is not known the country's common ones are.
    """
    return day in _days_off(country, region, day.year)


def is_open(day: date, country: str, region: str | None = None) -> bool:
    """Tell whether a shop packs on this day: Monday to Friday, and no public holiday there."""
    return day.weekday() < _SATURDAY and not is_holiday(day, country, region)


def is_delivery_day(day: date, country: str, region: str | None = None) -> bool:
    """Tell whether parcels are brought on this day: as `is_open`, and on Saturdays."""
    return day.weekday() < _SUNDAY and not is_holiday(day, country, region)


def next_delivery_day(day: date, country: str, region: str | None = None) -> date:
    """Return the day itself, or the next one on which parcels are brought."""
    while not is_delivery_day(day, country, region):
        day += timedelta(days=1)
    return day


def add(day: date, n: int, country: str, region: str | None = None) -> date:
    """Return the `n`th open day after `day`; for 0 the day itself, or the next open one.

    ValueError for less than 0 or more than 1,000 days.
    """
    if not 0 <= n <= 1000:
        raise ValueError(n)
    found = day
    for _ in range(n):
        found += timedelta(days=1)
        while not is_open(found, country, region):
            found += timedelta(days=1)
    while not is_open(found, country, region):
        found += timedelta(days=1)
    return found


@lru_cache(maxsize=256)
def _days_off(country: str, region: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of a year."""
    known = REGIONS.get(country)
    if known is None:
        return frozenset()
    return frozenset(
        holidays.country_holidays(country, subdiv=region if region in known else None, years=year)
    )
