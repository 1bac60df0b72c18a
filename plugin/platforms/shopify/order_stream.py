"""Reads an exported order history line by line, holding one order at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from plugin.model import Order, OrderLine
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.order_parts import parse_line, parse_order
from plugin.platforms.shopify.shape import Node

# An honest line has some thirty; each opens at most one level, so this also bounds the depth to
# which the parser can recurse.
_MOST_BRACKETS = 400


def _refuse(name: str) -> None:
    raise ValueError(name)


# Built once: the module's own functions build a decoder for each call.
_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_orders(lines: Iterable[bytes]) -> Iterator[Order]:
    """Yield orders from JSON lines in which each order is followed by its own lines.

    PlatformError("platform_answer_invalid") for anything else, such as a child without its
    parent: an order with missing lines would teach wrong suggestions without anyone noticing.
    """
    parent: Node | None = None
    children: list[OrderLine] = []
    for raw in lines:
        if not raw.strip():
            continue
        item = _parsed(raw)
        if "__parentId" not in item:
            if parent is not None:
                yield parse_order(parent, tuple(children))
            parent, children = item, []
        elif parent is None or item["__parentId"] != parent.get("id"):
            raise shape.wrong()
        else:
            children.append(parse_line(item))
    if parent is not None:
        yield parse_order(parent, tuple(children))


def _parsed(raw: bytes) -> Node:
    if raw.count(b"{") + raw.count(b"[") > _MOST_BRACKETS:
        raise shape.wrong()
    try:
        item = _DECODER.decode(raw.decode())
    except ValueError:  # covers bad JSON and bad UTF-8
        raise shape.wrong() from None
    if not isinstance(item, dict):
        raise shape.wrong()
    return item
