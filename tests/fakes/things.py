"""Orders, products and parcels with sensible values, of which a test names what matters to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from plugin.model import Customer, Order, OrderLine, Product, Shipment, Variant
from tests.conftest import START


def an_order(number: int = 1007, /, **values: Any) -> Order:
    return Order(
        **{
            "id": f"gid://shopify/Order/{number}",
            "number": f"#{number}",
            "email": "mara@post.example",
            "postcode": "78462",
            "country": "DE",
            "customer_id": None,
            "currency": "EUR",
            "total": Decimal("60.00"),
            "discount": Decimal("0.00"),
            "codes": (),
            "paid": True,
            "created_at": START - timedelta(days=1),
            "updated_at": START - timedelta(days=1),
            "cancelled_at": None,
            "lines": (a_line(number),),
            "shipments": None,
            **values,
        }
    )


def a_line(order: int = 1007, place: int = 1, **values: Any) -> OrderLine:
    return OrderLine(
        **{
            "id": f"gid://shopify/LineItem/{order}{place}",
            "product_id": f"gid://shopify/Product/{place}",
            "variant_id": f"gid://shopify/ProductVariant/{place}",
            "title": f"Teeschale {place}",
            "quantity": 1,
            "price": Decimal("19.00"),
            "source": None,
            **values,
        }
    )


def a_parcel(number: int = 1, /, **values: Any) -> Shipment:
    return Shipment(
        **{
            "id": f"gid://shopify/Fulfillment/{number}",
            "carrier": "DHL",
            "tracking_number": f"00340434161094{number:06}",
            "tracking_url": None,
            "status": "IN_TRANSIT",
            "created_at": START - timedelta(hours=5),
            "updated_at": START - timedelta(hours=1),
            "expected_on": (START + timedelta(days=2)).date(),
            "delivered_at": None,
            "milestones": (),
            **values,
        }
    )


def a_product(number: int = 1, /, **values: Any) -> Product:
    return Product(
        **{
            "id": f"gid://shopify/Product/{number}",
            "title": f"Teeschale {number}",
            "handle": f"teeschale-{number}",
            "url": f"/products/teeschale-{number}",
            "image_url": None,
            "kind": "Schale",
            "published": True,
            "updated_at": START - timedelta(days=3),
            "variants": (a_variant(number),),
            **values,
        }
    )


def a_variant(number: int = 1, /, **values: Any) -> Variant:
    return Variant(
        **{
            "id": f"gid://shopify/ProductVariant/{number}",
            "title": "",
            "price": Decimal("19.00"),
            "compare_at": None,
            "unit_cost": Decimal("7.77"),
            "available": True,
            "position": 1,
            **values,
        }
    )


def a_customer(number: int = 1, /, **values: Any) -> Customer:
    return Customer(
        **{
            "id": f"gid://shopify/Customer/{number}",
            "email": f"kunde{number}@post.example",
            "orders_count": 1,
            "subscribed": False,
            "updated_at": START - timedelta(days=3),
            **values,
        }
    )
