"""Orders with their parcels, one by one and page by page."""

from __future__ import annotations

from datetime import datetime

from plugin.contracts.platform import Page
from plugin.model import Access, Order
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.order_parts import FIELDS, META, parse_order
from plugin.platforms.woocommerce.paging import changed_page, read_cursor
from plugin.platforms.woocommerce.rest import API

_PER_PAGE = 50


class WooOrders(WooBase):
    """Reads orders."""

    def order(self, access: Access, order_id: str) -> Order | None:
        """Return one order with its shipments, None if it is gone or not placed yet."""
        if not order_id.isdigit():
            return None
        # Newer versions leave out what other plugins noted: it is none of our business.
        found = self._rest.get(
            access, f"{API}/orders/{order_id}", _fields=FIELDS, include_meta=META
        )
        return None if found is None else parse_order(found)

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        """Return a page of orders with shipments, oldest change first, changed since `since`."""
        return changed_page(
            self._rest,
            access,
            f"{API}/orders",
            read_cursor(after, since),
            parse_order,
            _PER_PAGE,
            status="any",
            _fields=FIELDS,
            include_meta=META,
        )
