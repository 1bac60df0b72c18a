"""Products of a shop."""

from __future__ import annotations

from datetime import datetime

from plugin.contracts.platform import Page
from plugin.model import Access, Product
from plugin.platforms.shopware.api import Api
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.changes import Listing, read_page
from plugin.platforms.shopware.channels import Channel, read_channels
from plugin.platforms.shopware.product_parts import PRODUCT, changed_at_parts, parse_product
from plugin.platforms.shopware.shape import changed, optional_identifier
from plugin.shape import Node

_PARENTS = {"filter": [{"type": "equals", "field": "parentId", "value": None}]}
_LISTING = Listing(
    entity="product",
    criteria={**PRODUCT, **_PARENTS},
    # A change of a variant does not show at its product.
    stamps=("createdAt", "updatedAt", "children.createdAt", "children.updatedAt"),
    changed=lambda item: changed(*changed_at_parts(item)),
    size=40,
)


class ShopwareCatalogue(ShopwareBase):
    """Reads products, each with its variants."""

    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        """Return a page of products, oldest change first, changed at or after `since`.

        Without `since` they come by their running number.
        """
        channels = read_channels(self._api, access)
        api = self._spoken(channels)
        found, more = read_page(api, access, _LISTING, after, since, self._clock())
        return Page(tuple(parse_product(item, channels) for item in found), more)

    def product(self, access: Access, product_id: str) -> Product | None:
        """Return one product, None if it is gone; the id of a variant leads to its product."""
        channels = read_channels(self._api, access)
        api = self._spoken(channels)
        found = _node(api, access, product_id)
        parent = None if found is None else optional_identifier(found, "parentId")
        if parent is not None:
            found = _node(api, access, parent)
        return None if found is None else parse_product(found, channels)

    def _spoken(self, channels: tuple[Channel, ...]) -> Api:
        # The system's own language may be one that no shopper sees.
        return self._api.speaking(channels[0].language_id) if channels else self._api


def _node(api: Api, access: Access, product_id: str) -> Node | None:
    wanted = {"type": "equals", "field": "id", "value": product_id}
    return api.first(access, "product", {**PRODUCT, "filter": [wanted]})
