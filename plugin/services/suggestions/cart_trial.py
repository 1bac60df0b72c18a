"""What a shopper with one product in the cart would see now: for the merchant to try rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.context import Context
from plugin.services.suggestions.answer import answer
from plugin.services.suggestions.question import CartQuestion
from plugin.store import relations as store

Origin = Literal["rule", "shop", "learned"]


@dataclass(frozen=True)
class Shown:
    """One suggestion as a shopper reads it, and who is behind it."""

    title: str
    reason: str
    origin: Origin


@dataclass(frozen=True)
class Tried:
    """What is shown for a product; `problem` says why nothing can be said."""

    title: str
    shown: tuple[Shown, ...] = ()
    problem: Literal["", "unknown_product", "several", "not_running"] = ""


def tried(context: Context, shop: Shop, wanted: str, language: str) -> Tried:
    """Return what the cart page shows beside a product that is named by title, number or id."""
    name = " ".join(plain_text(wanted).split())
    with context.db.read() as connection:
        found = store.named_products(connection, shop.id, [name]).get(name, [])
    if len(found) != 1:
        return Tried(name, problem="several" if found else "unknown_product")
    product, title = found[0]
    told = answer(context, shop, CartQuestion(((product, 1),), language=language))
    if told["campaign"] is None:
        return Tried(title, problem="not_running")
    return Tried(
        title,
        tuple(
            Shown(item["title"], item["reason"]["text"], _origin(item["mark"]))
            for item in told["items"]
        ),
    )


def _origin(mark: str) -> Origin:
    if mark == "rp":
        return "shop"
    return "rule" if mark[:1] == "r" else "learned"
