"""What a product belongs to and goes with, and what it measures, in WooCommerce's fields.

Units are not WooCommerce's own: they are those of the extension Germanized, which keeps `unit`
and `unit_price` (`product`: how much is in it, `base`: how much the price is told for).
"""

from __future__ import annotations

from decimal import Decimal

from plugin.errors import PlatformError
from plugin.measures import measure
from plugin.model import Measure, PlatformRelation
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.shape import Node

FIELDS = "tags,cross_sell_ids,upsell_ids,average_rating,rating_count,unit,unit_price"
VARIATION_FIELDS = "unit,unit_price"


def tags(node: Node) -> tuple[str, ...]:
    """Return the product's tags."""
    return _names(node, "tags")


def categories(node: Node) -> tuple[str, ...]:
    """Return the product's categories; the platform does not say what stands above them."""
    return _names(node, "categories")


def _names(node: Node, key: str) -> tuple[str, ...]:
    found = shape.inner_list(node, key)
    return tuple(shape.words(item, "name") for item in found if isinstance(item.get("name"), str))


def relations(node: Node) -> tuple[PlatformRelation, ...]:
    """Return cross-sells, which go with the product, and up-sells, which take its place.

    Either may name a variation of a product.
    """
    accessories = (PlatformRelation("accessory", item) for item in _ids(node, "cross_sell_ids"))
    others = (PlatformRelation("alternative", item) for item in _ids(node, "upsell_ids"))
    return (*accessories, *others)


def _ids(node: Node, key: str) -> list[str]:
    listed = node.get(key) or []
    values = list(listed.values()) if isinstance(listed, dict) else listed
    if not isinstance(values, list):
        raise shape.wrong()
    own = shape.optional_identifier(node, "id")
    found = (shape.optional_identifier({key: value}, key) for value in values)
    return [item for item in found if item is not None and item != own]


def rating(node: Node) -> Decimal | None:
    """Return the mean rating, of 5; None where nobody has rated."""
    found = shape.optional_amount(node, "average_rating")
    rated = found is not None and 0 < found <= 5 and node.get("rating_count") not in (0, "0")
    return found if rated else None


def options(variation: Node) -> tuple[tuple[str, str], ...]:
    """Return what a shopper chooses to get this variation."""
    return tuple(
        (shape.words(item, "name") if isinstance(item.get("name"), str) else "", value)
        for item in shape.inner_list(variation, "attributes")
        if isinstance(item.get("option"), str) and (value := shape.words(item, "option"))
    )


def measured(node: Node, product: Node) -> Measure | None:
    """Return what the price per unit is told for; what a variation lacks is its product's."""
    try:
        units = [shape.inner(item, "unit").get("name") for item in (node, product)]
        prices = [shape.inner(item, "unit_price") for item in (node, product)]
        base, amount = (
            next((found for item in prices if (found := shape.optional_amount(item, key))), None)
            for key in ("base", "product")
        )
    except PlatformError:  # an extension's own field: a wrong one is none
        return None
    name = next((unit for unit in units if isinstance(unit, str) and unit), None)
    if name is None or base is None or amount is None:
        return None
    return measure(amount, name, base, name)
