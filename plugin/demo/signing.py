"""Signs as the platform signs: install links, session tokens, app proxy requests, webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
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


def session_token(secret: str, claims: Mapping[str, Any]) -> str:
    """Return a JWT (HS256) with these claims, as App Bridge hands them out."""
    header = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_base64(_digest(secret, signed.encode()))}"


def claims_of(secret: str, token: str) -> dict[str, Any] | None:
    """Return the claims of a session token of ours; None if it is not, or no longer good."""
    signed, _, signature = token.rpartition(".")
    expected = _base64(_digest(secret, signed.encode()))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return None
    payload = signed.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims if claims["exp"] > time.time() else None


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
