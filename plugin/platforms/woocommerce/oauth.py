"""One-legged OAuth 1.0a, the only way in which WooCommerce takes keys over plain HTTP.

Real shops are spoken to over HTTPS alone; this is for development shops on loopback.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit


def signed_header(method: str, url: str, token: str, *, nonce: str, timestamp: int) -> str:
    """Return the Authorization header of a request; `token` is "key:secret" (RFC 5849)."""
    key, _, secret = token.partition(":")
    parts = urlsplit(url)
    given = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }
    values = sorted([*parse_qsl(parts.query, keep_blank_values=True), *given.items()])
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in values)
    bare = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    text = "&".join((method, _encoded(bare), _encoded(query)))
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()
    given["oauth_signature"] = base64.b64encode(digest).decode()
    return "OAuth " + ", ".join(f'{name}="{_encoded(value)}"' for name, value in given.items())


def _encoded(text: str) -> str:
    return quote(text, safe="")
