"""Checks what Shopware signs: registrations, confirmations, openings, messages; on bytes only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote_to_bytes

from plugin.errors import NotAllowedError
from plugin.security import hmac_hex_matches

#: How far a signed request's own time may differ from ours, in seconds, in both directions.
TOLERANCE = 300
_LONGEST_QUERY = 8192
_MARK = b"&shopware-shop-signature="


def verify(message: bytes, given: str, secrets: Sequence[str]) -> None:
    """Check a hex HMAC over raw bytes; NotAllowedError("signature_invalid") if it is not ours."""
    # A character outside ASCII becomes "?", which no hexadecimal text holds.
    if not hmac_hex_matches(secrets, message, given.encode("ascii", "replace")):
        raise NotAllowedError("signature_invalid")


def verify_query(raw: bytes, given: str, secrets: Sequence[str]) -> dict[str, str]:
    """Return the parameters of a query that is signed as it stands, never as it might be rebuilt.

    Shopware leaves ":" and "/" of the shop's address as they are, and signs that.
    """
    if len(raw) > _LONGEST_QUERY:
        raise NotAllowedError("signature_invalid")
    verify(raw, given, secrets)
    return read_values(raw)


def split_opening(raw: bytes) -> tuple[bytes, str]:
    """Return what the signature of an opening stands over, and the signature.

    It is the last parameter, and the only one of that name; NotAllowedError otherwise.
    """
    message, found, signature = raw.partition(_MARK)
    if not found or b"&" in signature or len(raw) > _LONGEST_QUERY:
        raise NotAllowedError("signature_invalid")
    return message, signature.decode("ascii", "replace")


def check_time(stamp: str, now: datetime) -> datetime:
    """Return the moment of a Unix time; NotAllowedError("timestamp_invalid") if it is too far."""
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise NotAllowedError("timestamp_invalid")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE:
        raise NotAllowedError("timestamp_invalid")
    return datetime.fromtimestamp(int(stamp), tz=now.tzinfo)


def read_values(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query; NotAllowedError("signature_invalid") if one is repeated."""
    values: dict[str, str] = {}
    for part in raw.split(b"&"):
        key, _, value = part.partition(b"=")
        try:
            name, content = _decoded(key), _decoded(value)
        except UnicodeDecodeError:
            raise NotAllowedError("signature_invalid") from None
        # Two readers of a repeated parameter might each believe another one of the values.
        if name in values:
            raise NotAllowedError("signature_invalid")
        values[name] = content
    return values


def _decoded(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode()
