"""What Shopware writes in a way of its own: ids, numbers, PHP's empty lists in place of objects."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from plugin.shape import Node, node, nodes, optional_moment, optional_text, text, wrong

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MOST = 10**12
_NOISE = Decimal("0.00005")


def identifier(parent: Node, key: str = "id") -> str:
    """Return an id of the platform: 32 lower-case hexadecimal digits."""
    value = text(parent, key)
    if not _ID.fullmatch(value):
        raise wrong()
    return value


def optional_identifier(parent: Node, key: str) -> str | None:
    """Return an id, or None where it is null."""
    return None if parent.get(key) is None else identifier(parent, key)


def number(parent: Node, key: str) -> Decimal:
    """Return an amount, which the platform writes as a JSON number with the noise of floats."""
    value: Any = parent.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _MOST:
        raise wrong()
    exact = Decimal(repr(value))
    cents = exact.quantize(Decimal("0.01"))
    # Four places are all that a price of the shop ever has; most have two.
    return cents if abs(exact - cents) < _NOISE else exact.quantize(Decimal("0.0001"))


def mapping(parent: Node, key: str) -> Node:
    """Return an object that may be null, or empty and thus written as an empty list."""
    value = parent.get(key)
    return {} if value is None or value == [] else node(parent, key)


def listed(parent: Node, key: str) -> list[Node]:
    """Return a list of objects that may be null: an association that holds nothing."""
    return [] if parent.get(key) is None else nodes(parent, key)


def name_of(item: Node) -> str | None:
    """Return a name in the storefront's language, else in the system's."""
    return optional_text(mapping(item, "translated"), "name") or optional_text(item, "name")


def optional_flag(parent: Node, key: str) -> bool | None:
    """Return a truth value, None where it is null (a variant then has that of its product)."""
    value = parent.get(key)
    if value is not None and not isinstance(value, bool):
        raise wrong()
    return value


def changed(*parts: Node) -> datetime:
    """Return when any of the parts changed last; `updatedAt` is null until the first change."""
    found = [
        moment
        for part in parts
        for key in ("createdAt", "updatedAt")
        if (moment := optional_moment(part, key)) is not None
    ]
    if not found:
        raise wrong()
    return max(found)
