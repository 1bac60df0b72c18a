"""Readers of the shop's answers. Plugins and PHP bend them, so what is harmless is let through.

An empty list may stand for an empty object, an object for a list with gaps, a number for a
price; what would change a meaning is refused: PlatformError("platform_answer_invalid").
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from plugin.sanitize import plain_text
from plugin.shape import Node, optional_text, sensible, text, wrong

__all__ = ["Node", "optional_text", "text", "wrong"]

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_MOST = Decimal(10) ** 10
#: How WordPress writes "never".
_NEVER = ("0000-", "-0001-")


def inner(parent: Node, key: str) -> Node:
    """Return an object, an empty one where it is missing: PHP writes an empty one as a list."""
    value = parent.get(key)
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise wrong()
    return value


def listed(value: Any) -> list[Node]:  # noqa: ANN401 - any JSON value
    """Return a list of objects; PHP writes a list with gaps as an object of numbered keys."""
    if value is None:
        return []
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong()
    return value


def inner_list(parent: Node, key: str) -> list[Node]:
    """Return a list of objects, an empty one where it is missing."""
    return listed(parent.get(key))


def identifier(parent: Node, key: str = "id") -> str:
    """Return a number that names something, as text."""
    found = optional_identifier(parent, key)
    if found is None:
        raise wrong()
    return found


def optional_identifier(parent: Node, key: str) -> str | None:
    """Return a number that names something; None for 0, which names nothing."""
    value = parent.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong()
    digits = str(value)
    if not _ID.fullmatch(digits):
        raise wrong()
    return digits.lstrip("0") or None


def optional_amount(parent: Node, key: str) -> Decimal | None:
    """Return an amount, None where it is null or empty; some plugins write it as a number."""
    value = parent.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong()
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise wrong() from None
    if not amount.is_finite() or abs(amount) >= _MOST:
        raise wrong()
    return amount


def amount(parent: Node, key: str) -> Decimal:
    """Return an amount, 0 where the shop says nothing."""
    return optional_amount(parent, key) or Decimal(0)


def optional_moment(parent: Node, key: str) -> datetime | None:
    """Return a time that is written in GMT without a zone; None where there is none."""
    value = optional_text(parent, key)
    if value is None or value.startswith(_NEVER):
        return None
    try:
        found = datetime.fromisoformat(value)
        return sensible((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        raise wrong() from None


def moment(parent: Node, *keys: str) -> datetime:
    """Return the first of several times that is known."""
    for key in keys:
        found = optional_moment(parent, key)
        if found is not None:
            return found
    raise wrong()


def words(parent: Node, key: str) -> str:
    """Return a text for people: WordPress keeps it as HTML."""
    return plain_text(html.unescape(_TAG.sub("", text(parent, key))))


def meta(parent: Node, key: str) -> Any:  # noqa: ANN401 - plugins keep anything in it
    """Return what a plugin noted under a key, the latest of several; None if nothing is there."""
    found = [item.get("value") for item in inner_list(parent, "meta_data") if _named(item, key)]
    return found[-1] if found else None


def _named(item: Node, key: str) -> bool:
    return item.get("key") == key


def web_address(value: object) -> str | None:
    """Return a plain address of the web; None for anything else."""
    if not isinstance(value, str) or not value.isprintable() or set(value) & set("\"'<>\\ "):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    plain = parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc
    return value if plain else None
