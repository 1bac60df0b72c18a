"""What both Shopify-compatible stages share: signed messages, goodbyes, throttling."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from werkzeug import Request, Response

from plugin.demo.settings import API_VERSION, SHOP_DOMAIN
from plugin.demo.shop import Shop as DemoShop
from plugin.demo.signing import webhook_hmac
from plugin.platforms.shopify import ShopifyPlatform
from tests.contract.app_side import AppSide
from tests.contract.stage import Message, Trouble

SECRET = "shared-by-app-and-stage-of-32-bytes"
CLIENT_ID = "client-0123456789abcdef"
DOMAIN = SHOP_DOMAIN


def is_api(path: str) -> bool:
    """Tell whether a path belongs to the platform's API."""
    return path.startswith(("/admin/api/", "/admin/oauth/access_token"))


def throttled(_request: Request) -> Response:
    """Return what the platform says when the bucket of cost points is empty."""
    cost = {
        "requestedQueryCost": 400,
        "actualQueryCost": None,
        "throttleStatus": {
            "maximumAvailable": 1000.0,
            "currentlyAvailable": 100,
            "restoreRate": 50.0,
        },
    }
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    body = json.dumps({"errors": [error], "extensions": {"cost": cost}})
    headers = {"X-Shopify-API-Version": API_VERSION}
    return Response(body, headers=headers, mimetype="application/json")


#: The platform's own form of troubles.
OWN: dict[Trouble, Callable[[Request], Response]] = {"throttled": throttled}


def message(topic: str, body: Mapping[str, Any], *, at: datetime, event: str = "") -> Message:
    """Return a signed webhook as the platform sends it."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": webhook_hmac(SECRET, raw),
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": event or str(uuid.uuid4()),
        "X-Shopify-Triggered-At": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }
    return Message("/webhooks/shopify", headers, raw)


class ShopifySide(AppSide, ABC):
    """Base of both stages; `url` is where the platform listens."""

    platform_name = "shopify"
    url: str
    _goodbye: Message | None = None

    def _follow(self) -> None:
        """Let the platform sign at the app's time; note the pauses for the bucket of points."""
        seconds = SimpleNamespace(time=lambda: self.clock().timestamp())
        self._patches: list[Any] = [patch("plugin.demo.signing.time", seconds)]
        self._patches += [patch.object(DemoShop, "now", lambda _shop: self.clock())]
        for one in self._patches:
            one.start()
        adapter = self.context.platforms["shopify"]
        assert isinstance(adapter, ShopifyPlatform)
        adapter._graphql._pause = self.pauses.append

    def close_app(self) -> None:
        """Let go of the app, and give the platform its own time back."""
        for one in self._patches:
            one.stop()
        super().close_app()

    def uninstall(self) -> None:
        """Take the app away, then tell it."""
        self._goodbye = self._remove()
        answer = self.send(self._goodbye)
        assert answer.status_code == 200, answer.text

    def farewell(self) -> Message:
        """Return the goodbye that was sent last."""
        assert self._goodbye is not None
        return self._goodbye

    def erasure(self) -> Message:
        """Return shop/redact, which comes 48 hours after the goodbye."""
        body = {"shop_id": 1, "shop_domain": DOMAIN}
        return message("shop/redact", body, at=self.clock())

    def foreign(self, message: Message) -> Message:
        """Sign with a secret that is not the app's."""
        signature = webhook_hmac("some-other-app-has-this-secret-32b", message.body)
        return replace(message, headers={**message.headers, "X-Shopify-Hmac-Sha256": signature})

    def expire(self) -> None:
        """End the access token on both sides."""
        self._end_access_tokens()
        self.outlive_tokens(self.shop(DOMAIN))

    @abstractmethod
    def _remove(self) -> Message:
        """Take the app's rights away and return app/uninstalled."""

    @abstractmethod
    def _end_access_tokens(self) -> None:
        """Let every access token be expired at the platform."""
