"""Strict readers of JSON from a platform: what has another shape is refused, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from plugin.errors import PlatformError

Node = dict[str, Any]
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?", re.ASCII)
_LARGEST = 10**12
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def wrong() -> PlatformError:
    """Return the error of an answer that is not what was agreed."""
    return PlatformError("platform_answer_invalid")


def node(parent: Node, key: str) -> Node:
    """Return an object that must be there."""
    value = parent.get(key)
    if not isinstance(value, dict):
        raise wrong()
    return value


def optional_node(parent: Node, key: str) -> Node | None:
    """Return an object, or None where the platform says null."""
    return None if parent.get(key) is None else node(parent, key)


def nodes(parent: Node, key: str) -> list[Node]:
    """Return a list of objects, also one wrapped as `{nodes: [...]}`."""
    value = parent.get(key)
    if isinstance(value, dict):
        value = value.get("nodes")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong()
    return value


def texts(parent: Node, key: str) -> tuple[str, ...]:
    """Return a list of texts."""
    value = parent.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong()
    return tuple(value)


def text(parent: Node, key: str) -> str:
    """Return a text that must be there, perhaps empty."""
    value = parent.get(key)
    if not isinstance(value, str):
        raise wrong()
    return value


def optional_text(parent: Node, key: str) -> str | None:
    """Return a text, or None where it is null or blank."""
    value = parent.get(key)
    if value is None:
        return None
    return text(parent, key).strip() or None


def flag(parent: Node, key: str) -> bool:
    """Return a truth value."""
    value = parent.get(key)
    if not isinstance(value, bool):
        raise wrong()
    return value


def whole(parent: Node, key: str) -> int:
    """Return a number that is not negative; the platform writes large ones as text."""
    value = parent.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong()
    return value


def amount(parent: Node, key: str) -> Decimal:
    """Return an amount, which the platform writes as text."""
    value = text(parent, key)
    if not _AMOUNT.fullmatch(value):
        raise wrong()
    return Decimal(value)


def optional_amount(parent: Node, key: str) -> Decimal | None:
    """Return an amount, or None where it is null."""
    return None if parent.get(key) is None else amount(parent, key)


def decimal(parent: Node, key: str) -> Decimal:
    """Return a quantity, which the platform writes as a JSON number."""
    value = parent.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST:
        raise wrong()
    return Decimal(repr(value))


def currency(parent: Node, key: str) -> str:
    """Return a currency code of three letters."""
    value = text(parent, key)
    if not _CURRENCY.fullmatch(value):
        raise wrong()
    return value


def moment(parent: Node, key: str) -> datetime:
    """Return a time, aware, in UTC."""
    try:
        found = datetime.fromisoformat(text(parent, key))
        return sensible(found.astimezone(UTC)) if found.tzinfo else _naive()
    except (ValueError, OverflowError):
        raise wrong() from None


def sensible(found: datetime) -> datetime:
    """Return a time of this age as it is: of the year 9999 there is no day in every zone."""
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise wrong()
    return found


def optional_moment(parent: Node, key: str) -> datetime | None:
    """Return a time, or None where it is null."""
    return None if parent.get(key) is None else moment(parent, key)


def _naive() -> datetime:
    raise ValueError("a time without a zone means nothing")
