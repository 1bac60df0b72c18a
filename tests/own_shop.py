"""A shop of its own, registered with the real service, that signs its calls as any caller would."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app, handlers
from plugin.http_out import HttpOut
from plugin.model import Shop
from plugin.platforms.script_tag import ScriptTagPlatform
from plugin.services import front_door
from plugin.services.context import Context
from plugin.services.door_links import Registration
from plugin.services.steps import Runner

WISH = Registration("teehaus.example", "Teehaus", "chefin@teehaus.example", "de")
T = "2026-11-20T10:00:00Z"


def with_script_tag(context: Context, **origins: str) -> Context:
    """Return the context with the adapter for any shop beside the others."""
    platform = ScriptTagPlatform(
        context.config.public_url, origins, HttpOut(list(origins.values()))
    )
    return replace(context, platforms={**context.platforms, "script_tag": platform})


def signature(secret: str, at: int, method: str, target: str, body: bytes) -> str:
    """Return the header of a call, written from the documentation, not from the app's code."""
    message = f"{at}\n{method}\n{target}\n".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


def identity_hash(secret: str, identifier: str) -> str:
    """Return what the shop's server makes for `bleib.identify`, written from the documentation."""
    key = hmac.new(secret.encode(), b"bleib.identify", hashlib.sha256).hexdigest()
    return hmac.new(key.encode(), identifier.encode(), hashlib.sha256).hexdigest()


@dataclass
class OwnShop:
    """One registered shop and its way to the app."""

    context: Context
    client: FlaskClient = field(init=False)
    shop: Shop = field(init=False)
    secret: str = field(init=False)
    ticks: int = 0

    def __post_init__(self) -> None:
        app = create_app(context=self.context)
        app.config["TESTING"] = False
        self.client = app.test_client()
        entered = front_door.add(self.context, WISH)
        self.shop, self.secret = entered.shop, entered.secret

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        at: int | None = None,
        secret: str | None = None,
        **headers: str,
    ) -> TestResponse:
        """Make a signed call; each with a second of its own, as if time went on."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        target = f"/api/v1/{self.shop.key}{path}"
        if at is None:
            self.ticks += 1
            at = int(self.context.now().timestamp()) - 250 + self.ticks
        given = signature(secret or self.secret, at, method, target, raw)
        return self.client.open(
            target, method=method, data=raw, headers={"Bleib-Signature": given, **headers}
        )

    def work(self) -> None:
        """Run everything that is due."""
        runner = Runner(self.context, handlers(), "test")
        while runner.run_due():
            pass


def an_order(number: int = 1007, /, **values: Any) -> dict[str, Any]:
    """Return an order as the API takes it."""
    return {
        "id": str(number),
        "number": str(number),
        "email": "mara@post.example",
        "postcode": "78462",
        "country": "DE",
        "currency": "EUR",
        "total": "57.00",
        "placed_at": T,
        "updated_at": T,
        "lines": [
            {"id": "1", "product_id": "31", "title": "Teeschale", "quantity": 3, "price": "19.00"}
        ],
        **values,
    }


def a_shipment(**values: Any) -> dict[str, Any]:
    """Return a parcel as the API takes it."""
    return {
        "id": "p1",
        "carrier": "DHL",
        "tracking_number": "00340434161094000001",
        "created_at": T,
        "updated_at": T,
        **values,
    }


def a_product(number: int = 31, /, **values: Any) -> dict[str, Any]:
    """Return a product as the API takes it."""
    return {
        "id": str(number),
        "title": f"Teeschale {number}",
        "url": f"/teeschale-{number}",
        "updated_at": T,
        "variants": [{"id": f"{number}-1", "price": "19.00"}],
        **values,
    }
