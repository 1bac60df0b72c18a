"""The shop's half of the handshake and its signed messages, byte for byte as they were seen."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.fakes.shopware import FakeShopware, new_id

APP_NAME = "Bleib"


def sign(secret: str, message: bytes | str) -> str:
    """Return the hex HMAC that Shopware puts into its headers."""
    raw = message.encode() if isinstance(message, str) else message
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def php_json(content: Any) -> bytes:
    """Return JSON as PHP writes it: no spaces, slashes escaped."""
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()


@dataclass(frozen=True)
class Call:
    """One request of the shop to the app."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


class ShopwareApp:
    """Our app as one shop has it installed. `signs_twice` is what newer versions do."""

    def __init__(
        self, shop: FakeShopware, shop_url: str, app_secret: str, *, signs_twice: bool = True
    ) -> None:
        self.shop = shop
        self.shop_url = shop_url
        self.shop_id = "RDPcp4GHBFtCVRee"
        self.signs_twice = signs_twice
        self.secret = ""
        self.installed = False
        self.given: list[str] = [app_secret]
        self._app_secret = app_secret

    def registration(self, now: datetime) -> Call:
        """Return the request for a registration; ":" and "/" stay as they are."""
        query = f"shop-id={self.shop_id}&shop-url={self.shop_url}&timestamp={now.timestamp():.0f}"
        headers = {
            "shopware-app-signature": sign(self._app_secret, query),
            "sw-version": "6.7.10.1" if self.signs_twice else "6.6.7.1",
            "sw-user-language": "de-DE",
        }
        if self.signs_twice and self.secret:
            headers["shopware-shop-signature"] = sign(self.secret, query)
        return Call(f"/install/shopware/register?{query}", headers)

    def proof(self) -> str:
        """Return what the app must answer."""
        return sign(self._app_secret, self.shop_id + self.shop_url + APP_NAME)

    def confirmation(self, answer: dict[str, str], now: datetime) -> Call:
        """Return the confirmation with fresh keys; the secret counts from `confirmed` on."""
        assert hmac.compare_digest(answer["proof"].strip(), self.proof())
        assert 64 <= len(answer["secret"]) <= 255
        key, secret = "SWIA" + secrets.token_hex(11).upper(), secrets.token_urlsafe(40)
        self.shop.keys = {key: secret}
        # A fresh app is switched on after its confirmation, never before.
        self.shop.active = self.installed and self.shop.active
        self.installed = True
        self.given += [key, secret, answer["secret"]]
        body = php_json(
            {
                "apiKey": key,
                "secretKey": secret,
                "timestamp": f"{now.timestamp():.0f}",
                "shopUrl": self.shop_url,
                "shopId": self.shop_id,
            }
        )
        headers = {
            "Content-Type": "application/json",
            "shopware-shop-signature": sign(answer["secret"], body),
        }
        if self.signs_twice and self.secret:
            headers["shopware-shop-signature-previous"] = sign(self.secret, body)
        return Call(answer["confirmation_url"], headers, body)

    def confirmed(self, answer: dict[str, str]) -> None:
        """Sign with the new secret from now on."""
        self.secret = answer["secret"]

    def message(self, event: str, payload: Any, now: datetime) -> Call:
        """Return a signed webhook."""
        body = php_json(
            {
                "data": {"payload": payload, "event": event},
                "source": {
                    "url": self.shop_url,
                    "eventId": new_id(),
                    "shopId": self.shop_id,
                    "appVersion": "0.1.0",
                },
                "timestamp": int(now.timestamp()),
            }
        )
        headers = {
            "Content-Type": "application/json",
            "shopware-shop-signature": sign(self.secret, body),
            "sw-version": "6.7.10.1",
        }
        return Call("/webhooks/shopware", headers, body)

    def opening(self, now: datetime) -> str:
        """Return the address of the frame in the administration, without the app's own."""
        query = (
            f"shop-id={self.shop_id}&shop-url={self.shop_url}&timestamp={now.timestamp():.0f}"
            "&sw-version=6.7.10.1&sw-context-language=2fbb5fe2e29a4d70aa5854ce7ce3e20b"
            "&sw-user-language=de-DE"
        )
        return f"/install/shopware?{query}&shopware-shop-signature={sign(self.secret, query)}"

    def removed(self) -> None:
        """Take the app away: its keys and its settings go along."""
        self.shop.keys, self.shop.tokens = {}, {}
        self.installed = False
        held = self.shop.settings.items()
        self.shop.settings = {k: v for k, v in held if not k.startswith(f"{APP_NAME}.")}
