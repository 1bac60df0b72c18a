"""What a product is (tags, options, measure, relations) as JSON columns hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from plugin.model import Measure, PlatformRelation, Product, Variant

#: What one product has at most of each; a shop that has more of it means something else by it.
MOST_LABELS, MOST_RELATIONS, MOST_OPTIONS = 50, 50, 5
#: Longest tag, category, name or value of an option.
LONGEST = 120


def of_product(item: Product) -> dict[str, Any]:
    """Return the columns tags, categories, relations and rating."""
    return {
        "tags": labels(item.tags),
        "categories": labels(item.categories),
        "relations": [
            [one.kind, one.product_id] for one in dict.fromkeys(item.relations) if one.product_id
        ][:MOST_RELATIONS],
        "rating": item.rating,
    }


def of_variant(item: Variant) -> dict[str, Any]:
    """Return the columns options and measure."""
    told = item.measure
    return {
        "options": [
            [name.strip()[:LONGEST], value.strip()[:LONGEST]] for name, value in item.options
        ][:MOST_OPTIONS],
        "measure": None
        if told is None
        else [_plain(told.amount), told.unit, _plain(told.per), told.per_unit],
    }


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def labels(words: Iterable[str]) -> list[str]:
    """Return tags or categories as they are kept: trimmed, not empty, each once."""
    cut = (word.strip()[:LONGEST].rstrip() for word in words)
    return list(dict.fromkeys(word for word in cut if word))[:MOST_LABELS]


def relations(stored: Sequence[Sequence[str]]) -> tuple[PlatformRelation, ...]:
    """Return what the column `relations` holds."""
    return tuple(
        PlatformRelation("alternative" if kind == "alternative" else "accessory", product_id)
        for kind, product_id in stored
    )


def options(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Return what the column `options` holds."""
    return tuple((name, value) for name, value in stored)


def measure(stored: Sequence[str] | None) -> Measure | None:
    """Return what the column `measure` holds."""
    if stored is None:
        return None
    amount, unit, per, per_unit = stored
    return Measure(Decimal(amount), unit, Decimal(per), per_unit)
