"""Suggestions for a cart: learned from the shop's own orders, shown only with a true reason."""

from __future__ import annotations

from plugin.services.suggestions import one_thread  # noqa: F401 - before numpy is loaded

# isort: split
from plugin.services.steps import Handler
from plugin.services.suggestions import nightly, rebuilding
from plugin.services.suggestions.answer import answer
from plugin.services.suggestions.for_cart import ForCart, Suggested, for_cart
from plugin.services.suggestions.question import (
    LONGEST_CART,
    CartQuestion,
    read_address,
    read_body,
)
from plugin.services.suggestions.rebuilding import learn_from_orders
from plugin.services.suggestions.shopper import Shopper, shopper_of

__all__ = [
    "HANDLERS",
    "LONGEST_CART",
    "CartQuestion",
    "ForCart",
    "Shopper",
    "Suggested",
    "answer",
    "for_cart",
    "learn_from_orders",
    "read_address",
    "read_body",
    "shopper_of",
]

HANDLERS: dict[str, Handler] = {**rebuilding.HANDLERS, **nightly.HANDLERS}
