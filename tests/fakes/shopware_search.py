"""What the fake Shopware understands of a search: filters, order, pages, associations, fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Node = dict[str, Any]

#: The associations that the fake knows, with the entity behind each.
ASSOCIATIONS: Mapping[str, Mapping[str, str]] = {
    "product": {
        "children": "product",
        "options": "property_group_option",
        "cover": "product_media",
        "seoUrls": "seo_url",
        "visibilities": "product_visibility",
        "tags": "tag",
        "categories": "category",
        "unit": "unit",
        "crossSellings": "product_cross_selling",
    },
    "property_group_option": {"group": "property_group"},
    "product_cross_selling": {"assignedProducts": "product_cross_selling_assigned_products"},
    "product_media": {"media": "media"},
    "order": {
        "currency": "currency",
        "stateMachineState": "state_machine_state",
        "orderCustomer": "order_customer",
        "billingAddress": "order_address",
        "lineItems": "order_line_item",
        "transactions": "order_transaction",
        "deliveries": "order_delivery",
    },
    "order_address": {"country": "country"},
    "order_line_item": {"product": "product"},
    "order_transaction": {"stateMachineState": "state_machine_state"},
    "order_delivery": {
        "stateMachineState": "state_machine_state",
        "shippingMethod": "shipping_method",
        "shippingOrderAddress": "order_address",
    },
    "sales_channel": {
        "domains": "sales_channel_domain",
        "currency": "currency",
        "country": "country",
    },
    "sales_channel_domain": {"language": "language"},
    "language": {"locale": "locale"},
    "promotion": {
        "salesChannels": "promotion_sales_channel",
        "discounts": "promotion_discount",
        "cartRules": "promotion_cart_rule",
    },
    "promotion_discount": {"discountRules": "promotion_discount_rule"},
    "rule": {"conditions": "rule_condition"},
}


def found(entity: str, rows: Sequence[Node], criteria: Node) -> tuple[list[Node], int]:
    """Return one page of what matches, and how much matches."""
    matching = [row for row in rows if all(holds(row, item) for item in criteria.get("filter", []))]
    for sorting in reversed(criteria.get("sort", [])):
        matching.sort(
            key=lambda row: _comparable(next(values(row, sorting["field"]), None)),
            reverse=sorting.get("order", "ASC") == "DESC",
        )
    limit, page = criteria.get("limit", 100), criteria.get("page", 1)
    shown = matching[(page - 1) * limit : page * limit]
    return [present(entity, row, criteria, criteria.get("includes", {})) for row in shown], len(
        matching
    )


def holds(row: Node, item: Node) -> bool:
    """Tell whether a filter lets a row through."""
    if item["type"] == "multi":
        answers = [holds(row, query) for query in item["queries"]]
        return any(answers) if item.get("operator", "and") == "or" else all(answers)
    present_values = list(values(row, item["field"])) or [None]
    if item["type"] == "equals":
        return any(_same(value, item["value"]) for value in present_values)
    if item["type"] == "equalsAny":
        return any(_same(value, one) for value in present_values for one in item["value"])
    assert item["type"] == "range", item
    return any(value is not None and _within(value, item["parameters"]) for value in present_values)


def values(row: Any, path: str) -> Iterator[Any]:
    """Yield what stands at a path, through lists."""
    if isinstance(row, list):
        for item in row:
            yield from values(item, path)
        return
    head, _, rest = path.partition(".")
    value = row.get(head) if isinstance(row, dict) else None
    if rest:
        if value is not None:
            yield from values(value, rest)
    else:
        yield value


def _same(value: Any, wanted: Any) -> bool:
    # The database compares texts without regard to case.
    if isinstance(value, str) and isinstance(wanted, str):
        return value.lower() == wanted.lower()
    return bool(value == wanted)


def _within(value: Any, bounds: Mapping[str, Any]) -> bool:
    tests = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    return all(
        tests[name](_comparable(value), _comparable(bound)) for name, bound in bounds.items()
    )


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        try:
            found_time = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (found_time if found_time.tzinfo else found_time.replace(tzinfo=UTC)).timestamp()
    return -1 if value is None else value


def present(entity: str, row: Node, criteria: Node, includes: Mapping[str, Any]) -> Node:
    """Return a row as it is sent: unasked associations null, unasked fields left out."""
    shown: Node = {}
    asked = criteria.get("associations", {})
    known = ASSOCIATIONS.get(entity, {})
    for name, value in row.items():
        if name not in known:
            shown[name] = value
        elif name not in asked:
            shown[name] = None
        elif isinstance(value, list):
            shown[name] = [present(known[name], item, asked[name], includes) for item in value]
        else:
            shown[name] = value and present(known[name], value, asked[name], includes)
    kept = includes.get(entity)
    if kept is not None:
        shown = {name: value for name, value in shown.items() if name in kept}
    return {**shown, "apiAlias": entity}
