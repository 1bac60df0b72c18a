"""Checks what Shopify signs: install links, app proxy requests and webhooks; on bytes only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes

from plugin.errors import BadInputError, NotAllowedError
from plugin.platforms.shopify.addresses import clean_domain
from plugin.security import hmac_base64_matches, hmac_hex_matches

#: How far a signed request's own time may differ from ours, in seconds, in both directions.
TOLERANCE = 90
_LONGEST_QUERY = 8192
_UNSIGNED = (b"hmac", b"signature")
_ONCE = (b"shop", b"timestamp", b"hmac", b"signature", b"state", b"code")

#: Every percent sign begins one byte, written as all common encoders write it.
_ENCODED = re.compile(rb"(?:[^%]|%[0-9A-F]{2})*")

Values = dict[bytes, list[bytes]]


def parse_query(raw: bytes) -> Values:
    """Split a raw query into its decoded parameters.

    NotAllowedError("signature_invalid") if it is overlong or repeats a parameter that must be
    unique: two readers of such a query might each believe another one of the values.
    """
    if len(raw) > _LONGEST_QUERY:
        raise NotAllowedError("signature_invalid")
    values: Values = {}
    for part in raw.split(b"&"):
        if part:
            key, _, value = part.partition(b"=")
            values.setdefault(_decoded(key), []).append(_decoded(value))
    if any(len(values.get(name, ())) > 1 for name in _ONCE):
        raise NotAllowedError("signature_invalid")
    return values


def verify_link(raw: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the parameters of a signed opening or callback, with `shop` in its one form.

    NotAllowedError("signature_invalid") or ("timestamp_invalid") if it is not genuine.
    """
    values = parse_query(raw)
    given = _one(values, b"hmac")
    if not any(hmac_hex_matches(secrets, text, given) for text in _signed_texts(raw, values)):
        raise NotAllowedError("signature_invalid")
    return _fresh(values, now)


def _signed_texts(raw: bytes, values: Values) -> Iterator[bytes]:
    """Return what the hmac of a link may stand over.

    First the parameters as they were sent: split and sorted, never decoded (decoded and joined
    again, `a=1&b=2` and `a="1&b=2"` would be the same text). Shopify's own libraries differ from
    that, and from each other, for values that need encoding; their two ways follow. None of the
    texts can be reached from parameters of another meaning.
    """
    parts = raw.split(b"&")
    yield b"&".join(sorted(part for part in parts if part.split(b"=", 1)[0] not in _UNSIGNED))
    pairs = {key: items for key, items in values.items() if key not in _UNSIGNED}
    lists = any(len(items) > 1 for key, items in pairs.items() if not key.endswith(b"[]"))
    # No signer writes a name in another way than it is, but for the brackets of a list.
    hidden = any(b"%" in part.split(b"=", 1)[0].replace(b"%5B%5D", b"") for part in parts)
    if lists or hidden or not _ENCODED.fullmatch(raw):
        return
    if not any(key.endswith(b"[]") for key in pairs):
        yield b"&".join(sorted(_encoded(key) + b"=" + _encoded(pairs[key][0]) for key in pairs))
    # Where a plus stood for a space in what was sent, this text would say another thing.
    if not any(b"+" in item for items in pairs.values() for item in items):
        yield b"&".join(sorted(_escaped(key, items) for key, items in pairs.items()))


def _encoded(text: bytes) -> bytes:
    return quote(text, safe="*").replace("~", "%7E").encode()


def _escaped(key: bytes, items: list[bytes]) -> bytes:
    value = items[0]
    if key.endswith(b"[]"):
        listed = json.dumps([item.decode("utf-8", "replace") for item in items])
        key, value = key[:-2], listed.encode()
    key = key.replace(b"%", b"%25").replace(b"=", b"%3D")
    return (key + b"=" + value.replace(b"%", b"%25")).replace(b"&", b"%26")


def link_mark(raw: bytes) -> str:
    """Return the decoded hmac of a link that `verify_link` found genuine."""
    return _one(parse_query(raw), b"hmac").decode("ascii", "replace")


def verify_proxy(raw: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the parameters of a request through the shop's own domain.

    The signature stands over the decoded parameters, repeated ones joined by a comma, sorted by
    key, without any separator. Only `shop` and `logged_in_customer_id` are Shopify's own word.
    Raises as `verify_link` does.
    """
    values = parse_query(raw)
    message = b"".join(
        key + b"=" + b",".join(items)
        for key, items in sorted(values.items())
        if key != b"signature"
    )
    if not hmac_hex_matches(secrets, message, _one(values, b"signature")):
        raise NotAllowedError("signature_invalid")
    return _fresh(values, now)


def verify_body(body: bytes, given: str, secrets: Sequence[str]) -> None:
    """Check the base64 hmac over a webhook's raw body; NotAllowedError("signature_invalid")."""
    # A character outside ASCII becomes "?", which no base64 text holds.
    if not hmac_base64_matches(secrets, body, given.encode("ascii", "replace")):
        raise NotAllowedError("signature_invalid")


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _one(values: Values, name: bytes) -> bytes:
    found = values.get(name, [])
    return found[0] if len(found) == 1 else b""


def _fresh(values: Values, now: datetime) -> dict[str, str]:
    stamp = _one(values, b"timestamp")
    if not stamp.isdigit() or len(stamp) > 12:
        raise NotAllowedError("timestamp_invalid")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE:
        raise NotAllowedError("timestamp_invalid")
    try:
        text = {key.decode(): items[0].decode() for key, items in values.items()}
        text["shop"] = clean_domain(text.get("shop", ""))
    except (UnicodeDecodeError, BadInputError):
        raise NotAllowedError("signature_invalid") from None
    return text
