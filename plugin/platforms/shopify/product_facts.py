"""What a product belongs to and goes with, and what its variants measure, in Shopify's fields.

Complementary and related products are those that the merchant chose in Search & Discovery; the
rating is the standard metafield that review apps write. All of it is what merchants and apps
typed: what cannot be read counts as not said.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Literal

from plugin.errors import BadInputError
from plugin.json_in import parse_object
from plugin.measures import measure
from plugin.model import Measure, PlatformRelation
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.shape import Node
from plugin.shape import decimal

_PRODUCT = re.compile(r'"(gid://shopify/Product/[0-9]{1,20})"', re.ASCII)
_LARGEST = 65_536
#: How the platform calls the choice of a product that has none.
_NO_CHOICE = ("Title", "Default Title")
_UNITS = {"M2": "m²", "M3": "m³", "ITEM": "item"}


def categories(item: Node) -> tuple[str, ...]:
    """Return the product's type, its place in the platform's taxonomy, and its collections."""
    placed = shape.optional_node(item, "category")
    path = "" if placed is None else shape.text(placed, "fullName")
    above = [name.strip() for name in reversed(path.split(" > "))]
    collections = [shape.text(entry, "title") for entry in shape.nodes(item, "collections")]
    names = [shape.text(item, "productType"), *above, *collections]
    return tuple(dict.fromkeys(name for name in names if name))


def relations(item: Node) -> tuple[PlatformRelation, ...]:
    """Return what the merchant said that goes with the product, or in place of it."""
    own = shape.gid(item)
    found = (*_chosen(item, "complementary", "accessory"), *_chosen(item, "related", "alternative"))
    # Apps that fill these fields are seen to name the product itself.
    return tuple(relation for relation in found if relation.product_id != own)


def _chosen(
    item: Node, field: str, kind: Literal["accessory", "alternative"]
) -> list[PlatformRelation]:
    value = _value(item, field)
    return [PlatformRelation(kind, product_id) for product_id in _PRODUCT.findall(value)]


def rating(item: Node) -> Decimal | None:
    """Return the mean rating, of 5."""
    try:
        told = parse_object(_value(item, "rating").encode(), max_bytes=_LARGEST)
        value, top = Decimal(str(told["value"])), Decimal(str(told["scale_max"]))
        found = (value * 5 / top).quantize(Decimal("0.01"))
    except (BadInputError, InvalidOperation, KeyError, ZeroDivisionError):
        return None
    return found if 0 < found <= 5 else None


def _value(item: Node, field: str) -> str:
    found = shape.optional_node(item, field)
    return "" if found is None else shape.text(found, "value")[:_LARGEST]


def options(variant: Node) -> tuple[tuple[str, str], ...]:
    """Return what a shopper chooses to get this variant."""
    chosen = shape.nodes(variant, "selectedOptions")
    found = tuple((shape.text(one, "name"), shape.text(one, "value")) for one in chosen)
    return () if found == (_NO_CHOICE,) else found


def measured(variant: Node) -> Measure | None:
    """Return what the price per unit is told for."""
    told = shape.optional_node(variant, "unitPriceMeasurement")
    if told is None:
        return None
    own, reference = told.get("quantityUnit"), told.get("referenceUnit")
    if own in (None, "UNKNOWN") or reference in (None, "UNKNOWN"):
        return None
    return measure(
        decimal(told, "quantityValue"),
        _unit(shape.text(told, "quantityUnit")),
        Decimal(shape.whole(told, "referenceValue")),
        _unit(shape.text(told, "referenceUnit")),
    )


def _unit(name: str) -> str:
    return _UNITS.get(name, name.lower())
