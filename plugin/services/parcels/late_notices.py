"""Telling many people at once that their parcels take longer, for a merchant who decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import steps, syncing
from plugin.services.context import Context
from plugin.services.parcels import notices
from plugin.services.parcels.notice_values import phase_of, status_in
from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.steps import Handler, Step
from plugin.store import notices as store
from plugin.store import parcels
from plugin.store.parcels import FoundOrder

__all__ = ["HANDLERS", "Waiting", "tell_all", "waiting"]

#: Parcels made before are given up.
_WATCHED = timedelta(days=60)
_KIND = "delayed"
_LATE = ("delayed", "held", "customs", "address")
#: So many are looked at in one go; the rest comes with the next.
_MOST = 200


@dataclass(frozen=True)
class Waiting:
    """A parcel whose person does not know yet that it takes longer."""

    shipment_id: str
    order: FoundOrder
    status: OrderStatus
    parcel: ParcelStatus


def waiting(context: Context, shop: Shop) -> list[Waiting]:
    """Return the parcels that take longer without their people having been told by us."""
    today = context.now().astimezone(ZoneInfo(shop.zone)).date()
    with context.db.read() as connection:
        found = store.stuck_parcels(connection, shop.id, context.now() - _WATCHED, today)
        keys = {one.shipment_id: notices.key_of(_KIND, one.shipment_id) for one in found}
        told = store.written(connection, shop.id, set(keys.values()))
        open_ones = [one for one in found if keys[one.shipment_id] not in told]
        read = [
            _late(connection, context, shop, one.order_id, one.shipment_id)
            for one in open_ones[:_MOST]
        ]
    return [one for one in read if one is not None]


def tell_all(context: Context, shop: Shop) -> int:
    """Write to everybody who waits, one step for each parcel; returns how many."""
    found = waiting(context, shop)
    with context.db.write() as connection:
        for one in found:
            steps.enqueue(
                connection,
                context,
                shop.id,
                "parcel.late",
                {"order_id": one.order.order_id, "shipment_id": one.shipment_id},
                key=f"parcel.late:{one.shipment_id}"[:160],
            )
    return len(found)


def tell(context: Context, step: Step) -> None:
    """Write to one person, if their parcel still takes longer (step `parcel.late`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    order_id, shipment_id = step.payload["order_id"], step.payload["shipment_id"]
    with context.db.write() as connection:
        one = _late(connection, context, shop, order_id, shipment_id, lock=True)
        if one is not None:
            notices.queue(connection, context, shop, one.order, one.status, one.parcel, _KIND)


def _late(
    connection: Connection,
    context: Context,
    shop: Shop,
    order_id: str,
    shipment_id: str,
    *,
    lock: bool = False,
) -> Waiting | None:
    order = parcels.order_by_id(connection, shop.id, order_id, lock=lock)
    if order is None or order.cancelled_at is not None or not order.email_sealed:
        return None
    if store.wishes_of(connection, shop.id, order_id).quiet:
        return None
    status = status_in(connection, context, shop, order)
    parcel = next((one for one in status.parcels if one.id == shipment_id), None)
    if parcel is None or phase_of(parcel) not in _LATE:
        return None
    if store.written(connection, shop.id, [notices.key_of(_KIND, each) for each in parcel.ids]):
        return None  # told while it was still another parcel
    return Waiting(shipment_id, order, status, parcel)


HANDLERS: dict[str, Handler] = {"parcel.late": tell}
