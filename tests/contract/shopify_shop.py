"""A Shopify shop in dicts: what our stored documents are executed over, with the real schema.

Every answer passes through the schema of the API version, so a field or an enum value that the
platform does not have is an error here as it is there.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Node = dict[str, Any]
_SINCE = re.compile(r"updated_at:>='([^']+)'")


def stamp(moment: datetime) -> str:
    """Return a moment as the platform writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cursor(node: Node) -> str:
    return base64.b64encode(json.dumps([node["updatedAt"], node["id"]]).encode()).decode()


def connection(nodes: list[Node]) -> Callable[..., Node]:
    """Return the resolver of a list: search by change, sorted by change, cut by cursor."""

    def page(
        _info: object,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        **_: object,
    ) -> Node:
        found = nodes
        if nodes and "updatedAt" in nodes[0]:
            found = sorted(nodes, key=lambda node: (node["updatedAt"], node["id"]))
            since = _SINCE.search(query or "")
            if since:
                found = [node for node in found if node["updatedAt"] >= since[1]]
            if after:
                seen = tuple(json.loads(base64.b64decode(after)))
                found = [node for node in found if (node["updatedAt"], node["id"]) > seen]
        shown = found[:first]
        end = _cursor(shown[-1]) if shown and "updatedAt" in shown[-1] else None
        return {
            "nodes": shown,
            "edges": [{"node": node, "cursor": ""} for node in shown],
            "pageInfo": {"hasNextPage": len(found) > len(shown), "endCursor": end},
        }

    return page


def _refused(name: str, place: str, code: str, text: str) -> Node:
    return {name: None, "userErrors": [{"field": [place], "code": code, "message": text}]}


def _money(amount: str) -> Node:
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


