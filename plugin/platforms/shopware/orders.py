"""Orders with their parcels, and which orders had a parcel changed."""

from __future__ import annotations

from datetime import datetime

from plugin.contracts.platform import Page, ParcelChange
from plugin.model import Access, Order
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.changes import Listing, read_page
from plugin.platforms.shopware.order_parts import ORDER, changed_at_parts, parse_order
from plugin.platforms.shopware.shape import changed, identifier

_ORDERS = Listing(
    entity="order",
    criteria=ORDER,
    # A payment does not show at its order; parcels are asked for apart.
    stamps=("createdAt", "updatedAt", "transactions.updatedAt", "deliveries.updatedAt"),
    changed=lambda item: changed(*changed_at_parts(item)),
    size=50,
)
_DELIVERIES = Listing(
    entity="order-delivery",
    criteria={"includes": {"order_delivery": ["orderId", "createdAt", "updatedAt"]}},
    stamps=("updatedAt",),
    changed=changed,
    size=100,
    order="id",
)


class ShopwareOrders(ShopwareBase):
    """Reads orders one by one and by pages."""

    def order(self, access: Access, order_id: str) -> Order | None:
        """Return one order with its shipments, None if it is gone."""
        wanted = {"type": "equals", "field": "id", "value": order_id}
        found = self._api.first(access, "order", {**ORDER, "filter": [wanted]})
        return None if found is None else parse_order(found)

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        """Return a page of orders, oldest change first, changed at or after `since`.

        Without `since` they come by their running number.
        """
        found, more = read_page(self._api, access, _ORDERS, after, since, self._clock())
        return Page(tuple(parse_order(item) for item in found), more)

    def parcel_changes(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[ParcelChange]:
        """Return a page of orders whose parcels changed at or after `since`, oldest first.

        No message tells of a tracking code that was added after the parcel had left.
        """
        start = since or datetime.fromtimestamp(0, tz=self._clock().tzinfo)
        found, more = read_page(self._api, access, _DELIVERIES, after, start, self._clock())
        changes = (ParcelChange(identifier(item, "orderId"), changed(item)) for item in found)
        return Page(tuple(changes), more)
