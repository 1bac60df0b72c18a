"""Figures of parcels: how long they took, how punctual they were, and what their page brought."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import punctuality
from plugin.services.parcels.carriers import proper_name
from plugin.services.parcels.punctuality import Punctual
from plugin.services.parcels.visits import arm
from plugin.services.shop_settings import Whole
from plugin.services.statistics import Interval, Sums, lasting_difference
from plugin.store import parcel_counts, parcel_figures, service_messages
from plugin.store.parcel_counts import Arrived
from plugin.store.parcel_figures import Looked

#: Parcels that are read one by one, and orders that were looked at; of more the newest count.
MOST_PARCELS, MOST = 5_000, 50_000
#: Below so many parcels a middle says little.
LEAST_TIMES = 20
#: A new order counts for the page within so many days of the first look at it.
AGAIN_DAYS = 30
#: Orders of each group, and orders that followed, below which nothing is stated.
LEAST_ORDERS, LEAST_AGAIN = 200, 20
_AGAIN, _YEAR = timedelta(days=AGAIN_DAYS), timedelta(days=365)


class Assumption(BaseModel, frozen=True):
    """What a merchant takes for granted when contacts are estimated.

    `percent`: of a hundred buyers who look at their parcel's page, so many would have asked
    where it is if there were no page.
    """

    percent: int = Field(default=5, ge=0, le=50)


ASSUMPTION = Whole("figures", Assumption)


@dataclass(frozen=True)
class Duration:
    """How long a stretch took, in hours: half of the parcels, and nine of ten, were quicker."""

    name: str
    parcels: int
    half: float
    nine_of_ten: float


@dataclass(frozen=True)
class Contacts:
    """An estimate: buyers who would have asked where their parcel is, and those who did.

    `low` and `high` are the same with half of the assumed share and with twice of it.
    """

    looked: int
    percent: int
    asked: int

    @property
    def avoided(self) -> int:
        """Return how many questions the page saved, never below nothing."""
        return self._saved(self.percent)

    @property
    def low(self) -> int:
        """Return how many it would be if only half as many would have asked."""
        return self._saved(self.percent / 2)

    @property
    def high(self) -> int:
        """Return how many it would be if twice as many would have asked."""
        return self._saved(self.percent * 2)

    def _saved(self, percent: float) -> int:
        return max(round(self.looked * percent / 100) - self.asked, 0)


@dataclass(frozen=True)
class Again:
    """Orders whose page was looked at, and how many of their buyers ordered again in time."""

    orders: int
    again: int


@dataclass(frozen=True)
class Repeat:
    """Those whose page may tempt to buy again (`shown`) against those whose page does not."""

    shown: Again
    held: Again

    @property
    def to_come(self) -> int:
        """Return how many more orders of the smaller group there must be to state anything."""
        return max(LEAST_ORDERS - min(self.shown.orders, self.held.orders), 0)

    @property
    def difference(self) -> Interval | None:
        """Return how many more of 100 ordered again because of it; None where they are few.

        The interval holds for somebody who looks every day.
        """
        if self.to_come or self.shown.again + self.held.again < LEAST_AGAIN:
            return None
        # One more of each kind: a group in which none came back yet is not without doubt.
        one, other = (
            Sums(group.again + 1, group.again + 1, group.orders + 2)
            for group in (self.shown, self.held)
        )
        doubt = lasting_difference(one, other)
        half = 50 * (doubt.high - doubt.low)
        value = 100 * (self.shown.again / self.shown.orders - self.held.again / self.held.orders)
        return Interval(value, value - half, value + half)


@dataclass(frozen=True)
class Figures:
    """What the page of figures shows of a stretch of days.

    `arrived` are all parcels of these days; times and punctuality are of the newest ones.
    """

    arrived: int
    durations: tuple[Duration, ...]
    punctual: Punctual
    carriers: tuple[Punctual, ...]
    countries: tuple[Punctual, ...]
    visits: int
    contacts: Contacts
    repeat: Repeat

    @property
    def visits_each(self) -> float | None:
        """Return how often the page was looked at for each parcel that arrived."""
        return self.visits / self.arrived if self.arrived else None


def figures(context: Context, shop: Shop, start: date, end: date) -> Figures:
    """Return the figures of some days, both included, where the shop is."""
    zone = ZoneInfo(shop.zone)
    since, until = _bounds(zone, start, end)
    now = context.now()
    with context.db.read() as connection:
        arrived = parcel_counts.count_arrived(connection, shop.id, since, until)
        rows = parcel_counts.arrived_between(connection, shop.id, since, until, MOST_PARCELS)
        days = parcel_figures.visits_by_day(connection, shop.id, start, end)
        looked = parcel_figures.orders_looked_at(connection, shop.id, start, end)
        reasons = service_messages.reasons_between(connection, shop.id, since, until)
        ripe = now - _AGAIN
        first = parcel_figures.first_looks(connection, shop.id, now - _YEAR, ripe, MOST)
        percent = ASSUMPTION.read(connection, shop.id).percent
    return Figures(
        arrived=arrived,
        durations=durations(rows),
        punctual=punctuality.all_of(rows, zone),
        carriers=punctuality.by_carrier(rows, zone),
        countries=punctuality.by_country(rows, zone),
        visits=sum(count for _, count in days),
        contacts=Contacts(looked, percent, reasons.get("where", 0)),
        repeat=repeat_of(first),
    )


def _bounds(zone: ZoneInfo, start: date, end: date) -> tuple[datetime, datetime]:
    midnight = time()
    return (
        datetime.combine(start, midnight, zone),
        datetime.combine(end + timedelta(days=1), midnight, zone),
    )


def durations(rows: Sequence[Arrived]) -> tuple[Duration, ...]:
    """Return how long parcels waited, travelled, and took in all; empty where they are few."""
    sent = [one for one in rows if one.sent_at is not None]
    stretches = (
        ("waiting", [one.sent_at - one.placed_at for one in sent if one.sent_at]),
        ("travelling", [one.arrived_at - one.sent_at for one in sent if one.sent_at]),
        ("all", [one.arrived_at - one.placed_at for one in rows]),
    )
    return tuple(
        _duration(name, [max(length.total_seconds(), 0) / 3600 for length in lengths])
        for name, lengths in stretches
        if len(lengths) >= LEAST_TIMES
    )


def _duration(name: str, hours: list[float]) -> Duration:
    hours.sort()
    return Duration(name, len(hours), _quantile(hours, 0.5), _quantile(hours, 0.9))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least a share of all does not exceed."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def repeat_of(looks: Sequence[Looked]) -> Repeat:
    """Return how many ordered again within `AGAIN_DAYS`, by what their page showed."""
    orders: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for look in looks:
        group = arm(look.order_id)
        orders[group] += 1
        again[group] += look.next_at is not None and look.at < look.next_at <= look.at + _AGAIN
    return Repeat(Again(orders["a"], again["a"]), Again(orders["h"], again["h"]))


def by_day(
    context: Context, shop: Shop, start: date, end: date
) -> list[tuple[date, str, str, str, int]]:
    """Return every counted number as (day, what, carrier, country, count), the oldest first."""
    zone = ZoneInfo(shop.zone)
    counts: Counter[tuple[date, str, str, str]] = Counter()
    with context.db.read() as connection:
        visits = parcel_figures.visits_by_day(connection, shop.id, start, end)
        # Day by day: those of a year at once would fill the memory.
        for number in range((end - start).days + 1):
            day = start + timedelta(days=number)
            rows = parcel_counts.arrived_between(connection, shop.id, *_bounds(zone, day, day))
            for one in rows:
                place = (proper_name(one.carrier) or "", one.country or "")
                counts[day, "delivered", *place] += 1
                counts[day, "promised", *place] += one.promised_on is not None
                counts[day, "on_time", *place] += punctuality.kept_promise(one, zone)
    counts.update({(day, "page_visits", "", ""): count for day, count in visits})
    return [(*place, count) for place, count in sorted(counts.items())]
