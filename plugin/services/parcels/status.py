"""What a shopper may know of an order on its way: stage, date, carrier, and nothing about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.model import Milestone, Shipment, Shop, Stage
from plugin.services.parcels.carriers import proper_name, tracking_link
from plugin.store.parcels import FoundOrder, Item

State = Literal["normal", "delayed", "lost", "returned", "cancelled"]

_ANNOUNCED = {
    "confirmed",
    "label_printed",
    "label_purchased",
    "submitted",
    "open",
    "pending",
    "scheduled",
}
_ON_THE_DOORSTEP = {"out_for_delivery", "delivered", "picked_up", "ready_for_pickup"}
_ARRIVED = {"delivered", "picked_up"}
_LATE = {"delayed", "attempted_delivery", "failure", "carrier_exception"}
_BACK = {"not_delivered", "returned", "return_to_sender"}
_VOID = {"canceled", "cancelled", "label_voided", "error"}
_MOST_MILESTONES = 12


@dataclass(frozen=True)
class ParcelStatus:
    """One parcel as a shopper sees it."""

    carrier: str | None
    number: str | None
    url: str | None
    stage: Stage
    state: State
    scanned: bool
    sent_at: datetime | None
    expected: date | None
    delivered_at: datetime | None
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True)
class OrderStatus:
    """An order as a shopper sees it; holds no name, street, mail address or price."""

    number: str
    placed: datetime
    stage: Stage
    state: State
    title_date: date | None
    items: tuple[Item, ...]
    parcels: tuple[ParcelStatus, ...]


def status_of(
    shop: Shop,
    order: FoundOrder,
    items: Sequence[Item],
    shipments: Sequence[Shipment],
    now: datetime,
) -> OrderStatus:
    """Return the status of an order from what the platform told last."""
    zone = ZoneInfo(shop.zone)
    today = now.astimezone(zone).date()
    alive = [item for item in shipments if _name(item.status) not in _VOID]
    parcels = tuple(_parcel(item, today) for item in alive)
    stage: Stage = min((p.stage for p in parcels), default=2 if order.paid else 1)
    return OrderStatus(
        number=order.number,
        placed=order.placed_at,
        stage=stage,
        state="cancelled" if order.cancelled_at else _worst(parcels),
        title_date=_title_date(parcels, zone),
        items=tuple(items),
        parcels=parcels,
    )


def _parcel(item: Shipment, today: date) -> ParcelStatus:
    name = _name(item.status)
    arrived = item.delivered_at is not None or name in _ARRIVED
    scans = [mark for mark in item.milestones if _name(mark.kind) not in _ANNOUNCED]
    state: State = "normal"
    if name in _BACK:
        state = "returned"
    elif name == "lost":
        state = "lost"
    elif not arrived and (name in _LATE or (item.expected_on and item.expected_on < today)):
        state = "delayed"
    return ParcelStatus(
        carrier=proper_name(item.carrier),
        number=item.tracking_number,
        url=tracking_link(item.carrier, item.tracking_number),
        stage=4 if arrived else _stage(name),
        state=state,
        scanned=bool(scans),
        sent_at=min((mark.happened_at for mark in scans), default=None),
        expected=item.expected_on,
        delivered_at=item.delivered_at,
        milestones=item.milestones[:_MOST_MILESTONES],
    )


def _stage(name: str) -> Stage:
    if name in _ON_THE_DOORSTEP:
        return 4
    return 2 if name in _ANNOUNCED else 3


def _name(status: str) -> str:
    return status.strip().lower().replace(" ", "_")


def _worst(parcels: Sequence[ParcelStatus]) -> State:
    order: tuple[State, ...] = ("lost", "returned", "delayed")
    states = {parcel.state for parcel in parcels}
    return next((state for state in order if state in states), "normal")


def _title_date(parcels: Sequence[ParcelStatus], zone: ZoneInfo) -> date | None:
    days = []
    for parcel in parcels:
        if parcel.delivered_at is not None:
            days.append(parcel.delivered_at.astimezone(zone).date())
        elif parcel.expected is not None:
            days.append(parcel.expected)
        else:
            return None  # one parcel without a date: there is no day on which all of it comes
    return max(days, default=None)
