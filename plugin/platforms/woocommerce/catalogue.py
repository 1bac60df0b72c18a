"""Products with their variations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plugin.contracts.platform import Page
from plugin.model import Access, Product
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import as_list
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.paging import changed_page, more_follow, read_cursor
from plugin.platforms.woocommerce.product_parts import FIELDS, VARIATION_FIELDS, parse_product
from plugin.platforms.woocommerce.rest import API
from plugin.platforms.woocommerce.shape import Node

#: Each product with variations costs a request of its own, so a page of them stays small.
_PER_PAGE = 25
_VARIATIONS_PER_PAGE = 100
#: A product with more variations than this offers its first ones.
_MOST_PAGES = 5


class WooCatalogue(WooBase):
    """Reads products."""

    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        """Return a page of products, oldest change first, changed at or after `since`."""
        page = changed_page(
            self._rest,
            access,
            f"{API}/products",
            read_cursor(after, since),
            _kept,
            _PER_PAGE,
            status="any",
            _fields=FIELDS,
        )
        return Page(self._products(access, page.items), page.after)

    def product(self, access: Access, product_id: str) -> Product | None:
        """Return one product, None if it is gone; for a variation, the product it belongs to."""
        if not product_id.isdigit():
            return None
        found = self._rest.get(access, f"{API}/products/{product_id}", _fields=FIELDS)
        parent = None if found is None else shape.optional_identifier(found, "parent_id")
        if found is not None and parent is not None and found.get("type") == "variation":
            found = self._rest.get(access, f"{API}/products/{parent}", _fields=FIELDS)
        if found is None or _kept(found) is None:
            return None
        return self._products(access, (found,))[0]

    def _products(self, access: Access, nodes: Sequence[Node]) -> tuple[Product, ...]:
        shown = self._shown.of_products(access, nodes)
        return tuple(parse_product(node, self._variations_of(access, node)) for node in shown)

    def _variations_of(self, access: Access, node: Node) -> list[Node]:
        if not node.get("variations"):
            return []
        product_id = shape.identifier(node)
        found = self._variations(access, product_id)
        return self._shown.of_variations(access, product_id, found)

    def _variations(self, access: Access, product_id: str) -> list[Node]:
        found: list[Node] = []
        for page in range(1, _MOST_PAGES + 1):
            reply = self._rest.ask(
                access,
                "GET",
                f"{API}/products/{product_id}/variations",
                per_page=_VARIATIONS_PER_PAGE,
                page=page,
                orderby="id",
                order="asc",
                _fields=VARIATION_FIELDS,
            )
            some = as_list(reply)
            found += some
            if not more_follow(reply, page, len(some), _VARIATIONS_PER_PAGE):
                break
        return found


def _kept(node: Node) -> Node | None:
    return None if node.get("status") in ("trash", "auto-draft") else node
