"""What the Admin API says a product belongs to and goes with, and what its variants measure."""

from __future__ import annotations

import json
from typing import Any

from plugin.demo.database import Row
from plugin.demo.pages import Node, gid, inner
from plugin.demo.shop import Shop
from plugin.demo.wording import texts

_DISCOVERY = "shopify--discovery--product_recommendation"
#: What the price of an amount is told for, as Shopify writes it.
_REFERENCES = {"G": (1, "KG"), "ML": (1, "L"), "ITEM": (1, "ITEM")}


def facts_node(shop: Shop, row: Row) -> Node:
    """Return the fields of a product: tags, taxonomy, collections, and its metafields."""
    found = shop.db.one("SELECT * FROM product_facts WHERE product_id = ?", row["id"])
    fields = {} if found is None else _metafields(found)

    def metafield(_info: object, key: str, namespace: str | None = None) -> Node | None:
        value = fields.get((namespace, key))
        if value is None:
            return None
        known = {"id": gid("Metafield", row["id"]), "namespace": namespace, "key": key}
        return {**known, "value": value}

    def collections(_info: object, first: int | None = None, after: str | None = None) -> Node:
        names = [texts("de")[f"collection.{name}"] for name in row["collection"].split(",")]
        return inner([{"title": name} for name in names], first, after)

    return {
        "tags": [] if found is None else json.loads(found["tags"]),
        "category": None if found is None else {"fullName": found["category"]},
        "collections": collections,
        "metafield": metafield,
    }


def _metafields(found: Row) -> dict[tuple[str | None, str], str]:
    fields = {
        (_DISCOVERY, "complementary_products"): _references(found["complementary"]),
        (_DISCOVERY, "related_products"): _references(found["related"]),
    }
    if found["rating"] is not None:
        scale = {"scale_min": "1.0", "scale_max": "5.0", "value": found["rating"]}
        fields["reviews", "rating"] = json.dumps(scale)
    return {name: value for name, value in fields.items() if value != "[]"}


def _references(numbers: str) -> str:
    return json.dumps([gid("Product", number) for number in json.loads(numbers)])


def form_node(shop: Shop, row: Row) -> Node:
    """Return the fields of a variant: what is chosen to get it, and what it measures."""
    found = shop.db.one("SELECT * FROM variant_facts WHERE variant_id = ?", row["id"])
    name = found["option"] if found is not None and found["option"] else "Title"
    return {
        "selectedOptions": [{"name": name, "value": row["title"]}],
        "unitPriceMeasurement": None if found is None else _measure(found),
    }


def _measure(found: Row) -> dict[str, Any] | None:
    if found["unit"] is None:
        return None
    value, unit = _REFERENCES[found["unit"]]
    return {
        "quantityValue": found["quantity"],
        "quantityUnit": found["unit"],
        "referenceValue": value,
        "referenceUnit": unit,
    }
