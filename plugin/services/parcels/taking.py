"""Taking parcels in: every report is added to what is known, and the state follows from all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.errors import NotFoundError
from plugin.model import Order, ParcelEvent, Shop
from plugin.services import steps
from plugin.services.context import Context
from plugin.services.parcels import promise
from plugin.services.parcels.events import named, of_platform
from plugin.services.parcels.state import ParcelState, state_of
from plugin.store import parcel_events, parcel_states
from plugin.store import parcels as store
from plugin.store.parcel_events import KeptEvent
from plugin.store.parcel_states import KeptState, StandingParcel

#: Of a parcel that has not moved for so long nobody is told: the shop knew of it before us.
_FRESH = timedelta(days=7)
#: More is told of no real parcel.
MOST_EVENTS = 400


@dataclass(frozen=True)
class Added:
    """How many reports were new, and how many had a time that cannot be."""

    new: int
    refused: int


def take(connection: Connection, context: Context, shop: Shop, order: Order) -> None:
    """Store an order's parcels as the platform tells them now, within its transaction."""
    items = order.shipments or ()
    held = {item.id: item for item in store.shipments_of(connection, shop.id, order.id)}
    store.put_shipments(connection, shop.id, order.id, items)
    now = context.now()
    for item in items:
        told = of_platform(shop.platform, item, held.get(item.id), now)
        if item.id not in held:
            told += promise.told(connection, shop, order.created_at, order.country, now)
        _add(connection, shop, item.id, told, now)
    _settle(connection, context, shop, [item.id for item in items])


def add_events(
    connection: Connection,
    context: Context,
    shop: Shop,
    shipment_id: str,
    events: Iterable[ParcelEvent],
) -> Added:
    """Add reports about a parcel within the caller's transaction.

    They may come late, twice and in any order: what is known is left out, and the state follows
    from all of them. If it changes, a step `parcel.changed` says so. NotFoundError for an unknown
    parcel.
    """
    if not parcel_states.lock_parcels(connection, shop.id, [shipment_id]):
        raise NotFoundError("unknown_shipment")
    told = [named(event, context.now()) for event in events]
    kept = [item for item in told if item is not None]
    new = _add(connection, shop, shipment_id, kept, context.now())
    if new:
        _settle(connection, context, shop, [shipment_id])
    return Added(new, len(told) - len(kept))


def _add(
    connection: Connection, shop: Shop, shipment_id: str, told: Sequence[KeptEvent], now: datetime
) -> int:
    return parcel_events.add(connection, shop.id, shipment_id, told[:MOST_EVENTS], now)


def _settle(connection: Connection, context: Context, shop: Shop, ids: list[str]) -> None:
    parcels = parcel_states.lock_parcels(connection, shop.id, ids)
    told = parcel_events.events_of(connection, shop.id, ids)
    for parcel in parcels:
        events = [kept.event for kept in told[parcel.shipment_id]]
        state = state_of(events, context.now().astimezone(ZoneInfo(shop.zone)))
        kept = _kept(state)
        if kept == parcel.state:
            continue
        parcel_states.save_state(connection, shop.id, parcel.shipment_id, kept, context.now())
        if kept.phase != parcel.state.phase:
            _tell(connection, context, shop, parcel, state)


def _kept(state: ParcelState) -> KeptState:
    expected, last = state.expected, state.last
    return KeptState(
        stage=state.stage,
        condition=state.condition,
        phase=state.phase,
        sent_at=state.sent_at,
        arrived_at=state.delivered_at,
        expected_day=expected.day if expected else None,
        expected_until=expected.until_day if expected else None,
        confidence=expected.confidence if expected else None,
        promised_on=state.promised.last_day if state.promised else None,
        troubled=state.troubled,
        last_at=last.happened_at if last else None,
        last_kind=last.kind if last else None,
        last_place=last.place if last else None,
    )


def _tell(
    connection: Connection, context: Context, shop: Shop, parcel: StandingParcel, state: ParcelState
) -> None:
    moved = state.last.happened_at if state.last else parcel.created_at
    if context.now() - moved > _FRESH:
        return
    now = context.now().isoformat()
    steps.enqueue(
        connection,
        context,
        shop.id,
        "parcel.changed",
        {
            "order_id": parcel.order_id,
            "shipment_id": parcel.shipment_id,
            "from": parcel.state.phase,
            "to": state.phase,
        },
        key=f"parcel.changed:{state.phase}:{now}:{parcel.shipment_id}"[:160],
    )
