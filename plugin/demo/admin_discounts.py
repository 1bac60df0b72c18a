"""Discount codes as the Admin API creates, shows and deletes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from plugin.demo.amounts import cents
from plugin.demo.database import Row
from plugin.demo.discounts import MARKETS, NEW_CUSTOMERS, find
from plugin.demo.pages import Node, gid, number_of
from plugin.demo.shop import Shop, stamp


def _fault(field: str, message: str, code: str) -> Node:
    return {"field": ["basicCodeDiscount", *field.split(".")], "message": message, "code": code}


def _moment(text: object) -> str | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _value_faults(given: dict[str, Any]) -> list[Node]:
    value = (given.get("customerGets") or {}).get("value") or {}
    percentage, amount = value.get("percentage"), (value.get("discountAmount") or {}).get("amount")
    place = "customerGets.value"
    if (percentage is None) == (amount is None):
        return [_fault(place, "Exactly one value must be given", "INVALID")]
    if percentage is not None and not 0 < percentage <= 1:
        text = "Value must be between 0.0 and 1.0"
        return [_fault(f"{place}.percentage", text, "VALUE_OUTSIDE_RANGE")]
    if amount is not None and cents(amount) <= 0:
        text = "Amount must be greater than 0"
        return [_fault(f"{place}.discountAmount", text, "GREATER_THAN")]
    if not ((given.get("customerGets") or {}).get("items") or {}).get("all"):
        return [_fault("customerGets.items", "Items can't be blank", "BLANK")]
    return []


def _shape_faults(shop: Shop, given: dict[str, Any]) -> list[Node]:
    faults = []
    code = (given.get("code") or "").strip()
    if not (given.get("title") or "").strip():
        faults.append(_fault("title", "Title can't be blank", "BLANK"))
    if not code:
        faults.append(_fault("code", "Code can't be blank", "BLANK"))
    elif len(code) > 255:
        faults.append(_fault("code", "Code is too long", "TOO_LONG"))
    elif find(shop, code) is not None:
        text = "Code must be unique. Please try a different code."
        faults.append(_fault("code", text, "TAKEN"))
    if not given.get("startsAt"):
        faults.append(_fault("startsAt", "Starts at can't be blank", "BLANK"))
    requirement = given.get("minimumRequirement") or {}
    if requirement.get("subtotal") and requirement.get("quantity"):
        text = "Only one minimum requirement may be given"
        kind = "MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT"
        faults.append(_fault("minimumRequirement", text, kind))
    return faults


def _context(shop: Shop, given: dict[str, Any]) -> tuple[dict[str, Any], list[Node]]:
    context = given.get("context") or {}
    if not context:
        return {}, [_fault("context", "Context can't be blank", "BLANK")]
    kept = {
        kind: (chosen if kind == "all" else chosen.get("add") or [])
        for kind, chosen in context.items()
        if chosen is not None
    }
    faults = []
    for customer in kept.get("customers", ()):
        number = number_of(customer, "Customer")
        if shop.db.one("SELECT 1 FROM customers WHERE id = ?", number) is None:
            faults.append(_fault("context.customers", "Customer does not exist", "INVALID"))
    if not set(kept.get("customerSegments", ())) <= {NEW_CUSTOMERS}:
        faults.append(_fault("context.customerSegments", "Segment does not exist", "INVALID"))
    if not set(kept.get("markets", ())) <= set(MARKETS):
        faults.append(_fault("context.markets", "Market does not exist", "INVALID"))
    return kept, faults


def create(shop: Shop, given: dict[str, Any]) -> Node:
    """Answer discountCodeBasicCreate; a code that exists is answered with TAKEN."""
    context, faults = _context(shop, given)
    faults += _shape_faults(shop, given) + _value_faults(given)
    if faults:
        return {"codeDiscountNode": None, "userErrors": faults}
    value = given["customerGets"]["value"]
    percentage = value.get("percentage")
    requirement = given.get("minimumRequirement") or {}
    subtotal = (requirement.get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
    quantity = (requirement.get("quantity") or {}).get("greaterThanOrEqualToQuantity")
    amount = (value.get("discountAmount") or {}).get("amount")
    with shop.db.write() as connection:
        made = connection.execute(
            "INSERT OR IGNORE INTO discounts (code, title, starts_at, ends_at, usage_limit, "
            "once_per_customer, kind, value, minimum_subtotal, minimum_quantity, context, combines)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                given["code"].strip(),
                given["title"].strip(),
                _moment(given["startsAt"]),
                _moment(given.get("endsAt")),
                given.get("usageLimit"),
                bool(given.get("appliesOncePerCustomer")),
                "percentage" if percentage is not None else "fixed_amount",
                str(Decimal(str(percentage if percentage is not None else amount))),
                cents(subtotal) if subtotal is not None else None,
                int(quantity) if quantity is not None else None,
                json.dumps(context),
                json.dumps(given.get("combinesWith") or {}),
            ),
        )
    if not made.rowcount:
        text = "Code must be unique. Please try a different code."
        return {"codeDiscountNode": None, "userErrors": [_fault("code", text, "TAKEN")]}
    return {"codeDiscountNode": by_code(shop, given["code"]), "userErrors": []}


def _status(shop: Shop, row: Row) -> str:
    now = shop.stamp()
    if row["starts_at"] > now:
        return "SCHEDULED"
    return "EXPIRED" if row["ends_at"] and row["ends_at"] <= now else "ACTIVE"


def by_code(shop: Shop, code: str) -> Node | None:
    """Return the discount behind a code; upper and lower case do not matter."""
    row = find(shop, code)
    if row is None:
        return None
    return {
        "id": gid("DiscountCodeNode", row["id"]),
        "codeDiscount": {
            "__typename": "DiscountCodeBasic",
            "title": row["title"],
            "status": _status(shop, row),
            "startsAt": row["starts_at"],
            "endsAt": row["ends_at"],
            "usageLimit": row["usage_limit"],
            "asyncUsageCount": row["used"],
        },
    }


def delete(shop: Shop, global_id: str) -> Node:
    """Answer discountCodeDelete."""
    number = number_of(global_id, "DiscountCodeNode")
    with shop.db.write() as connection:
        gone = connection.execute("DELETE FROM discounts WHERE id = ?", (number,)).rowcount
    if gone:
        return {"deletedCodeDiscountId": global_id, "userErrors": []}
    fault = {"field": ["id"], "message": "Code discount does not exist.", "code": "INVALID"}
    return {"deletedCodeDiscountId": None, "userErrors": [fault]}
