"""Products and customers of a shop."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.contracts.platform import Page
from plugin.model import Access, Customer, Product, Variant
from plugin.platforms.shopify import product_facts, shape
from plugin.platforms.shopify.base import ShopifyBase
from plugin.platforms.shopify.shape import Node

_PRODUCT_PAGES = (50, 20, 10, 7, 5)
_CUSTOMER_PAGES = (100, 50, 20)


class ShopifyCatalogue(ShopifyBase):
    """Reads products and customers."""

    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        """Return a page of products, oldest change first, changed at or after `since`."""
        variables = {"after": after, "query": changed_since(since)}
        found, more = self._listing(access, "products", "products", variables, _PRODUCT_PAGES)
        return Page(tuple(self._product(item, access.domain) for item in found), more)

    def product(self, access: Access, product_id: str) -> Product | None:
        """Return one product, None if it is gone."""
        data = self._graphql.run(access, "product", {"id": product_id})
        found = shape.optional_node(data, "product")
        return None if found is None else self._product(found, access.domain)

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        """Return a page of customers, oldest change first, changed at or after `since`."""
        variables = {"after": after, "query": changed_since(since)}
        found, more = self._listing(access, "customers", "customers", variables, _CUSTOMER_PAGES)
        return Page(tuple(parse_customer(item) for item in found), more)

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        """Return the customer with that address, None if there is none."""
        found = self._customer_node(access, email)
        return None if found is None else parse_customer(found)

    def _customer_node(self, access: Access, email: str) -> Node | None:
        data = self._graphql.run(access, "customer_by_email", {"email": email})
        return shape.optional_node(data, "customerByIdentifier")

    def _product(self, item: Node, domain: str) -> Product:
        handle = shape.text(item, "handle")
        public = shape.optional_text(item, "onlineStoreUrl")
        return Product(
            id=shape.gid(item),
            title=shape.text(item, "title"),
            handle=handle,
            url=public or f"{self._addresses.origin(domain)}/products/{handle}",
            image_url=_image(item),
            kind=shape.text(item, "productType"),
            published=public is not None and shape.text(item, "status") == "ACTIVE",
            updated_at=shape.moment(item, "updatedAt"),
            variants=tuple(_variant(entry) for entry in shape.nodes(item, "variants")),
            tags=shape.texts(item, "tags"),
            categories=product_facts.categories(item),
            relations=product_facts.relations(item),
            rating=product_facts.rating(item),
        )


def changed_since(since: datetime | None) -> str | None:
    """Return the search text for what changed at or after a time; None for everything."""
    if since is None:
        return None
    return f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def parse_customer(item: Node) -> Customer:
    """Return a customer of the platform's answer."""
    address = shape.optional_node(item, "defaultEmailAddress")
    return Customer(
        id=shape.gid(item),
        email=None if address is None else shape.optional_text(address, "emailAddress"),
        orders_count=shape.whole(item, "numberOfOrders"),
        subscribed=address is not None and shape.text(address, "marketingState") == "SUBSCRIBED",
        updated_at=shape.moment(item, "updatedAt"),
    )


def _image(item: Node) -> str | None:
    found: Node | None = item
    for key in ("featuredMedia", "preview", "image"):
        found = None if found is None else shape.optional_node(found, key)
    return None if found is None else shape.optional_text(found, "url")


def _variant(item: Node) -> Variant:
    # Unit costs need a right of their own that many merchants do not give.
    stock = shape.optional_node(item, "inventoryItem") or {}
    cost = shape.optional_node(stock, "unitCost")
    return Variant(
        id=shape.gid(item),
        title=shape.text(item, "title"),
        price=shape.amount(item, "price"),
        compare_at=shape.optional_amount(item, "compareAtPrice"),
        unit_cost=None if cost is None else shape.amount(cost, "amount"),
        available=shape.flag(item, "availableForSale"),
        position=shape.whole(item, "position"),
        options=product_facts.options(item),
        measure=product_facts.measured(item),
    )
