"""Until when an order can be withdrawn from: by law where there is such a right, else by will.

Sources: Art. 9 of Directive 2011/83/EU, §§ 355, 356 BGB, §§ 11, 12 FAGG; how days are counted:
§§ 187 (1), 188 (1), 193 BGB and Art. 3 (4) of Regulation (EEC) 1182/71. Swiss law has no such
right for distance sales; what a shop takes back there it takes back of its own will.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.contracts.withdrawal import LEAST_DAYS, Withdrawal
from plugin.model import Shop
from plugin.services.parcels import business_days

Kind = Literal["statutory", "voluntary"]
#: Where no law gives the right to withdraw from a distance contract.
_WITHOUT_RIGHT = frozenset({"CH"})
#: Whose receipt nobody told us of: no period is longer than this (Art. 10 (1), § 356 (3) BGB).
_LONGEST = timedelta(days=365 + LEAST_DAYS)


@dataclass(frozen=True)
class Period:
    """What can be declared about one order, and until which day.

    `received` is the day on which the last parcel arrived, None while one is on its way or
    nobody told. `ends` is the last day of the period, None as long as it has not begun.
    `returns_until` is the last day on which the shop takes things back of its own will.
    """

    right: bool
    days: int
    received: date | None
    ends: date | None
    latest: date
    voluntary_days: int
    returns_until: date | None

    def kind_on(self, day: date) -> Kind | None:
        """Return what can be declared on a day: the withdrawal, else the return, else nothing."""
        if self.right and day <= (self.ends or self.latest):
            return "statutory"
        until = self.returns_until if self.received else self.latest
        return "voluntary" if until is not None and self.voluntary_days and day <= until else None


def period_of(
    shop: Shop,
    settings: Withdrawal,
    country: str | None,
    placed: datetime,
    delivered: Iterable[datetime | None],
) -> Period:
    """Return the period of an order to `country` (None: to the shop's own).

    `delivered` says of each of its parcels when it arrived, None for one that has not.
    """
    zone, home = ZoneInfo(shop.zone), region_of(shop)
    times = list(delivered)
    arrived = [time.astimezone(zone).date() for time in times if time is not None]
    # Of goods that come in several parcels the last one counts (§ 356 (2) no. 1 b BGB).
    received = max(arrived) if arrived and len(arrived) == len(times) else None
    country = (country or home).upper()
    back = settings.voluntary_days
    return Period(
        right=has_right(country),
        days=settings.days,
        received=received,
        ends=None if received is None else _last_day(received, settings.days, country),
        latest=placed.astimezone(zone).date() + _LONGEST,
        voluntary_days=back,
        returns_until=None if received is None or not back else received + timedelta(days=back),
    )


def has_right(country: str) -> bool:
    """Tell whether the law of a country gives the right to withdraw."""
    return country.upper() not in _WITHOUT_RIGHT


def region_of(shop: Shop) -> str:
    """Return the country of a shop, "DE" where its locale names none."""
    region = shop.locale.rpartition("-")[2].upper() if "-" in shop.locale else ""
    return region or "DE"


def _last_day(received: date, days: int, country: str) -> date:
    # The day of receipt is not counted; a last day without post or offices moves to the next.
    last = received + timedelta(days=days)
    while not business_days.is_open(last, country):
        last += timedelta(days=1)
    return last
