"""Prices as shoppers see them, where a shop enters them without tax and shows them with it.

The REST API tells prices as they are entered; a suggestion must show what the shop's pages show.
Those come from the Store API, which every visitor may read.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from plugin.errors import PlatformError
from plugin.http_out import Reply
from plugin.model import Access
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import RefusedByShopError, as_list, problem_code
from plugin.platforms.woocommerce.rest import API, Rest
from plugin.platforms.woocommerce.shape import Node

_STORE = "/wc/store/v1/products"
_MOST = 100
#: How long a shop's way of showing prices is believed, in seconds.
_KEPT = 3600.0
#: "incl" or "excl" by whether the prices entered hold the tax.
_AS_ENTERED = {"yes": "incl", "no": "excl"}


class ShownPrices:
    """Puts shown prices in the place of entered ones, in shops where the two differ."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        #: Whether they differ in a shop, and until when that is believed (monotonic clock).
        self._differing: dict[str, tuple[bool, float]] = {}

    def of_products(self, access: Access, nodes: Sequence[Node]) -> list[Node]:
        """Return products with the prices that the shop shows."""
        if not nodes or not self._differ(access):
            return list(nodes)
        ids = ",".join(shape.identifier(node) for node in nodes)
        return self._replaced(access, nodes, include=ids)

    def of_variations(self, access: Access, product_id: str, nodes: Sequence[Node]) -> list[Node]:
        """Return the variations of a product with the prices that the shop shows."""
        if not nodes or not self._differ(access):
            return list(nodes)
        return self._replaced(access, nodes, type="variation", parent=product_id)

    def _replaced(self, access: Access, nodes: Sequence[Node], **query: str) -> list[Node]:
        reply = self._rest.ask_openly(access.domain, _STORE, per_page=_MOST, **query)
        shown = {shape.identifier(item): _prices(item) for item in _products(reply)}
        # What is not on show (drafts) keeps its price, which nobody sees.
        return [node | shown.get(shape.identifier(node), {}) for node in nodes]

    def _differ(self, access: Access) -> bool:
        known, until = self._differing.get(access.domain, (False, 0.0))
        if until > time.monotonic():
            return known
        differ = self._option(access, "general", "woocommerce_calc_taxes") == "yes"
        if differ:
            entered = self._option(access, "tax", "woocommerce_prices_include_tax")
            shown = self._option(access, "tax", "woocommerce_tax_display_shop")
            differ = _AS_ENTERED.get(entered, shown) != shown
        self._differing[access.domain] = (differ, time.monotonic() + _KEPT)
        return differ

    def _option(self, access: Access, group: str, name: str) -> str:
        try:
            found = self._rest.send(access, "GET", f"{API}/settings/{group}/{name}")
        except RefusedByShopError:
            return ""  # a version without this setting
        value = found.get("value")
        return value if isinstance(value, str) else ""


def _products(reply: Reply) -> list[Node]:
    if reply.status == 200:
        return as_list(reply)
    # A shop that closes its Store API shows nothing to ask for; any other trouble may pass.
    if reply.status in (401, 403, 404) and problem_code(reply):
        return []
    raise PlatformError("platform_failed")


def _prices(item: Node) -> dict[str, Any]:
    prices = shape.inner(item, "prices")
    places: Any = prices.get("currency_minor_unit", 2)
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= 6:
        raise shape.wrong()
    return {
        name: None if amount is None else str(amount * Decimal(1).scaleb(-places))
        for name in ("price", "regular_price")
        for amount in [shape.optional_amount(prices, name)]
    }
