"""Webhook bodies: what the platform tells the app, in the platform's own (REST) shape."""

from __future__ import annotations

import json
from typing import Any

from plugin.demo.amounts import plain
from plugin.demo.database import Row
from plugin.demo.shop import Shop
from plugin.demo.wording import parsed

Payload = dict[str, Any]


def _moment(text: str | None) -> str | None:
    return parsed(text).isoformat() if text else None


def order(shop: Shop, order_id: int) -> Payload:
    """Return the body of orders/create, orders/updated and orders/cancelled."""
    row = shop.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    if row is None:
        raise LookupError(f"no order {order_id}")
    lines = shop.db.all("SELECT * FROM lines WHERE order_id = ? ORDER BY id", order_id)
    parcels = shop.db.all("SELECT * FROM fulfillments WHERE order_id = ?", order_id)
    return {
        "id": row["id"],
        "admin_graphql_api_id": f"gid://shopify/Order/{row['id']}",
        "name": row["name"],
        "order_number": int("".join(filter(str.isdigit, row["name"])) or 0),
        "email": row["email"],
        "contact_email": row["email"],
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
        "cancelled_at": _moment(row["cancelled_at"]),
        "cancel_reason": "customer" if row["cancelled_at"] else None,
        "currency": row["currency"],
        "financial_status": row["financial_status"].lower(),
        "fulfillment_status": "fulfilled" if parcels else None,
        "subtotal_price": plain(row["subtotal"] - row["discount"]),
        "total_discounts": plain(row["discount"]),
        "total_price": plain(row["total"]),
        "current_total_price": plain(row["total"]),
        "customer": _customer_in_order(shop, row["customer_id"]),
        "customer_locale": "de",
        "discount_codes": _codes(row),
        "note_attributes": [
            {"name": name, "value": value} for name, value in json.loads(row["attributes"]).items()
        ],
        "line_items": [_line(line) for line in lines],
        "shipping_address": _address(row),
        "fulfillments": [_parcel(shop, parcel) for parcel in parcels],
        "test": False,
    }


def _codes(row: Row) -> list[Payload]:
    if not row["code"]:
        return []
    return [{"code": row["code"], "amount": plain(row["discount"]), "type": row["code_kind"]}]


def _customer_in_order(shop: Shop, customer_id: int | None) -> Payload | None:
    return customer(shop, customer_id) if customer_id else None


def _line(line: Row) -> Payload:
    return {
        "id": line["id"],
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line['id']}",
        "product_id": line["product_id"],
        "variant_id": line["variant_id"],
        "title": line["title"],
        "name": line["title"],
        "quantity": line["quantity"],
        "price": plain(line["price"]),
        "total_discount": "0.00",
        "discount_allocations": (
            [{"amount": plain(line["discount"]), "discount_application_index": 0}]
            if line["discount"]
            else []
        ),
        "properties": [
            {"name": name, "value": value}
            for name, value in json.loads(line["properties"] or "{}").items()
        ],
    }


def _address(row: Row) -> Payload:
    return {
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "address1": row["street"],
        "zip": row["zip"],
        "city": row["city"],
        "country_code": row["country"],
    }


def fulfillment(shop: Shop, fulfillment_id: int) -> Payload:
    """Return the body of fulfillments/create and fulfillments/update."""
    row = shop.db.one("SELECT * FROM fulfillments WHERE id = ?", fulfillment_id)
    if row is None:
        raise LookupError(f"no fulfillment {fulfillment_id}")
    return _parcel(shop, row)


def _parcel(shop: Shop, row: Row) -> Payload:
    order_row = shop.db.one("SELECT name, email FROM orders WHERE id = ?", row["order_id"])
    name = order_row["name"] if order_row else ""
    return {
        "id": row["id"],
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{row['id']}",
        "order_id": row["order_id"],
        "name": f"{name}.1",
        "email": order_row["email"] if order_row else None,
        "status": "success",
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
        "tracking_company": row["company"],
        "tracking_number": row["number"],
        "tracking_numbers": [row["number"]],
        "tracking_url": row["url"],
        "tracking_urls": [row["url"]],
        "shipment_status": row["status"].lower(),
        "estimated_delivery_at": _moment(row["estimated_at"]),
        "line_items": [
            {**_line(line), "quantity": line["packed"]} for line in packed_lines(shop, row)
        ],
    }


def packed_lines(shop: Shop, parcel: Row) -> list[Row]:
    """Return the order lines that lie in a parcel, with `packed`: how many pieces of each."""
    return shop.db.all(
        "SELECT l.*, p.quantity AS packed FROM lines l JOIN parcel_lines p ON p.line_id = l.id "
        "WHERE p.fulfillment_id = ? ORDER BY l.id",
        parcel["id"],
    )


def customer(shop: Shop, customer_id: int) -> Payload:
    """Return the body of customers/update."""
    row = shop.db.one("SELECT * FROM customers WHERE id = ?", customer_id)
    if row is None:
        raise LookupError(f"no customer {customer_id}")
    level = row["marketing_level"]
    return {
        "id": row["id"],
        "admin_graphql_api_id": f"gid://shopify/Customer/{row['id']}",
        "email": row["email"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "tags": ", ".join(json.loads(row["tags"])),
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
        "email_marketing_consent": {
            "state": row["marketing_state"].lower(),
            "opt_in_level": level.lower() if level else None,
            "consent_updated_at": _moment(row["marketing_at"]),
        },
    }


def product(shop: Shop, product_id: int) -> Payload:
    """Return the body of products/update."""
    row = shop.db.one("SELECT * FROM products WHERE id = ?", product_id)
    if row is None:
        raise LookupError(f"no product {product_id}")
    variants = shop.db.all(
        "SELECT * FROM variants WHERE product_id = ? ORDER BY position", product_id
    )
    picture = f"{shop.settings.shop_url}/pictures/{row['handle']}.svg"
    return {
        "id": row["id"],
        "admin_graphql_api_id": f"gid://shopify/Product/{row['id']}",
        "title": row["title"],
        "handle": row["handle"],
        "product_type": row["kind"],
        "status": "active",
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
        "image": {"src": picture},
        "variants": [
            {
                "id": variant["id"],
                "admin_graphql_api_id": f"gid://shopify/ProductVariant/{variant['id']}",
                "product_id": row["id"],
                "title": variant["title"],
                "price": plain(variant["price"]),
                "compare_at_price": plain(variant["compare_at"]) if variant["compare_at"] else None,
                "position": variant["position"],
            }
            for variant in variants
        ],
    }


def store(shop: Shop) -> Payload:
    """Return the body of app/uninstalled: the shop itself."""
    return {
        "id": 1,
        "name": shop.settings.shop_name,
        "email": "hallo@uferhaus.example",
        "domain": shop.settings.shop_domain,
        "myshopify_domain": shop.settings.shop_domain,
        "currency": shop.currency,
        "iana_timezone": "Europe/Berlin",
    }


def redaction(shop: Shop, customer_id: int | None = None) -> Payload:
    """Return the body of the compliance topics, for one customer or for the whole shop."""
    body: Payload = {"shop_id": 1, "shop_domain": shop.settings.shop_domain}
    if customer_id is not None:
        row = shop.db.one("SELECT id, email FROM customers WHERE id = ?", customer_id)
        orders = shop.db.all("SELECT id FROM orders WHERE customer_id = ?", customer_id)
        numbers = [found["id"] for found in orders]
        body["customer"] = {"id": customer_id, "email": row["email"] if row else "", "phone": None}
        body["orders_to_redact"] = numbers
        body["orders_requested"] = numbers
        body["data_request"] = {"id": customer_id}
    return body
