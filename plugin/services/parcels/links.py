"""The address of an order's own page, as it stands in mails."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context


def page_link(context: Context, shop: Shop, order_id: str) -> str:
    """Return the address of an order's status page, as it stands in mails."""
    return context.url("/s/" + context.keys.sign("shipment", [shop.id, order_id]))
