"""Signs as Shopify does: install links, proxy requests, webhooks, session tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import jwt
import shopify

from tests.platforms.admin import CLIENT_ID, DOMAIN, SECRET

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))

Pairs = list[tuple[str, str]]


def mac(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def link(found: list[tuple[str, str]], secret: str = SECRET, stamp: str = STAMP) -> bytes:
    parts = [("shop", DOMAIN), ("timestamp", stamp), *found]
    encoded = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in parts]
    given = mac(secret, "&".join(sorted(encoded)).encode()).hex()
    return "&".join([*encoded, f"hmac={given}"]).encode()


def proxied(
    found: list[tuple[str, str]],
    secret: str = SECRET,
    stamp: str = STAMP,
    shop: str = DOMAIN,
) -> str:
    parts = [*found, ("shop", shop), ("path_prefix", "/apps/bleib"), ("timestamp", stamp)]
    grouped: dict[str, list[str]] = {}
    for key, value in parts:
        grouped.setdefault(key, []).append(value)
    message = "".join(f"{key}={','.join(items)}" for key, items in sorted(grouped.items()))
    given = mac(secret, message.encode()).hex()
    return urlencode([*parts, ("signature", given)])


def as_sent(parts: Pairs) -> str:
    """Sign the text that is sent, as Shopify's documents for links show it."""
    return "&".join(
        sorted(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in parts)
    )


def as_javascript(parts: Pairs) -> str:
    """Sign the text that Shopify's JavaScript library puts together."""
    encoded = [urlencode([part]).replace("+", "%20").replace("~", "%7E") for part in parts]
    return "&".join(sorted(part.replace("%2A", "*") for part in encoded))


def fresh_link(found: Pairs, signer: str, encoder: Callable[..., str]) -> str:
    """Return a link of this moment, signed in one of three ways and encoded in one of two."""
    parts = [("shop", DOMAIN), ("timestamp", str(int(time.time()))), *found]
    if signer == "python":
        shopify.Session.setup(api_key=CLIENT_ID, secret=SECRET)
        given = shopify.Session.calculate_hmac(dict(parts))
    else:
        message = (as_sent if signer == "sent" else as_javascript)(parts)
        given = mac(SECRET, message.encode()).hex()
    return urlencode([*parts, ("hmac", given)], quote_via=encoder)


def hook(body: bytes, **changes: str) -> dict[str, str]:
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": base64.b64encode(mac(SECRET, body)).decode(),
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": "w-1",
        "X-Shopify-Event-Id": "e-1",
        "X-Shopify-Triggered-At": "2026-11-21T12:00:00.123456789Z",
    }
    return {name: value for name, value in {**headers, **changes}.items() if value}


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a token of this moment; a change to None leaves the claim out."""
    now = int(time.time())
    found = {
        "iss": f"https://{DOMAIN}/admin",
        "dest": f"https://{DOMAIN}",
        "aud": CLIENT_ID,
        "sub": "42",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def token(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    """Return a signed session token."""
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)
