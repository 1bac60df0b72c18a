"""Taking parcels in: stored as the platform tells them, with a mail once one sets off."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin.model import Order, Shipment, Shop
from plugin.services import campaigns, mailing
from plugin.services.context import Context
from plugin.services.order_rows import open_email
from plugin.services.parcels.carriers import proper_name
from plugin.services.parcels.links import page_link
from plugin.store import parcels as store

WIDGET = "shipment_status"
#: A parcel older than this gets no mail: the shop told of it before it knew us.
_FRESH = timedelta(days=7)


def take(connection: Connection, context: Context, shop: Shop, order: Order) -> None:
    """Store an order's parcels as they are now, and write to the shopper once one sets off."""
    shipments = order.shipments or ()
    store.put_shipments(connection, shop.id, order.id, shipments)
    if order.cancelled_at is not None:
        return
    for shipment in shipments:
        if _sets_off(context, shipment):
            _announce(connection, context, shop, order, shipment)


def _sets_off(context: Context, shipment: Shipment) -> bool:
    known = shipment.tracking_number is not None or shipment.status.lower() == "in_transit"
    young = context.now() - shipment.created_at < _FRESH
    return known and young and shipment.delivered_at is None


def _announce(
    connection: Connection, context: Context, shop: Shop, order: Order, shipment: Shipment
) -> None:
    running = {campaign.widget for campaign in campaigns.published(connection, shop.id)}
    found = store.order_by_id(connection, shop.id, order.id)
    if WIDGET not in running or found is None or found.email_sealed is None:
        return
    expected = shipment.expected_on
    mailing.queue(
        connection,
        context,
        shop,
        "on_its_way",
        f"on_its_way:{shipment.id}"[:120],  # one mail for each parcel, however often it moves
        open_email(context.keys, shop.id, found.email_sealed),
        shop.languages[0],
        {
            "order": order.number,
            "link": page_link(context, shop, order.id),
            "carrier": proper_name(shipment.carrier),
            "number": shipment.tracking_number,
            "expected_on": None if expected is None else expected.isoformat(),
            "items": [{"title": line.title, "quantity": line.quantity} for line in order.lines],
        },
    )
