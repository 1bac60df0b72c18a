"""Puts things into the fake Shopware shop in the shapes that were seen on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.shopware import CHANNEL, EUR, GERMAN, FakeShopware, Node, new_id, stamp

_STATES: dict[str, str] = {}


def add_product(shop: FakeShopware, number: int, **changes: Any) -> Node:
    """Put a simple product on the shelf, visible in the storefront."""
    product_id = new_id()
    row = {
        "id": product_id,
        "parentId": None,
        "autoIncrement": shop.next_number(),
        "productNumber": f"SW{number:05d}",
        "name": f"Schale {number}",
        "translated": {"name": f"Schale {number}"},
        "active": True,
        "available": True,
        "price": [_price(49)],
        "purchasePrices": None,
        "createdAt": shop.next_change(),
        "updatedAt": None,
        "options": [],
        "cover": None,
        "seoUrls": [
            {
                "id": new_id(),
                "salesChannelId": CHANNEL,
                "languageId": GERMAN,
                "seoPathInfo": f"Schale-{number}/SW{number:05d}",
                "isCanonical": True,
                "isDeleted": False,
            }
        ],
        "visibilities": [{"id": new_id(), "salesChannelId": CHANNEL}],
        "tags": [],
        "categories": [],
        "crossSellings": [],
        "unit": None,
        "purchaseUnit": None,
        "referenceUnit": None,
        "ratingAverage": None,
        **changes,
    }
    return shop.put("product", row)


def add_variant(shop: FakeShopware, parent: Node, name: str, **changes: Any) -> Node:
    """Add a variant that takes everything but its option from its product."""
    row = {
        **dict.fromkeys(parent),
        "id": new_id(),
        "parentId": parent["id"],
        "autoIncrement": shop.next_number(),
        "productNumber": f"{parent['productNumber']}.{name}",
        "translated": [],
        "available": True,
        "createdAt": shop.next_change(),
        "options": [{"id": new_id(), "name": None, "translated": {"name": name}}],
        "seoUrls": [],
        "visibilities": [],
        "tags": [],
        "categories": [],
        "crossSellings": [],
        **changes,
    }
    return shop.put("product", row)


def add_customer(shop: FakeShopware, email: str, *, guest: bool = False, orders: int = 0) -> Node:
    """Let somebody have an account, or leave the record of a guest."""
    row = {
        "id": new_id(),
        "autoIncrement": shop.next_number(),
        "email": email,
        "guest": guest,
        "orderCount": orders,
        "createdAt": shop.next_change(),
        "updatedAt": None,
    }
    return shop.put("customer", row)


def add_order(
    shop: FakeShopware, email: str | None, products: Sequence[str], code: str | None = None
) -> Node:
    """Place a paid order of one each; without an address nobody is behind it."""
    now = stamp(shop.clock())
    number = shop.next_number()
    lines = [_line(shop, product) for product in products]
    total = 49.0 * len(lines)
    if code:
        lines.append(_reduction(code))
        total -= 5.0
    customer = None
    if email is not None:
        person = add_customer(shop, email, guest=True, orders=1)
        customer = {"id": new_id(), "email": email, "customerId": person["id"]}
    row = {
        "id": new_id(),
        "autoIncrement": number,
        "orderNumber": str(10000 + number),
        "amountTotal": total,
        "orderDateTime": now,
        "createdAt": now,
        "updatedAt": None,
        "currency": {"id": EUR, "isoCode": "EUR"},
        "stateMachineState": state("open"),
        "orderCustomer": customer,
        "billingAddress": _address() if email else None,
        "lineItems": lines,
        "transactions": [
            {"id": new_id(), "stateMachineState": state("paid"), "createdAt": now,
             "updatedAt": now}
        ],
        "deliveries": [_delivery(now)] if email else [],
    }  # fmt: skip
    return shop.put("order", row)


def ship(shop: FakeShopware, order: Node, carrier: str, codes: list[str]) -> None:
    """Hand a parcel over; nothing of that shows at the order itself."""
    now = stamp(shop.clock())
    if not order["deliveries"]:
        order["deliveries"].append(_delivery(now))
    method = {"id": new_id(), "name": carrier, "translated": {"name": carrier, "trackingUrl": None}}
    order["deliveries"][0] |= {
        "trackingCodes": codes,
        "stateMachineState": state("shipped"),
        "shippingMethod": {**method, "trackingUrl": None},
        "updatedAt": now,
    }


def cancel(shop: FakeShopware, order: Node) -> None:
    """Cancel an order."""
    order["stateMachineState"] = state("cancelled")
    order["updatedAt"] = stamp(shop.clock())


def state(name: str) -> Node:
    """Return a state of a machine."""
    return {"id": _STATES.setdefault(name, new_id()), "technicalName": name}


def _price(gross: float) -> Node:
    return {
        "currencyId": EUR,
        "net": round(gross / 1.19, 10),
        "gross": gross,
        "linked": True,
        "listPrice": None,
    }


def _line(shop: FakeShopware, product_id: str) -> Node:
    product = shop.rows["product"][product_id]
    return {
        "id": new_id(),
        "productId": product_id,
        "product": {"id": product_id, "parentId": product["parentId"]},
        "type": "product",
        "label": product["name"] or "Schale",
        "quantity": 1,
        "unitPrice": 49,
        "totalPrice": 49,
        "payload": {"productNumber": product["productNumber"], "options": []},
    }


def _reduction(code: str) -> Node:
    return {
        "id": new_id(),
        "productId": None,
        "product": None,
        "type": "promotion",
        "label": "Bleib",
        "quantity": 1,
        "unitPrice": -5.0,
        "totalPrice": -5.0,
        "payload": {"code": code, "promotionId": new_id(), "discountType": "absolute"},
    }


def _address() -> Node:
    return {"id": new_id(), "zipcode": "78464", "country": {"id": new_id(), "iso": "DE"}}


def _delivery(now: str) -> Node:
    return {
        "id": new_id(),
        "trackingCodes": [],
        "stateMachineState": state("open"),
        "shippingMethod": {
            "id": new_id(), "name": "Standard", "trackingUrl": None, "translated": [],
        },
        "shippingOrderAddress": _address(),
        "createdAt": now,
        "updatedAt": None,
    }  # fmt: skip


def forget_product(shop: FakeShopware, product_id: str) -> None:
    """Delete a product; orders keep their lines, without it."""
    del shop.rows["product"][product_id]
    for order in shop.rows.get("order", {}).values():
        for line in order["lineItems"]:
            if line["productId"] == product_id:
                line |= {"productId": None, "product": None}
