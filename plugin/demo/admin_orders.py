"""Orders, their lines and parcels as the Admin API shows them."""

from __future__ import annotations

import json

from plugin.demo.admin_customers import customer_node
from plugin.demo.database import Row
from plugin.demo.pages import Listing, Node, bag, gid, inner, number_of
from plugin.demo.payloads import packed_lines
from plugin.demo.shop import Shop


def line_node(line: Row, currency: str) -> Node:
    """Return one order line; the discounted price of a piece includes the order's code."""
    paid = line["price"] * line["quantity"] - line["discount"]
    return {
        "id": gid("LineItem", line["id"]),
        "title": line["title"],
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"],
        "product": {"id": gid("Product", line["product_id"])},
        "variant": {"id": gid("ProductVariant", line["variant_id"])},
        "discountedUnitPriceSet": bag(round(paid / line["quantity"]), currency),
        "customAttributes": [
            {"key": name, "value": value}
            for name, value in json.loads(line["properties"] or "{}").items()
        ],
    }


def order_head(row: Row) -> Node:
    """Return the fields of an order that lie in its own row."""
    currency = row["currency"]
    customer = row["customer_id"]
    return {
        "id": gid("Order", row["id"]),
        "name": row["name"],
        "email": row["email"],
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
        "cancelledAt": row["cancelled_at"],
        "cancelReason": "CUSTOMER" if row["cancelled_at"] else None,
        "displayFinancialStatus": row["financial_status"],
        "discountCodes": [row["code"]] if row["code"] else [],
        "customer": {"id": gid("Customer", customer)} if customer else None,
        "shippingAddress": {"zip": row["zip"], "countryCodeV2": row["country"]},
        "currentTotalPriceSet": bag(row["total"], currency),
        "currentTotalDiscountsSet": bag(row["discount"], currency),
        "customAttributes": [
            {"key": name, "value": value} for name, value in json.loads(row["attributes"]).items()
        ],
        "customerJourneySummary": _journey(row),
    }


def _journey(row: Row) -> Node | None:
    if row["source"] is None:
        return None
    named = {"source": row["source"], "medium": row["medium"]} if row["medium"] else None
    return {"firstVisit": {"source": row["source"], "utmParameters": named}}


def order_node(shop: Shop, row: Row) -> Node:
    """Return an order with its lines, customer and parcels read when they are asked for."""

    def lines(_info: object, first: int | None = None, after: str | None = None) -> Node:
        found = shop.db.all("SELECT * FROM lines WHERE order_id = ? ORDER BY id", row["id"])
        return inner([line_node(line, row["currency"]) for line in found], first, after)

    def parcels(_info: object, first: int = 10) -> list[Node]:
        found = shop.db.all(
            "SELECT * FROM fulfillments WHERE order_id = ? ORDER BY id LIMIT ?", row["id"], first
        )
        return [_parcel_node(shop, parcel, row["currency"]) for parcel in found]

    def customer(_info: object) -> Node | None:
        found = shop.db.one("SELECT * FROM customers WHERE id = ?", row["customer_id"])
        return customer_node(shop, found) if found else None

    return order_head(row) | {"lineItems": lines, "fulfillments": parcels, "customer": customer}


def _parcel_node(shop: Shop, row: Row, currency: str) -> Node:
    def events(_info: object, first: int = 10, reverse: bool = False, **_: object) -> Node:
        found = shop.db.all(
            "SELECT * FROM fulfillment_events WHERE fulfillment_id = ? ORDER BY happened_at, id",
            row["id"],
        )
        if reverse:
            found = found[::-1]
        return inner([_event_node(event) for event in found], first)

    def pieces(_info: object, first: int = 10) -> Node:
        found = [
            {
                "id": gid("FulfillmentLineItem", row["id"] * 1000 + place),
                "lineItem": line_node(line, currency),
                "quantity": line["packed"],
            }
            for place, line in enumerate(packed_lines(shop, row))
        ]
        return inner(found, first)

    return {
        "id": gid("Fulfillment", row["id"]),
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
        "displayStatus": row["status"],
        "estimatedDeliveryAt": row["estimated_at"],
        "inTransitAt": row["in_transit_at"],
        "deliveredAt": row["delivered_at"],
        "trackingInfo": lambda _info, first=5: [
            {"company": row["company"], "number": row["number"], "url": row["url"]}
        ][:first],
        "events": events,
        "fulfillmentLineItems": pieces,
    }


def _event_node(event: Row) -> Node:
    return {
        "id": gid("FulfillmentEvent", event["id"]),
        "status": event["status"],
        "happenedAt": event["happened_at"],
        "message": event["message"],
        "city": event["city"],
        "country": event["country"],
    }


ORDERS = Listing(
    "orders",
    {
        "updated_at": "updated_at",
        "created_at": "created_at",
        "name": "name",
        "email": "email",
        "id": "id",
        "customer_id": "customer_id",
    },
    order_node,
)


def order_by_id(shop: Shop, global_id: str) -> Node | None:
    """Return one order by its global id."""
    row = shop.db.one("SELECT * FROM orders WHERE id = ?", number_of(global_id, "Order"))
    return order_node(shop, row) if row else None
