"""Shopware 6 as a stage: the fake shop over dicts, its handshake, its signed messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug import Request, Response
from werkzeug.test import TestResponse

from plugin.manifest import load_manifest
from plugin.model import Shop
from plugin.platforms.shopware import ShopwarePlatform
from tests.contract.app_side import PUBLIC_URL, AppSide, RunningClock
from tests.contract.platform_side import Loopback, Stranger, Troublesome
from tests.contract.stage import Message
from tests.fakes import shopware_goods as goods
from tests.fakes.shopware import FakeShopware, error, new_id, stamp
from tests.fakes.shopware_app import APP_NAME, Call, ShopwareApp, sign

DOMAIN = "uferhaus.example"
SECRET = "an-app-secret-of-the-package-32-bytes"


def _throttled(_request: Request) -> Response:
    return error(429, "FRAMEWORK__RATE_LIMIT_EXCEEDED", "Too many requests")


class ShopwareStage(AppSide):
    """One shop of the newest version, which signs a new registration twice."""

    name = "shopware"
    platform_name = "shopware"

    def __init__(self, database_url: str, others: Mapping[str, str] | None = None) -> None:
        """`others` are more shop domains with their addresses on loopback."""
        stranger = Stranger()
        self.server = Loopback()
        self.clock = RunningClock()
        scopes = load_manifest().platforms["shopware"].scopes
        self.held = FakeShopware(self.server.url, lambda: self.clock(), scopes)
        self.app = ShopwareApp(self.held, f"https://{DOMAIN}", SECRET)
        self.api = Troublesome(
            self.held, lambda path: path.startswith("/api/"), {"throttled": _throttled}, stranger
        )
        self.server.app = self.api
        self._told: dict[str, list[Message]] = {}
        self._goodbye: Message | None = None
        self._tokens: list[str] = []
        origins = {DOMAIN: self.server.url, **(others or {})}
        super().__init__(database_url, stranger, origins, shopware_secret=SECRET)
        adapter = self.context.platforms["shopware"]
        assert isinstance(adapter, ShopwarePlatform)
        adapter._clock = self.clock

    # The merchant's side
    def install(self) -> Shop:
        """Register and confirm, switch the app on, and open it."""
        answer = self.register()
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        confirmed = self.call(self.app.confirmation(told, self.clock()))
        assert confirmed.status_code == 204, confirmed.text
        self.app.confirmed(told)
        self._event("app.installed", {"appVersion": "0.1.0"})
        self.held.active = True
        self._event("app.activated", {})
        assert self.visit(self.app.opening(self.clock())).status_code == 302
        # The next registration of the same second would carry the same signature.
        self.clock.move(seconds=1)
        return self.shop(DOMAIN)

    def register(self) -> TestResponse:
        """Send the first request of the handshake."""
        return self.call(self.app.registration(self.clock()), method="GET")

    def call(self, call: Call, method: str = "POST") -> TestResponse:
        """Send one request of the shop to the app."""
        parts = urlsplit(call.path)
        return self.client.open(
            f"{parts.path}?{parts.query}",
            method=method,
            headers=call.headers,
            data=call.body,
            base_url=PUBLIC_URL,
        )

    def _event(self, event: str, payload: object) -> None:
        call = self.app.message(event, payload, self.clock())
        assert self.call(call).status_code == 200

    def uninstall(self) -> None:
        """Say goodbye, then take everything away."""
        self._goodbye = _message(self.app.message("app.deleted", [], self.clock()))
        answer = self.send(self._goodbye)
        assert answer.status_code == 200, answer.text
        self._tokens += self.held.tokens
        self.app.removed()

    def farewell(self) -> Message:
        """Return the goodbye that was sent last."""
        assert self._goodbye is not None
        return self._goodbye

    def revoke(self) -> None:
        """Let the integration of the app be deleted by hand."""
        self._tokens += self.held.tokens
        self.held.keys, self.held.tokens = {}, {}

    def expire(self) -> None:
        """End every token on both sides."""
        self._tokens += self.held.tokens
        self.held.tokens = {}
        self.outlive_tokens(self.shop(DOMAIN))

    def erasure(self) -> None:
        """Shopware has no message that asks for the erasure of a shop."""
        return

    # What the shop holds
    def put_product(self, number: int) -> str:
        """Add a product."""
        return str(goods.add_product(self.held, number)["id"])

    def touch_product(self, product_id: str) -> None:
        """Change a product."""
        self.held.rows["product"][product_id]["updatedAt"] = self.held.next_change()

    def delete_product(self, product_id: str) -> None:
        """Delete a product."""
        goods.forget_product(self.held, product_id)

    def put_customer(self, email: str) -> str:
        """Let somebody have an account."""
        return str(goods.add_customer(self.held, email)["id"])

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Place an order."""
        order = goods.add_order(self.held, email, products, code)
        self._tell("checkout.order.placed", order["id"])
        return str(order["id"])

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Hand a parcel over."""
        goods.ship(self.held, self.held.rows["order"][order_id], carrier, [number])
        self._tell("state_enter.order_delivery.state.shipped", order_id)

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        goods.cancel(self.held, self.held.rows["order"][order_id])
        self._tell("state_enter.order.state.cancelled", order_id)

    def take_code(self, code: str) -> None:
        """Let a promotion of the merchant have a code."""
        promotion = {"id": new_id(), "name": "Sommer", "createdAt": stamp(self.clock())}
        self.held.put("promotion", promotion)
        taken = {"id": new_id(), "promotionId": promotion["id"], "code": code}
        self.held.put("promotion_individual_code", taken)

    def vouchers(self) -> list[str]:
        """Return every code."""
        return [row["code"] for row in self.held.listed("promotion_individual_code")]

    def consents(self) -> Mapping[str, bool]:
        """Return who is subscribed."""
        rows = self.held.listed("newsletter_recipient")
        return {row["email"]: row["status"] in ("optIn", "direct") for row in rows}

    def embedded(self) -> str | None:
        """Return the key that our templates print."""
        return self.held.settings.get(f"{APP_NAME}.config.shopKey")

    # Messages
    def _tell(self, event: str, order_id: str) -> None:
        order = self.held.rows["order"][order_id]
        customer = order["orderCustomer"] or {}
        payload = {
            "order": {
                "id": order_id,
                "orderNumber": order["orderNumber"],
                "orderCustomer": {"email": customer.get("email")},
            }
        }
        call = self.app.message(event, payload, self.clock())
        self._told.setdefault(order_id, []).append(_message(call))

    def deliveries(self, order_id: str) -> list[Message]:
        """Return what was said about an order."""
        return self._told[order_id]

    def foreign(self, message: Message) -> Message:
        """Sign with a secret that is not the shop's."""
        signature = sign("another-shop-has-this-secret" * 3, message.body)
        headers = {**message.headers, "shopware-shop-signature": signature}
        return replace(message, headers=headers)

    def secrets(self) -> list[str]:
        """Return the app's secret, all keys, all secrets and all tokens."""
        return [*self.app.given, *self._tokens, *self.held.tokens]

    def close(self) -> None:
        """Stop, and be sure that the real schema had nothing against any message."""
        self.api.ended.set()
        self.server.stop()
        self.close_app()
        assert not self.held.problems, self.held.problems[:5]


def _message(call: Call) -> Message:
    assert json.loads(call.body)
    return Message(call.path, call.headers, call.body)


def open_stage(folder: Path, database_url: str) -> ShopwareStage:
    """Return an empty Shopware shop with the app in front of it."""
    return ShopwareStage(database_url)
