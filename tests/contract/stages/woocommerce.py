"""A WooCommerce shop as a stage: its REST API over HTTP, the merchant and the shoppers by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from werkzeug import Request, Response

from plugin.model import Shop
from plugin.services.access import signing_secrets
from tests.contract.app_side import PUBLIC_URL, AppSide
from tests.contract.platform_side import Loopback, Stranger, Troublesome
from tests.contract.stage import Message
from tests.fakes.woocommerce import WooSite, signature
from tests.fakes.woocommerce_shop import Json, WooShop

DOMAIN = "uferhaus.example"


class WooStage(AppSide):
    """One shop with our plugin installed and not connected yet."""

    name = "woocommerce"
    platform_name = "woocommerce"

    def __init__(self, _folder: Path, database_url: str) -> None:
        stranger = Stranger()
        self.server = Loopback()
        self.url = self.server.url
        self.woo = WooShop()
        self.woo.url = self.url
        self.site = WooSite(self.woo)
        self.site.address = self.url
        self.woo.ping = self._ping
        self.api = Troublesome(self.site, self.site.is_api, {"throttled": _limited}, stranger)
        self.server.app = self.api
        self._goodbye: Message | None = None
        self._news: dict[str, list[tuple[str, Json]]] = {}
        super().__init__(database_url, stranger, {DOMAIN: self.url})
        self.woo.clock = self.clock

    # The merchant's side
    def install(self) -> Shop:
        """Enter the shop's address, approve on its key page, come back."""
        form = self.visit(f"{PUBLIC_URL}/install/woocommerce?shop_url={DOMAIN}")
        found = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
        assert found is not None
        answer = self.visit(
            f"{PUBLIC_URL}/install/woocommerce",
            method="POST",
            data={"csrf_token": found[1], "shop_url": DOMAIN},
        )
        assert answer.status_code == 303, answer.text
        page = requests.get(answer.headers["Location"], timeout=10)
        assert page.status_code == 200, page.text
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        headers, body = self.site.keys_message(asked["user_id"][0], asked["scope"][0])
        taken = self.send(Message(urlsplit(asked["callback_url"][0]).path, headers, body))
        assert taken.status_code == 200, taken.text
        back = f"{asked['return_url'][0]}?success=1&user_id={asked['user_id'][0]}"
        answer = self.visit(back)
        # Into the setup of a new shop; a known one is entered through its own WordPress.
        assert answer.status_code in (200, 302), answer.text
        return self.shop(DOMAIN)

    def uninstall(self) -> None:
        """Switch the plugin off: it says goodbye and forgets; the merchant deletes the keys."""
        shop = self.shop(DOMAIN)
        if self._secret() not in signing_secrets(self.context, shop):
            self.run_steps()  # the plugin must have been told with what it signs now
        secret = self._secret()
        at = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
        headers, body = self.site.message("app.uninstalled", {"shop": shop.key, "at": at}, secret)
        self._goodbye = Message(f"/webhooks/woocommerce/{shop.key}", headers, body)
        answer = self.send(self._goodbye)
        assert answer.status_code == 200, answer.text
        self.woo.embed = None
        self.woo.keys.clear()

    def farewell(self) -> Message:
        """Return the goodbye that was sent last."""
        assert self._goodbye is not None
        return self._goodbye

    def revoke(self) -> None:
        """Delete the keys in WooCommerce's settings."""
        self.woo.keys.clear()

    def expire(self) -> None:
        """Keys have no end."""
        raise NotImplementedError

    def erasure(self) -> Message | None:
        """WooCommerce has no such message."""
        return None

    # What the shop holds
    def put_product(self, number: int) -> str:
        """Add a product."""
        return str(self.woo.put_product(f"Schale {number}", "49.00")["id"])

    def touch_product(self, product_id: str) -> None:
        """Change a product."""
        self.woo.touched(self.woo.products[int(product_id)])

    def delete_product(self, product_id: str) -> None:
        """Delete a product."""
        self.woo.delete_product(int(product_id))

    def put_customer(self, email: str) -> str:
        """Let somebody open an account."""
        return str(self.woo.put_customer(email)["id"])

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Buy one of each, with an account; without `email` all about the person is empty."""
        if email and not any(item["email"] == email for item in self.woo.customers.values()):
            self.woo.put_customer(email)
        order = self.woo.put_order(email or "", [int(item) for item in products], code)
        self._note("order.created", order)
        self._note("order.updated", order)
        return str(order["id"])

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Note a parcel."""
        self.woo.ship(int(order_id), carrier, number)
        self._note("order.updated", self.woo.orders[int(order_id)])

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        order = self.woo.orders[int(order_id)]
        order["status"] = "cancelled"
        self._note("order.updated", self.woo.touched(order))

    def take_code(self, code: str) -> None:
        """Make a coupon of the merchant's own."""
        self.woo.put_coupon(code, description="Sommer", amount="3")

    def vouchers(self) -> list[str]:
        """Return every code."""
        return [item["code"] for item in self.woo.coupons.values()]

    def consents(self) -> Mapping[str, bool]:
        """Return what the accounts say of the newsletter."""
        return {item["email"]: _subscribed(item) for item in self.woo.customers.values()}

    def embedded(self) -> str | None:
        """Return the key in the tag on the storefront."""
        page = requests.get(f"{self.url}/", timeout=10).text
        found = re.search(r'data-shop="([^"]+)"', page)
        return found[1] if found else None

    # Messages
    def deliveries(self, order_id: str) -> list[Message]:
        """Return what the webhooks would have sent."""
        secret, key = self._secret(), self.shop(DOMAIN).key
        return [
            Message(f"/webhooks/woocommerce/{key}", *self.site.message(topic, content, secret))
            for topic, content in self._news[order_id]
        ]

    def foreign(self, message: Message) -> Message:
        """Sign with another shop's secret."""
        given = signature(message.body, "some-other-shop-has-this-secret")
        return replace(message, headers={**message.headers, "X-WC-Webhook-Signature": given})

    def secrets(self) -> Sequence[str]:
        """Return every key and signing secret given out so far."""
        return list(self.woo.given)

    def close(self) -> None:
        """Stop the servers."""
        self.api.ended.set()
        self.server.stop()
        self.close_app()

    def _secret(self) -> str:
        if self.woo.embed is not None:
            return str(self.woo.embed["secret"])
        return next(iter(self.woo.webhook_secrets.values()), "")

    def _note(self, topic: str, order: Json) -> None:
        self._news.setdefault(str(order["id"]), []).append((topic, deepcopy(order)))

    def _ping(self, url: str, hook: int) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.send(Message(urlsplit(url).path, headers, f"webhook_id={hook}".encode()))
        assert answer.status_code == 200, answer.text


def _limited(_request: Request) -> Response:
    # WooCommerce has no limit of its own; hosts and firewalls put one in front of it.
    return Response("<h1>429 Too Many Requests</h1>", status=429, headers={"Retry-After": "1"})


def _subscribed(customer: Json) -> bool:
    values: dict[str, Any] = {item["key"]: item["value"] for item in customer["meta_data"]}
    return values.get("bleib_newsletter") == "subscribed"


def open_stage(folder: Path, database_url: str) -> WooStage:
    """Return a fresh stage."""
    return WooStage(folder, database_url)
