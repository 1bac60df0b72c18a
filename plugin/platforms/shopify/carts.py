"""Permanent links to a cart, which Shopify fills by itself."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.model import storefront_id


class ShopifyCarts:
    """Knows the address of a filled cart."""

    def cart_link(self, storefront_url: str, items: Sequence[tuple[str, int]]) -> str:
        """Return the address of a cart with these variants; it replaces what was in it.

        What is no number is none of Shopify's variants and left out.
        """
        numbers = [(storefront_id(variant), quantity) for variant, quantity in items]
        lines = [f"{number}:{quantity}" for number, quantity in numbers if number.isdecimal()]
        # Without this it leads to the checkout at once.
        return f"{storefront_url.rstrip('/')}/cart/{','.join(lines)}?storefront=true"
