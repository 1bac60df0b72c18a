"""Discount codes: what the platform stores of them, and whether one holds for a given cart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plugin.demo.amounts import cents, share
from plugin.demo.database import Row
from plugin.demo.shop import Shop

# The one segment this shop knows: people without an order. Guests pass, as on the platform.
NEW_CUSTOMERS = "gid://shopify/Segment/1"
MARKETS = ("gid://shopify/Market/1",)


@dataclass(frozen=True)
class Applied:
    """A code that holds, with what it takes off in cents and why it holds."""

    code: str
    kind: str
    value: str
    amount: int
    minimum: int | None


@dataclass(frozen=True)
class Refused:
    """A code that does not hold; `reason` is the last part of a text key `discount.<reason>`."""

    code: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


def find(shop: Shop, code: str) -> Row | None:
    """Return a discount by its code; upper and lower case do not matter."""
    return shop.db.one("SELECT * FROM discounts WHERE code = ?", code.strip())


def judge(
    shop: Shop, code: str, subtotal: int, quantity: int, email: str | None
) -> Applied | Refused:
    """Decide whether a code holds for a cart of `subtotal` cents and `quantity` pieces.

    Without an e-mail address (in the cart) the rules about the customer are left for later.
    """
    row = find(shop, code)
    if row is None:
        return Refused(code, "unknown")
    refusal = _period(shop, row) or _minimum(row, subtotal, quantity)
    if refusal is None and email is not None:
        refusal = _customer(shop, row, email)
    if refusal is not None:
        return refusal
    if row["kind"] == "percentage":
        amount = share(subtotal, Decimal(row["value"]))
    else:
        amount = min(subtotal, cents(row["value"]))
    return Applied(row["code"], row["kind"], row["value"], amount, row["minimum_subtotal"])


def _period(shop: Shop, row: Row) -> Refused | None:
    now = shop.stamp()
    if row["starts_at"] > now:
        return Refused(row["code"], "not_started", {"moment": row["starts_at"]})
    if row["ends_at"] and row["ends_at"] <= now:
        return Refused(row["code"], "expired", {"moment": row["ends_at"]})
    if row["usage_limit"] is not None and row["used"] >= row["usage_limit"]:
        return Refused(row["code"], "used_up")
    return None


def _minimum(row: Row, subtotal: int, quantity: int) -> Refused | None:
    least = row["minimum_subtotal"]
    if least is not None and subtotal < least:
        return Refused(row["code"], "minimum", {"missing": least - subtotal, "least": least})
    pieces = row["minimum_quantity"]
    if pieces is not None and quantity < pieces:
        return Refused(row["code"], "quantity", {"pieces": pieces})
    return None


def _customer(shop: Shop, row: Row, email: str) -> Refused | None:
    customer = shop.db.one("SELECT id FROM customers WHERE email = ?", email)
    context = json.loads(row["context"])
    if "customers" in context:
        gid = f"gid://shopify/Customer/{customer['id']}" if customer else ""
        if gid not in context["customers"]:
            return Refused(row["code"], "other_person")
    if NEW_CUSTOMERS in context.get("customerSegments", ()) and _orders(shop, email):
        return Refused(row["code"], "not_first_order")
    if row["once_per_customer"] and _orders(shop, email, row["code"]):
        return Refused(row["code"], "already_used")
    return None


def _orders(shop: Shop, email: str, code: str | None = None) -> int:
    if code is None:
        return shop.db.number(
            "SELECT count(*) FROM orders WHERE email = ? AND cancelled_at IS NULL", email
        )
    return shop.db.number(
        "SELECT count(*) FROM orders WHERE email = ? AND code = ? COLLATE NOCASE", email, code
    )


def combines(shop: Shop, code: str) -> bool:
    """Tell whether a code stands beside another code for the whole order."""
    row = find(shop, code)
    return row is not None and bool(json.loads(row["combines"]).get("orderDiscounts"))
