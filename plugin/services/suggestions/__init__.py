"""Suggestions for a cart: learned from the shop's own orders, shown only with a true reason."""

from __future__ import annotations

from plugin.services.suggestions.for_cart import LONGEST_CART, ForCart, Suggested, for_cart
from plugin.services.suggestions.rebuilding import HANDLERS, learn_from_orders

__all__ = ["HANDLERS", "LONGEST_CART", "ForCart", "Suggested", "for_cart", "learn_from_orders"]
