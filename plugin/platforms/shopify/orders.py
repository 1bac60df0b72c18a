"""Orders with their parcels, and the export of the whole order history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from plugin.contracts.platform import History, Page
from plugin.errors import PlatformError, PlatformRefusedError
from plugin.http_out import origin_of
from plugin.model import Access, Order
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.answers import UserError, refuse
from plugin.platforms.shopify.base import ShopifyBase
from plugin.platforms.shopify.catalogue import changed_since
from plugin.platforms.shopify.graphql import document
from plugin.platforms.shopify.order_parts import parse_order
from plugin.platforms.shopify.order_stream import read_orders
from plugin.platforms.shopify.shape import Node

_ORDER_PAGES = (25, 10, 5)
_BULK_STORE = "https://storage.googleapis.com"
_BULK_ID = re.compile(r"gid://shopify/BulkOperation/[0-9]+")
_STATES = {
    "CREATED": "running",
    "RUNNING": "running",
    "CANCELING": "running",
    "COMPLETED": "ready",
}


class ShopifyOrders(ShopifyBase):
    """Reads orders one by one, by pages, and as a stream of all."""

    def order(self, access: Access, order_id: str) -> Order | None:
        """Return one order with its shipments (its first 100 lines), None if it is gone."""
        data = self._graphql.run(access, "order", {"id": order_id})
        found = shape.optional_node(data, "order")
        return None if found is None else parse_order(found)

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        """Return a page of orders (no shipments), oldest change first, changed since `since`."""
        variables = {"after": after, "query": changed_since(since)}
        found, more = self._listing(access, "orders", "orders", variables, _ORDER_PAGES)
        orders = (self._with_all_lines(access, item) for item in found)
        return Page(tuple(order for order in orders if order is not None), more)

    def start_history(self, access: Access) -> str:
        """Ask for an export of all orders; returns its handle. Asking twice is harmless."""
        variables = {"query": document("order_history")}
        payload, problems = self._graphql.change(
            access, "bulk_run", "bulkOperationRunQuery", variables
        )
        if problems:
            return _running(problems)
        return shape.gid(shape.node(payload, "bulkOperation"))

    def history(self, access: Access, handle: str) -> History:
        """Return how far the export is; `objects` counts orders."""
        data = self._graphql.run(access, "bulk_operation", {"id": handle})
        found = shape.optional_node(data, "bulkOperation")
        if found is None:
            return History("failed", 0, None)
        objects = shape.whole(found, "rootObjectCount")
        match _STATES.get(shape.text(found, "status")):
            case "running":
                return History("running", objects, None)
            case "ready":  # without an address there was nothing to export
                return History("ready", objects, shape.optional_text(found, "url"))
        return History("failed", objects, None)

    def read_history(self, access: Access, url: str) -> Iterator[Order]:
        """Stream the orders of a ready export.

        The file is fetched without our token, and only from the platform's own store.
        """
        home = self._addresses.origins.get(access.domain, _BULK_STORE)
        if origin_of(url) != origin_of(home):
            raise PlatformRefusedError("address_not_allowed")
        return read_orders(self._http.stream_lines(url))

    def _with_all_lines(self, access: Access, item: Node) -> Order | None:
        pages = shape.node(shape.node(item, "lineItems"), "pageInfo")
        if not shape.flag(pages, "hasNextPage"):
            return parse_order(item)
        order = self.order(access, shape.gid(item))
        return None if order is None else replace(order, shipments=None)


def _running(problems: tuple[UserError, ...]) -> str:
    for problem in problems:
        if problem.code in ("OPERATION_IN_PROGRESS", "LIMIT_REACHED"):
            named = _BULK_ID.search(problem.message)
            if named:
                return named.group()
            raise PlatformError("platform_busy", retry_after=60)
    refuse(problems)
    raise PlatformError("platform_answer_invalid")
