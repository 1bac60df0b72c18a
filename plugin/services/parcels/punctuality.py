"""How punctual parcels were, measured at the day that the shop promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from plugin.services.parcels.carriers import proper_name
from plugin.services.statistics import Interval, wilson
from plugin.store.parcel_counts import Arrived

#: Below so many parcels a share says more of chance than of the carrier.
LEAST = 50


@dataclass(frozen=True)
class Punctual:
    """How many parcels of a group arrived, of how many a day was promised, and how many kept it.

    `name` is a carrier or the code of a country; "" where nobody told.
    """

    name: str
    arrived: int
    promised: int
    kept: int

    @property
    def share(self) -> Interval | None:
        """Return the share that kept the day, with its range at 95 %; None where they are few."""
        return wilson(self.kept, self.promised) if self.promised >= LEAST else None


def kept_promise(one: Arrived, zone: ZoneInfo) -> bool:
    """Tell whether a parcel came on the promised day or before, where the shop is."""
    return one.promised_on is not None and one.arrived_at < _end_of(one.promised_on, zone)


@lru_cache(maxsize=1024)
def _end_of(day: date, zone: ZoneInfo) -> datetime:
    # Once for a day and not for each of its parcels: there are thousands.
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def all_of(rows: Sequence[Arrived], zone: ZoneInfo) -> Punctual:
    """Return how punctual all of these parcels were."""
    promised = [one for one in rows if one.promised_on is not None]
    kept = sum(kept_promise(one, zone) for one in promised)
    return Punctual("", len(rows), len(promised), kept)


def by_carrier(rows: Sequence[Arrived], zone: ZoneInfo) -> tuple[Punctual, ...]:
    """Return how punctual each carrier was, the one with the most parcels first."""
    names = {name: proper_name(name) or "" for name in {one.carrier for one in rows}}
    return _grouped(rows, zone, lambda one: names[one.carrier])


def by_country(rows: Sequence[Arrived], zone: ZoneInfo) -> tuple[Punctual, ...]:
    """Return how punctual parcels were by the country that they went to."""
    return _grouped(rows, zone, lambda one: one.country or "")


def _grouped(
    rows: Sequence[Arrived], zone: ZoneInfo, name_of: Callable[[Arrived], str]
) -> tuple[Punctual, ...]:
    groups: dict[str, list[Arrived]] = defaultdict(list)
    for one in rows:
        groups[name_of(one)].append(one)
    found = (replace(all_of(some, zone), name=name) for name, some in groups.items())
    return tuple(sorted(found, key=lambda one: (-one.arrived, one.name)))
