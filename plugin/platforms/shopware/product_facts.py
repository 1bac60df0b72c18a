"""What a product belongs to and goes with, and what its variants measure, in Shopware's fields."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal

from plugin.measures import measure
from plugin.model import Measure, PlatformRelation
from plugin.platforms.shopware.shape import identifier, listed, mapping, name_of
from plugin.shape import Node, decimal, optional_node, optional_text

FIELDS = ("tags", "categories", "crossSellings", "unit", "purchaseUnit", "referenceUnit",
          "ratingAverage")  # fmt: skip
OPTION: dict[str, Any] = {"associations": {"group": {}}}
ASSOCIATIONS: dict[str, Any] = {
    "tags": {},
    "categories": {},
    "unit": {},
    "crossSellings": {"associations": {"assignedProducts": {}}},
}
INCLUDES = {
    "property_group_option": ["name", "translated", "group"],
    "property_group": ["name", "translated"],
    "tag": ["name"],
    "category": ["name", "translated", "breadcrumb"],
    "unit": ["shortCode", "name", "translated"],
    "product_cross_selling": ["name", "translated", "active", "position", "assignedProducts"],
    "product_cross_selling_assigned_products": ["productId", "position"],
}
#: Cross-selling has a free name, and no other sign of what is meant by it.
_IN_PLACE_OF = re.compile(r"alternativ|ähnlich|aehnlich|similar|stattdessen|instead", re.IGNORECASE)


def tags(item: Node) -> tuple[str, ...]:
    """Return the product's tags."""
    return tuple(name for entry in listed(item, "tags") if (name := name_of(entry)))


def categories(item: Node) -> tuple[str, ...]:
    """Return the categories that the product is in, then those above them, without the root."""
    found = listed(item, "categories")
    names = [name_of(entry) for entry in found]
    above = [name for entry in found for name in reversed(_path(entry)[1:-1])]
    return tuple(dict.fromkeys(name for name in (*names, *above) if name))


def _path(entry: Node) -> list[str]:
    told = mapping(entry, "translated").get("breadcrumb") or entry.get("breadcrumb")
    if isinstance(told, dict):  # PHP's list with gaps
        told = list(told.values())
    return [name for name in told if isinstance(name, str)] if isinstance(told, list) else []


def relations(item: Node) -> tuple[PlatformRelation, ...]:
    """Return what the merchant assigned by hand; groups that fill themselves are left out."""
    own = identifier(item)
    groups = (group for group in listed(item, "crossSellings") if group.get("active") is not False)
    found = [
        PlatformRelation(_kind(group), identifier(entry, "productId"))
        for group in sorted(groups, key=_place)
        for entry in sorted(listed(group, "assignedProducts"), key=_place)
        if entry.get("productId") is not None
    ]
    return tuple(relation for relation in found if relation.product_id != own)


def _kind(group: Node) -> Literal["accessory", "alternative"]:
    return "alternative" if _IN_PLACE_OF.search(name_of(group) or "") else "accessory"


def _place(entry: Node) -> int:
    place = entry.get("position")
    return place if isinstance(place, int) else 0


def rating(item: Node) -> Decimal | None:
    """Return the mean rating, of 5; the platform keeps 0 or null where nobody has rated."""
    if item.get("ratingAverage") is None:
        return None
    found = decimal(item, "ratingAverage").quantize(Decimal("0.01"))
    return found if 0 < found <= 5 else None


def options(variant: Node) -> tuple[tuple[str, str], ...]:
    """Return what a shopper chooses to get this variant."""
    found = []
    for option in listed(variant, "options"):
        group = optional_node(option, "group")
        name, value = "" if group is None else name_of(group), name_of(option)
        if value:
            found.append((name or "", value))
    return tuple(found)


def measured(variant: Node, product: Node) -> Measure | None:
    """Return what the price per unit is told for; what a variant does not say is its product's."""
    amount, reference, unit = (
        product.get(key) if variant.get(key) is None else variant.get(key)
        for key in ("purchaseUnit", "referenceUnit", "unit")
    )
    if amount is None or reference is None or not isinstance(unit, dict):
        return None
    name = _short_name(unit)
    told = {"amount": amount, "per": reference}
    return measure(decimal(told, "amount"), name, decimal(told, "per"), name) if name else None


def _short_name(unit: Node) -> str:
    short = optional_text(mapping(unit, "translated"), "shortCode")
    return short or optional_text(unit, "shortCode") or name_of(unit) or ""
