"""Signs as the platform signs: install links, app proxy requests and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from urllib.parse import quote, urlencode

Pairs = Sequence[tuple[str, str]]


def _digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def query_hmac(secret: str, pairs: Pairs) -> str:
    """Return the lower-case hex hmac of percent-encoded, sorted parameters."""
    encoded = sorted(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)
    return _digest(secret, "&".join(encoded).encode()).hex()


def signed_query(secret: str, pairs: Pairs, *, now: float | None = None) -> str:
    """Return a raw query with `timestamp` (seconds) and `hmac`, as install links carry it."""
    stamped = [*pairs, ("timestamp", str(int(time.time() if now is None else now)))]
    full = [("hmac", query_hmac(secret, stamped)), *stamped]
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in full)


def proxy_signature(secret: str, pairs: Pairs) -> str:
    """Return the app proxy's hex signature: decoded values, sorted by key, no separator."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    message = "".join(f"{key}={','.join(items)}" for key, items in sorted(values.items()))
    return _digest(secret, message.encode()).hex()


def proxy_query(secret: str, pairs: Pairs) -> str:
    """Return the query the app proxy forwards, with its signature at the end."""
    return urlencode([*pairs, ("signature", proxy_signature(secret, pairs))])


def webhook_hmac(secret: str, body: bytes) -> str:
    """Return the base64 hmac over the raw body of a webhook."""
    return base64.b64encode(_digest(secret, body)).decode()


def host_parameter(shop_domain: str) -> str:
    """Return the `host` parameter: base64 of the shop's admin address."""
    store = shop_domain.partition(".")[0]
    return base64.b64encode(f"admin.shopify.com/store/{store}".encode()).decode()
