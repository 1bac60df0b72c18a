"""How punctual parcels were, measured at the day that the shop promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
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
    arrived = one.arrived_at.astimezone(zone).date()
    return one.promised_on is not None and arrived <= one.promised_on


def all_of(rows: Sequence[Arrived], zone: ZoneInfo) -> Punctual:
    """Return how punctual all of these parcels were."""
    promised = [one for one in rows if one.promised_on is not None]
    kept = sum(kept_promise(one, zone) for one in promised)
    return Punctual("", len(rows), len(promised), kept)


def by_carrier(rows: Sequence[Arrived], zone: ZoneInfo) -> tuple[Punctual, ...]:
    """Return how punctual each carrier was, the one with the most parcels first."""
    return _grouped(rows, zone, lambda one: proper_name(one.carrier) or "")


def by_country(rows: Sequence[Arrived], zone: ZoneInfo) -> tuple[Punctual, ...]:
    """Return how punctual parcels were by the country that they went to."""
    return _grouped(rows, zone, lambda one: one.country or "")


def _grouped(
    rows: Sequence[Arrived], zone: ZoneInfo, name_of: Callable[[Arrived], str]
) -> tuple[Punctual, ...]:
    counts: Counter[Hashable] = Counter()
    names: Counter[str] = Counter()
    for one in rows:
        name = name_of(one)
        names[name] += 1
        counts[name, "promised"] += one.promised_on is not None
        counts[name, "kept"] += kept_promise(one, zone)
    return tuple(
        Punctual(name, arrived, counts[name, "promised"], counts[name, "kept"])
        for name, arrived in sorted(names.items(), key=lambda item: (-item[1], item[0]))
    )
