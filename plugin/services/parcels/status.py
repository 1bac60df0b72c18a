"""What a shopper may know of an order on its way: stage, date, carrier, and nothing about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Expected, ParcelEvent, Shipment, ShippedLine, Shop, Stage
from plugin.services.context import Context
from plugin.services.parcels import promise
from plugin.services.parcels.carriers import compact, proper_name, tracking_link
from plugin.services.parcels.state import (
    Condition,
    Phase,
    in_order,
    is_disturbed,
    is_telling,
    state_of,
)
from plugin.store import parcels as store
from plugin.store.parcels import FoundOrder, Item

__all__ = ["OrderStatus", "ParcelStatus", "read", "status_of"]

#: The worst first: what is wrong with one parcel is wrong with the order.
_WORST: tuple[Condition, ...] = (
    "lost",
    "damaged",
    "returned",
    "address",
    "held",
    "customs",
    "delayed",
    "pickup",
)
_MOST_EVENTS = 12


@dataclass(frozen=True)
class ParcelStatus:
    """One parcel as a shopper sees it; `lines` is empty where nobody tells what lies in it.

    `ids` are all that the shop made of it: those that travel under one number are one parcel.
    `first` is the day told first, where it is not kept. `events` are the newest first, at most
    twelve. `troubled`: something went wrong with it at some time.
    """

    id: str
    ids: tuple[str, ...]
    carrier: str | None
    number: str | None
    url: str | None
    stage: Stage
    condition: Condition
    scanned: bool
    sent_at: datetime | None
    expected: Expected | None
    first: Expected | None
    delivered_at: datetime | None
    last: ParcelEvent | None
    events: tuple[ParcelEvent, ...]
    lines: tuple[ShippedLine, ...]
    troubled: bool
    arriving: bool
    phase: Phase
    created_at: datetime


@dataclass(frozen=True)
class OrderStatus:
    """An order as a shopper sees it `at` a moment; holds no name, street, mail address or price.

    `expected` is when the last of what is still to come is there, and `title_date` the day by which
    all of it is; None where that is not known. `unsent` is what lies in no parcel yet, empty as
    well where a parcel does not tell its contents.
    """

    order_id: str
    number: str
    placed: datetime
    stage: Stage
    condition: Condition
    title_date: date | None
    expected: Expected | None
    items: tuple[Item, ...]
    parcels: tuple[ParcelStatus, ...]
    unsent: tuple[Item, ...]
    at: datetime

    @property
    def disturbed(self) -> bool:
        """Tell whether something is wrong with any of it, so that nothing is advertised."""
        return is_disturbed(self.condition) or any(p.troubled for p in self.parcels)


def read(connection: Connection, context: Context, shop: Shop, order: FoundOrder) -> OrderStatus:
    """Return the status of an order as it is now."""
    return status_of(
        shop,
        order,
        store.items_of(connection, shop.id, order.order_id),
        store.shipments_of(connection, shop.id, order.order_id),
        context.now(),
        promised=promise.of_order(connection, shop, order.placed_at, order.country),
    )


def status_of(
    shop: Shop,
    order: FoundOrder,
    items: Sequence[Item],
    shipments: Sequence[Shipment],
    now: datetime,
    *,
    promised: Expected | None = None,
) -> OrderStatus:
    """Return the status of an order from everything that was told of its parcels.

    Shipments that travel under one number of one carrier are one parcel; parcels that were
    cancelled before anybody moved them are none. `promised` is when an order that has no parcel
    yet is to arrive.
    """
    local = now.astimezone(ZoneInfo(shop.zone))
    together = _together(shipments)
    parcels = tuple(
        parcel for some in together if (parcel := _parcel(some, local)).condition != "cancelled"
    )
    stage: Stage = min((p.stage for p in parcels), default=2 if order.paid else 1)
    return OrderStatus(
        order_id=order.order_id,
        number=order.number,
        placed=order.placed_at,
        stage=stage,
        condition="cancelled" if order.cancelled_at else _worst(parcels),
        title_date=_title_date(parcels, local),
        expected=_expected(parcels) if parcels else promised,
        items=tuple(items),
        parcels=parcels,
        unsent=_unsent(items, parcels),
        at=now,
    )


def _together(shipments: Sequence[Shipment]) -> list[list[Shipment]]:
    found: dict[tuple[str, str], list[Shipment]] = {}
    for item in shipments:
        number = compact(item.tracking_number)
        key = (proper_name(item.carrier, number) or "", number) if number else ("", f"/{item.id}")
        found.setdefault(key, []).append(item)
    return list(found.values())


def _parcel(some: Sequence[Shipment], local: datetime) -> ParcelStatus:
    item = some[0]
    told = [event for each in some for event in each.events]
    state = state_of(told, local)
    shown = [event for event in reversed(in_order(told)) if is_telling(event)]
    return ParcelStatus(
        id=item.id,
        ids=tuple(each.id for each in some),
        carrier=proper_name(item.carrier, item.tracking_number),
        number=item.tracking_number,
        url=tracking_link(item.carrier, item.tracking_number),
        stage=state.stage,
        condition=state.condition,
        scanned=state.scanned,
        sent_at=state.sent_at,
        expected=state.expected,
        first=state.first,
        delivered_at=state.delivered_at,
        last=state.last,
        events=tuple(shown[:_MOST_EVENTS]),
        lines=_lines(some),
        troubled=state.troubled,
        arriving=state.arriving,
        phase=state.phase,
        created_at=item.created_at,
    )


def _lines(some: Iterable[Shipment]) -> tuple[ShippedLine, ...]:
    inside: dict[str, int] = {}
    for item in some:
        for line in item.lines or ():
            inside[line.line_id] = inside.get(line.line_id, 0) + line.quantity
    return tuple(ShippedLine(line, quantity) for line, quantity in inside.items())


def _unsent(items: Sequence[Item], parcels: Sequence[ParcelStatus]) -> tuple[Item, ...]:
    if not parcels or not all(parcel.lines for parcel in parcels):
        return ()
    sent: dict[str, int] = {}
    for parcel in parcels:
        for line in parcel.lines:
            sent[line.line_id] = sent.get(line.line_id, 0) + line.quantity
    left = [(item, item.quantity - sent.get(item.line_id, 0)) for item in items]
    return tuple(item.with_quantity(count) for item, count in left if count > 0)


def _worst(parcels: Sequence[ParcelStatus]) -> Condition:
    found = {parcel.condition for parcel in parcels}
    if found == {"announced"}:
        return "announced"
    return next((condition for condition in _WORST if condition in found), "normal")


def _expected(parcels: Sequence[ParcelStatus]) -> Expected | None:
    days = [parcel.expected for parcel in parcels if parcel.delivered_at is None]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        return None
    return max(known, key=lambda day: day.last_day)


def _title_date(parcels: Sequence[ParcelStatus], local: datetime) -> date | None:
    days = []
    for parcel in parcels:
        if parcel.delivered_at is not None:
            days.append(parcel.delivered_at.astimezone(local.tzinfo).date())
        elif parcel.expected is not None:
            days.append(parcel.expected.last_day)
        else:
            return None  # one parcel without a date: there is no day on which all of it comes
    return max(days, default=None)
