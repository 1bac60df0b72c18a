"""Readers of Shopify's answers: the common ones, and those of its own shapes."""

from __future__ import annotations

import re

from plugin.model import Money
from plugin.shape import (
    Node,
    amount,
    currency,
    flag,
    moment,
    node,
    nodes,
    optional_amount,
    optional_moment,
    optional_node,
    optional_text,
    text,
    texts,
    whole,
    wrong,
)

__all__ = [
    "Node",
    "amount",
    "currency",
    "flag",
    "gid",
    "moment",
    "node",
    "nodes",
    "optional_amount",
    "optional_moment",
    "optional_node",
    "optional_text",
    "shop_money",
    "text",
    "texts",
    "whole",
    "wrong",
]

_GID = re.compile(r"gid://shopify/[A-Za-z]{1,60}/[A-Za-z0-9._-]{1,80}", re.ASCII)


def gid(parent: Node, key: str = "id") -> str:
    """Return a global identifier of the platform."""
    value = text(parent, key)
    if not _GID.fullmatch(value):
        raise wrong()
    return value


def shop_money(parent: Node, key: str) -> Money:
    """Return the side of a money pair that is in the shop's own currency."""
    money = node(node(parent, key), "shopMoney")
    return Money(amount(money, "amount"), currency(money, "currencyCode"))
