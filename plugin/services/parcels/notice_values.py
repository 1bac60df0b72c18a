"""What a mail about an order or a parcel tells, as the letters of mails/parcel_letters want it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import business_days
from plugin.services.parcels.links import page_link
from plugin.services.parcels.promise import PROMISE
from plugin.services.parcels.state import Phase
from plugin.services.parcels.status import OrderStatus, ParcelStatus, status_of
from plugin.store import parcels as store
from plugin.store.parcels import FoundOrder, Item

#: After so many open days without any news the merchant looks for a parcel.
_SEARCH_AFTER = 3
_REASONS = {"held": "held", "customs": "customs", "address": "address"}
#: Where the place of the last report is the place where the parcel is for the shopper.
_PLACED = ("pickup", "delivered")


def status_in(
    connection: Connection, context: Context, shop: Shop, order: FoundOrder
) -> OrderStatus:
    """Return the present status of an order."""
    items = store.items_of(connection, shop.id, order.order_id)
    shipments = store.shipments_of(connection, shop.id, order.order_id)
    return status_of(shop, order, items, shipments, context.now())


def phase_of(parcel: ParcelStatus) -> Phase:
    """Return the one word for where a parcel is, as ParcelState.phase."""
    if parcel.arriving and parcel.condition in ("normal", "delayed"):
        return "arriving"
    if parcel.condition != "normal":
        return parcel.condition
    return "delivered" if parcel.delivered_at is not None else "under_way"


def order_values(
    context: Context, shop: Shop, order: FoundOrder, status: OrderStatus
) -> dict[str, Any]:
    """Return what every mail about an order tells."""
    link = page_link(context, shop, order.order_id)
    return {
        "order": order.number,
        "link": link,
        "withdraw": f"{link}/withdrawal",
        "unsubscribe": f"{link}/notices",
        "expected_on": status.title_date.isoformat() if status.title_date else None,
        "items": _told(status.items),
    }


def parcel_values(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: FoundOrder,
    status: OrderStatus,
    parcel: ParcelStatus,
) -> dict[str, Any]:
    """Return what a mail about one parcel of an order tells."""
    said, today = parcel.expected, context.now().astimezone(ZoneInfo(shop.zone)).date()
    if said is not None and said.last_day < today:
        said = None
    window, phase = said.window if said is not None else None, phase_of(parcel)
    return order_values(context, shop, order, status) | {
        "carrier": parcel.carrier,
        "number": parcel.number,
        "expected_on": said.last_day.isoformat() if said else None,
        "window": [f"{clock:%H:%M}" for clock in window] if window else None,
        "items": _told(_inside(status, parcel)),
        "place": 1 + [one.id for one in status.parcels].index(parcel.id),
        "count": len(status.parcels),
        "where": parcel.last.place if parcel.last and phase in _PLACED else None,
        "delivered_at": parcel.delivered_at.isoformat() if parcel.delivered_at else None,
        "reason": _REASONS.get(phase, "late"),
        "promised_on": parcel.first.last_day.isoformat() if parcel.first else None,
        "search_on": _search_day(connection, shop, today).isoformat(),
    }


def _search_day(connection: Connection, shop: Shop, today: date) -> date:
    home = PROMISE.read(connection, shop.id)
    return business_days.add(today, _SEARCH_AFTER, home.country, home.region)


def _inside(status: OrderStatus, parcel: ParcelStatus) -> Sequence[Item]:
    """Return what lies in a parcel; what nobody tells, where the order has several, is nothing."""
    if parcel.lines:
        counts = {line.line_id: line.quantity for line in parcel.lines}
        known = [item for item in status.items if item.line_id in counts]
        return [item.with_quantity(counts[item.line_id]) for item in known]
    return status.items if len(status.parcels) == 1 else ()


def _told(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [{"title": item.title, "quantity": item.quantity} for item in items]
