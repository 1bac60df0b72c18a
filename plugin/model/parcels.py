"""Parcels: what was told of them, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Stage = Literal[1, 2, 3, 4]
#: Of two reports in the same second the later in this list holds.
ParcelKind = Literal[
    "unknown",
    "announced",
    "handed_over",
    "in_transit",
    "at_depot",
    "customs",
    "delayed",
    "held",
    "address_problem",
    "out_for_delivery",
    "attempted",
    "ready_for_pickup",
    "delivered",
    "picked_up",
    "returning",
    "returned",
    "damaged",
    "lost",
    "cancelled",
]
Confidence = Literal["carrier", "platform", "promise"]


@dataclass(frozen=True)
class Milestone:
    """Something that happened to a parcel."""

    id: str
    kind: str
    happened_at: datetime
    place: str | None = None


@dataclass(frozen=True)
class Expected:
    """The day a parcel is said to come, or the days between which, and who says so.

    `window` is told in the time of the place it goes to.
    """

    day: date
    until_day: date | None = None
    window: tuple[time, time] | None = None
    confidence: Confidence = "carrier"

    @property
    def last_day(self) -> date:
        """Return the day after which it is late."""
        return self.until_day or self.day


@dataclass(frozen=True)
class ParcelEvent:
    """Something reported of a parcel, in our words; `text` is what the source wrote itself.

    `source` is "merchant", "platform" or the name of the carrier's or aggregator's interface.
    """

    kind: ParcelKind
    happened_at: datetime
    source: str
    place: str | None = None
    text: str | None = None
    expected: Expected | None = None


@dataclass(frozen=True)
class ShippedLine:
    """How many pieces of an order's line lie in a parcel."""

    line_id: str
    quantity: int


@dataclass(frozen=True)
class Shipment:
    """A parcel of an order, as the platform tells it; `events` is all that was told by anybody."""

    id: str
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    status: str
    created_at: datetime
    updated_at: datetime
    expected_on: date | None
    delivered_at: datetime | None
    milestones: tuple[Milestone, ...] = ()
    #: What lies in it, None where the platform does not say.
    lines: tuple[ShippedLine, ...] | None = None
    events: tuple[ParcelEvent, ...] = ()
