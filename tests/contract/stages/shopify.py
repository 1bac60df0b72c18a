"""Shopify as a stage: our stored documents run over dicts, checked by Shopify's own schema.

The app is installed as the platform recommends: its page opens inside the admin with a session
token, which is traded for the shop's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from plugin.manifest import load_manifest
from plugin.model import Shop
from tests.contract.app_side import PUBLIC_URL
from tests.contract.platform_side import Loopback, Stranger, Troublesome
from tests.contract.shopify_api import ShopifyApi, clock_of
from tests.contract.shopify_shop import Node, ShopifyShop, stamp
from tests.contract.shopify_side import (
    CLIENT_ID,
    DOMAIN,
    OWN,
    SECRET,
    ShopifySide,
    is_api,
    message,
)
from tests.contract.stage import Message


class ShopifyStage(ShopifySide):
    """A shop of the real platform, as far as its schema and reference say."""

    name = "shopify"

    def __init__(self, database_url: str) -> None:
        stranger = Stranger()
        self.server = Loopback()
        self.url = self.server.url
        self.pauses: list[float] = []
        self.held = ShopifyShop(DOMAIN, self.url, [], lambda: self.clock())
        self.platform = ShopifyApi(
            self.held, PUBLIC_URL, (CLIENT_ID, SECRET), clock_of(self.pauses)
        )
        self.api = Troublesome(self.platform.wsgi(), is_api, OWN, stranger)
        self.server.app = self.api
        self._told: dict[str, list[Message]] = {}
        super().__init__(
            database_url,
            stranger,
            {DOMAIN: self.url},
            shopify_client_id=CLIENT_ID,
            shopify_secret=SECRET,
        )
        self._follow()

    # The merchant's side
    def install(self) -> Shop:
        """Install the app in the admin, which opens its page in a frame."""
        self.platform.installed = True
        self.held.scopes = sorted(load_manifest().platforms["shopify"].scopes)
        opened = requests.get(
            f"{self.url}/admin/apps/{CLIENT_ID}", allow_redirects=False, timeout=10
        )
        answer = self.visit(opened.headers["Location"])
        assert answer.status_code == 302, answer.text
        page = self.visit(answer.headers["Location"])
        assert page.status_code == 200, page.text
        return self.shop(DOMAIN)

    # What the shop holds
    def put_product(self, number: int) -> str:
        """Add a product."""
        return self.held.add_product(number)

    def touch_product(self, product_id: str) -> None:
        """Change a product."""
        self.held.products[product_id]["updatedAt"] = self.held.next_change()

    def delete_product(self, product_id: str) -> None:
        """Delete a product."""
        self.held.drop_product(product_id)

    def put_customer(self, email: str) -> str:
        """Add a customer."""
        return str(self.held.add_customer(email)["id"])

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Place an order."""
        order = self.held.add_order(email, list(products), code)
        self._tell("orders/create", order)
        return str(order["id"])

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Fulfil an order."""
        order = self._changed(order_id)
        parcel = {
            "id": self.held.gid("Fulfillment"),
            "createdAt": order["updatedAt"],
            "updatedAt": order["updatedAt"],
            "displayStatus": "IN_TRANSIT",
            "estimatedDeliveryAt": None,
            "inTransitAt": order["updatedAt"],
            "deliveredAt": None,
            "trackingInfo": [{"company": carrier, "number": number, "url": None}],
            "events": {"nodes": []},
            "fulfillmentLineItems": {
                "nodes": [
                    {"quantity": line["quantity"], "lineItem": {"id": line["id"]}}
                    for line in order["lines"]
                ],
                "pageInfo": {"hasNextPage": False},
            },
        }
        order["fulfillments"].append(parcel)
        self._tell("fulfillments/create", order, parcel)
        self._tell("orders/updated", order)

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        order = self._changed(order_id)
        order["cancelledAt"] = order["updatedAt"]
        self._tell("orders/cancelled", order)
        self._tell("orders/updated", order)

    def _changed(self, order_id: str) -> Node:
        order = self.held.orders[order_id]
        order["updatedAt"] = stamp(self.clock())
        return order

    def take_code(self, code: str) -> None:
        """Let a discount of the merchant have a code."""
        self.held.discounts[code.upper()] = {
            "id": self.held.gid("DiscountCodeNode"),
            "code": code,
            "codeDiscount": {"__typename": "DiscountCodeFreeShipping"},
        }

    def vouchers(self) -> list[str]:
        """Return every code."""
        return [node["code"] for node in self.held.discounts.values()]

    def consents(self) -> Mapping[str, bool]:
        """Return who is subscribed."""
        return {
            address["emailAddress"]: address["marketingState"] == "SUBSCRIBED"
            for address in (node["defaultEmailAddress"] for node in self.held.customers.values())
        }

    def embedded(self) -> str | None:
        """Return the key in the app's metafield."""
        return self.held.metafields.get("bleib.shop_key")

    # Messages
    def _tell(self, topic: str, order: Node, parcel: Node | None = None) -> None:
        number = int(order["id"].rpartition("/")[2])
        body: dict[str, Any] = {
            "id": number,
            "admin_graphql_api_id": order["id"],
            "name": order["name"],
            "email": order["email"],
            "updated_at": order["updatedAt"],
        }
        if parcel is not None:
            body = {
                "id": int(parcel["id"].rpartition("/")[2]),
                "admin_graphql_api_id": parcel["id"],
                "order_id": number,
                "updated_at": parcel["updatedAt"],
            }
        told = self._told.setdefault(order["id"], [])
        told.append(message(topic, body, at=self.clock()))

    def deliveries(self, order_id: str) -> list[Message]:
        """Return what was told about an order."""
        return list(self._told[order_id])

    def _remove(self) -> Message:
        self.platform.forget()
        self.platform.installed = False
        self.held.metafields.clear()
        body = {"id": 1, "domain": DOMAIN, "myshopify_domain": DOMAIN}
        return message("app/uninstalled", body, at=self.clock())

    # Tokens
    def revoke(self) -> None:
        """Refuse every token."""
        self.platform.forget()

    def _end_access_tokens(self) -> None:
        self.platform.end_access()

    def secrets(self) -> list[str]:
        """Return everything that was handed out."""
        return [SECRET, *self.platform.handed_out]

    def close(self) -> None:
        """Stop the servers."""
        self.api.ended.set()
        self.server.stop()
        self.close_app()


def open_stage(_folder: Path, database_url: str) -> ShopifyStage:
    """Return an empty shop and the app in front of it."""
    return ShopifyStage(database_url)