@dataclass
class ShopifyShop:
    """What one shop holds, and the root of every query and mutation."""

    domain: str
    url: str
    scopes: list[str]
    now: Callable[[], datetime]
    products: dict[str, Node] = field(default_factory=dict)
    customers: dict[str, Node] = field(default_factory=dict)
    orders: dict[str, Node] = field(default_factory=dict)
    discounts: dict[str, Node] = field(default_factory=dict)
    metafields: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: datetime | None = None
    _numbers: int = 1000
    _changes: int = 0

    def gid(self, kind: str) -> str:
        """Return a new global id."""
        self._numbers += 1
        return f"gid://shopify/{kind}/{self._numbers}"

    def next_change(self) -> str:
        """Return a moment after every earlier change and before now."""
        self._changes += 1
        if self._opened is None:
            self._opened = self.now()
        return stamp(self._opened - timedelta(hours=3) + timedelta(seconds=self._changes))

    # What is put on the shelves
    def add_product(self, number: int) -> str:
        """Add a product with one variant."""
        identifier = self.gid("Product")
        variant = {
            "id": self.gid("ProductVariant"),
            "title": "Default Title",
            "price": "49.00",
            "compareAtPrice": None,
            "availableForSale": True,
            "position": 1,
            "selectedOptions": [{"name": "Title", "value": "Default Title"}],
            "unitPriceMeasurement": None,
            "inventoryItem": {"unitCost": None},
        }
        self.products[identifier] = {
            "id": identifier,
            "title": f"Schale {number}",
            "handle": f"schale-{number}",
            "status": "ACTIVE",
            "updatedAt": self.next_change(),
            "onlineStoreUrl": f"{self.url}/products/schale-{number}",
            "productType": "",
            "tags": [],
            "category": None,
            "collections": connection([]),
            "metafield": None,
            "featuredMedia": None,
            "variants": connection([variant]),
            "variant": variant,
        }
        return identifier

    def add_customer(self, email: str, state: str = "NOT_SUBSCRIBED") -> Node:
        """Add a customer."""
        now = self.next_change()
        node = {
            "id": self.gid("Customer"),
            "numberOfOrders": "0",
            "updatedAt": now,
            "defaultEmailAddress": {
                "emailAddress": email,
                "marketingState": state,
                "marketingOptInLevel": None,
                "marketingUpdatedAt": None,
            },
        }
        self.customers[email.lower()] = node
        return node

    def add_order(self, email: str | None, products: list[str], code: str | None) -> Node:
        """Add a paid order; without an address it has nobody behind it."""
        now = stamp(self.now())
        identifier = self.gid("Order")
        number = identifier.rpartition("/")[2]
        customer = None
        if email is not None:
            customer = self.customers.get(email.lower()) or self.add_customer(email)
        lines = [self._line(product) for product in products]
        node = {
            "id": identifier,
            "name": f"#{number}",
            "email": email,
            "createdAt": now,
            "updatedAt": now,
            "cancelledAt": None,
            "displayFinancialStatus": None if email is None else "PAID",
            "discountCodes": [code] if code else [],
            "customAttributes": [],
            "customerJourneySummary": None,
            "customer": customer,
            "shippingAddress": {"zip": "78464", "countryCodeV2": "DE"} if email else None,
            "currentTotalPriceSet": _money(f"{49 * len(products)}.00"),
            "currentTotalDiscountsSet": _money("0.00"),
            "lineItems": connection(lines),
            "fulfillments": [],
            "lines": lines,
        }
        self.orders[identifier] = node
        return node

    def _line(self, product_id: str) -> Node:
        product = self.products.get(product_id)
        return {
            "id": self.gid("LineItem"),
            "title": product["title"] if product else "Gelöschtes",
            "quantity": 1,
            "currentQuantity": 1,
            "product": {"id": product_id} if product else None,
            "variant": {"id": product["variant"]["id"]} if product else None,
            "discountedUnitPriceSet": _money("49.00"),
            "customAttributes": [],
        }

    def drop_product(self, identifier: str) -> None:
        """Delete a product; lines keep their titles and lose their product."""
        del self.products[identifier]
        for order in self.orders.values():
            for line in order["lines"]:
                if line["product"] == {"id": identifier}:
                    line.update(product=None, variant=None)

    # The roots
    def root(self) -> Node:
        """Return the resolvers of queries and mutations."""
        found = connection
        return {
            "shop": self._shop(),
            "currentAppInstallation": {
                "id": "gid://shopify/AppInstallation/1",
                "accessScopes": [{"handle": scope} for scope in self.scopes],
            },
            "products": found(list(self.products.values())),
            "product": lambda _i, id: self.products.get(id),
            "customers": found(list(self.customers.values())),
            "customerByIdentifier": lambda _i, identifier: self.customers.get(
                identifier["emailAddress"].lower()
            ),
            "orders": found(list(self.orders.values())),
            "order": lambda _i, id: self.orders.get(id),
            "productsCount": {"count": len(self.products), "precision": "EXACT"},
            "customersCount": {"count": len(self.customers), "precision": "EXACT"},
            "ordersCount": {"count": len(self.orders), "precision": "EXACT"},
            "codeDiscountNodeByCode": lambda _i, code: self.discounts.get(code.upper()),
            "bulkOperation": self._export,
            "discountCodeBasicCreate": self._create_discount,
            "discountCodeDelete": self._delete_discount,
            "customerCreate": self._create_customer,
            "customerEmailMarketingConsentUpdate": self._update_consent,
            "metafieldsSet": self._set_metafields,
        }

    def _shop(self) -> Node:
        host = self.url.partition("://")[2]
        return {
            "id": "gid://shopify/Shop/1",
            "name": "Uferhaus",
            "email": "hallo@uferhaus.example",
            "contactEmail": "hallo@uferhaus.example",
            "myshopifyDomain": self.domain,
            "currencyCode": "EUR",
            "ianaTimezone": "Europe/Berlin",
            "primaryDomain": {"host": host, "url": self.url},
        }

    def _create_discount(self, _info: object, basicCodeDiscount: Node) -> Node:  # noqa: N803
        given = basicCodeDiscount
        with self._lock:
            key = given["code"].upper()
            if key in self.discounts:
                text = "Code must be unique. Please try a different code."
                return _refused("codeDiscountNode", "code", "TAKEN", text)
            self.discounts[key] = {
                "id": self.gid("DiscountCodeNode"),
                "code": given["code"],
                "codeDiscount": {
                    "__typename": "DiscountCodeBasic",
                    "title": given["title"],
                    "status": "ACTIVE",
                    "startsAt": given["startsAt"],
                    "endsAt": given.get("endsAt"),
                    "usageLimit": given.get("usageLimit"),
                    "asyncUsageCount": 0,
                },
            }
            return {"codeDiscountNode": self.discounts[key], "userErrors": []}

    def _delete_discount(self, _info: object, id: str) -> Node:
        with self._lock:
            for key, node in self.discounts.items():
                if node["id"] == id:
                    del self.discounts[key]
                    return {"deletedCodeDiscountId": id, "userErrors": []}
        return _refused("deletedCodeDiscountId", "id", "INVALID", "Discount does not exist")

    def _create_customer(self, _info: object, input: Node) -> Node:
        with self._lock:
            if input["email"].lower() in self.customers:
                error = {"field": ["email"], "message": "Email has already been taken"}
                return {"customer": None, "userErrors": [error]}
            node = self.add_customer(input["email"])
            self._agree(node, input.get("emailMarketingConsent"))
        return {"customer": node, "userErrors": []}

    def _update_consent(self, _info: object, input: Node) -> Node:
        for node in self.customers.values():
            if node["id"] == input["customerId"]:
                self._agree(node, input["emailMarketingConsent"])
                return {"customer": node, "userErrors": []}
        return _refused("customer", "customerId", "INVALID", "Customer does not exist")

    def _agree(self, node: Node, consent: Node | None) -> None:
        if consent:
            node["defaultEmailAddress"] |= {
                "marketingState": consent["marketingState"],
                "marketingOptInLevel": consent.get("marketingOptInLevel"),
                "marketingUpdatedAt": consent.get("consentUpdatedAt"),
            }

    def _set_metafields(self, _info: object, metafields: list[Node]) -> Node:
        for given in metafields:
            self.metafields[f"{given.get('namespace')}.{given['key']}"] = given["value"]
        kept = [
            {"id": self.gid("Metafield"), "namespace": given.get("namespace"), "key": given["key"]}
            for given in metafields
        ]
        return {"metafields": kept, "userErrors": []}

    def _export(self, _info: object, id: str) -> Node | None:
        if id not in self.exports:
            return None
        lines = self.exports[id]
        return {
            "id": id,
            "status": "COMPLETED",
            "errorCode": None,
            "objectCount": str(lines.count("\n")),
            "rootObjectCount": str(len(self.orders)),
            "fileSize": str(len(lines.encode())),
            "url": f"{self.url}/bulk/{id.rpartition('/')[2]}.jsonl" if lines else None,
            "partialDataUrl": None,
        }
