"""What a WooCommerce shop holds, in the shapes its REST API v3 answers with (9.9.5, recorded)."""

from __future__ import annotations

import html
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
#: What was on the shelves before the test began was put there this long ago.
_LONG_AGO = timedelta(hours=3)
_ADDRESS = {
    "first_name": "Anne",
    "last_name": "Ufer",
    "company": "",
    "address_1": "Seestraße 1",
    "address_2": "",
    "city": "Konstanz",
    "state": "DE-BW",
    "postcode": "78464",
    "country": "DE",
}
_NOBODY = dict.fromkeys([*_ADDRESS, "phone"], "")


class WooShop:
    """One site: products, orders, customers, coupons, webhooks, keys. Not the HTTP around it."""

    def __init__(self, zone: str = "Europe/Berlin") -> None:
        self.lock = threading.RLock()
        self.zone = zone
        self.name = "Uferhaus &amp; Töchter"
        self.url = "https://uferhaus.example"
        self.keys: dict[str, str] = {}
        self.products: dict[int, Json] = {}
        self.variations: dict[int, dict[int, Json]] = {}
        self.orders: dict[int, Json] = {}
        self.customers: dict[int, Json] = {}
        self.coupons: dict[int, Json] = {}
        self.webhooks: dict[int, Json] = {}
        self.webhook_secrets: dict[int, str] = {}
        self.given: list[str] = []
        #: Settings of taxes, and what shown prices are times entered ones.
        self.taxes: dict[str, str] = {}
        self.tax_factor = 1.0
        self.embed: Json | None = None
        self.has_package = True
        self.ping: Callable[[str, int], None] = lambda _url, _hook: None
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._last_id = 9
        self._shelved = self.clock().replace(microsecond=0) - _LONG_AGO
        self._last = self._shelved

    # Time and numbers
    def tick(self) -> datetime:
        """Return the present second, or the one after the last that was handed out."""
        now = self.clock().replace(microsecond=0)
        self._last = max(now, self._last + timedelta(seconds=1))
        return self._last

    def shelve(self) -> datetime:
        """Return a moment long ago, after every earlier one of its kind."""
        self._shelved += timedelta(seconds=1)
        return self._shelved

    def next_id(self) -> int:
        """Return a number no other thing has: posts of all kinds share one row of them."""
        self._last_id += 1
        return self._last_id

    def dates(self, name: str, moment: datetime | None) -> Json:
        """Return a time as WooCommerce writes it: local and GMT, both without a zone."""
        if moment is None:
            return {f"date_{name}": None, f"date_{name}_gmt": None}
        local = moment.astimezone(ZoneInfo(self.zone))
        return {f"date_{name}": _stamp(local), f"date_{name}_gmt": _stamp(moment.astimezone(UTC))}

    def touched(self, node: Json) -> Json:
        """Note a change of a thing."""
        moment = self.shelve() if node["id"] in self.products else self.tick()
        node |= self.dates("modified", moment)
        return node

    # Keys
    def hand_out_keys(self) -> tuple[str, str]:
        """Return fresh keys, as the key page makes them."""
        key, secret = f"ck_{secrets.token_hex(20)}", f"cs_{secrets.token_hex(20)}"
        self.keys[key] = secret
        self.given += [key, secret]
        return key, secret

    # Things
    def put_product(self, name: str, price: str = "15.80", **more: Any) -> Json:
        """Add a simple product."""
        product_id, now = self.next_id(), self.shelve()
        slug = name.lower().replace(" ", "-")
        node: Json = {
            "id": product_id,
            "name": html.escape(name, quote=False),
            "slug": slug,
            "permalink": f"{self.url}/product/{slug}/",
            **self.dates("created", now),
            **self.dates("modified", now),
            "type": "simple",
            "status": "publish",
            "catalog_visibility": "visible",
            "price": price,
            "regular_price": price,
            "sale_price": "",
            "on_sale": False,
            "purchasable": True,
            "manage_stock": False,
            "stock_quantity": None,
            "stock_status": "instock",
            "parent_id": 0,
            "cross_sell_ids": [],
            "upsell_ids": [],
            "related_ids": [],
            "average_rating": "0.00",
            "rating_count": 0,
            "tags": [],
            "categories": [{"id": 15, "name": "Keramik", "slug": "keramik"}],
            "images": [{"id": 11, "src": f"{self.url}/wp-content/uploads/{slug}.jpg", "alt": ""}],
            "attributes": [],
            "variations": [],
            "meta_data": [],
            **more,
        }
        self.products[product_id] = node
        return node

    def put_variation(self, product_id: int, option: str, price: str, **more: Any) -> Json:
        """Add a variation to a product, which becomes a variable one."""
        parent = self.products[product_id]
        variation_id, now = self.next_id(), self.shelve()
        node: Json = {
            "id": variation_id,
            **self.dates("created", now),
            **self.dates("modified", now),
            "permalink": f"{parent['permalink']}?attribute_groesse={option}",
            "price": price,
            "regular_price": price,
            "sale_price": "",
            "on_sale": False,
            "status": "publish",
            "purchasable": True,
            "manage_stock": "parent",
            "stock_quantity": None,
            "stock_status": "instock",
            "image": None,
            "attributes": [{"id": 0, "name": "Größe", "option": option}],
            "menu_order": len(parent["variations"]),
            "meta_data": [],
            **more,
        }
        parent |= {"type": "variable", "regular_price": ""}
        parent["variations"].append(variation_id)
        self.variations.setdefault(product_id, {})[variation_id] = node
        return node

    def put_customer(self, email: str, *, paying: bool = False) -> Json:
        """Add an account."""
        node: Json = {
            "id": self.next_id(),
            **self.dates("created", self.tick()),
            **self.dates("modified", None),  # so it is until the first change of an account
            "email": email,
            "first_name": "",
            "last_name": "",
            "role": "customer",
            "username": email.partition("@")[0],
            "billing": {**_NOBODY, "email": ""},
            "shipping": dict(_NOBODY),
            "is_paying_customer": paying,
            "avatar_url": "https://secure.gravatar.com/avatar/0?s=96",
            "meta_data": [],
        }
        self.customers[node["id"]] = node
        return node

    def put_order(self, email: str, product_ids: list[int], code: str | None = None) -> Json:
        """Place a paid order through the block checkout."""
        now = self.tick()
        lines = [self._line(product_id) for product_id in product_ids]
        coupons = [self._coupon_line(code)] if code else []
        discount = coupons[0]["discount"] if coupons else "0.00"
        sum_of_lines = sum(float(line["total"]) for line in lines)
        order_id = self.next_id()
        node: Json = {
            "id": order_id,
            "parent_id": 0,
            "number": str(order_id),
            "order_key": f"wc_order_{secrets.token_hex(6)}",
            "created_via": "store-api",
            "status": "processing",
            "currency": "EUR",
            **self.dates("created", now),
            **self.dates("modified", now),
            **self.dates("paid", now),
            **self.dates("completed", None),
            "discount_total": discount,
            "discount_tax": "0.00",
            "total": f"{sum_of_lines - float(discount):.2f}",
            "total_tax": "0.00",
            "prices_include_tax": True,
            "customer_id": self._customer_of(email),
            "billing": {**_ADDRESS, "email": email, "phone": ""}
            if email
            else {**_NOBODY, "email": ""},
            "shipping": {**_ADDRESS, "phone": ""} if email else dict(_NOBODY),
            "line_items": lines,
            "coupon_lines": coupons,
            "refunds": [],
            "meta_data": [{"id": 1, "key": "_wc_order_attribution_source_type", "value": "typein"}],
            "payment_url": f"{self.url}/checkout/order-pay/{order_id}/",
        }
        self.orders[order_id] = node
        return node

    def _customer_of(self, email: str) -> int:
        found = [item for item in self.customers.values() if item["email"] == email]
        for item in found:
            item["is_paying_customer"] = True
        return found[0]["id"] if found else 0

    def _line(self, product_id: int) -> Json:
        product = self.products[product_id]
        return {
            "id": self.next_id(),
            "name": product["name"],
            "product_id": product_id,
            "variation_id": 0,
            "quantity": 1,
            "subtotal": product["price"],
            "subtotal_tax": "0.00",
            "total": product["price"],
            "total_tax": "0.00",
            "meta_data": [],
            "sku": "",
            "price": float(product["price"]),
            "image": {"id": "", "src": ""},
            "parent_name": None,
        }

    def _coupon_line(self, code: str) -> Json:
        found = [item for item in self.coupons.values() if item["code"] == code.lower()]
        amount = found[0]["amount"] if found else "5.00"
        for item in found:
            item["usage_count"] += 1
        return {
            "id": self.next_id(),
            "code": code.lower(),
            "discount": amount,
            "discount_tax": "0.00",
            "discount_type": found[0]["discount_type"] if found else "fixed_cart",
            "nominal_amount": float(amount),
            "free_shipping": False,
            "meta_data": [],
        }

    def delete_product(self, product_id: int) -> None:
        """Delete a product for good; order lines forget which one they were of."""
        self.products.pop(product_id, None)
        for order in self.orders.values():
            for line in order["line_items"]:
                if line["product_id"] == product_id:
                    line["product_id"] = 0

    def ship(self, order_id: int, provider: str, number: str) -> None:
        """Note a parcel as Advanced Shipment Tracking 3.9.2 does."""
        order = self.orders[order_id]
        item = {
            # Carriers that the plugin knows are noted by a slug, others as they were typed.
            "tracking_provider": provider if provider.islower() else "",
            "custom_tracking_provider": "" if provider.islower() else provider,
            "custom_tracking_link": "",
            "tracking_number": number,
            "date_shipped": str(int(self.clock().timestamp())),
            "tracking_id": secrets.token_hex(16),
            "status_shipped": "1",
        }
        key = "_wc_shipment_tracking_items"
        known = next((meta for meta in order["meta_data"] if meta["key"] == key), None)
        if known is None:
            known = {"id": self.next_id(), "key": key, "value": []}
            order["meta_data"].append(known)
        known["value"].append(item)
        order["status"] = "completed"
        self.touched(order)

    def put_coupon(self, code: str, **more: Any) -> Json:
        """Make a coupon; the code is written small."""
        now = self.tick()
        node: Json = {
            "id": self.next_id(),
            "code": code.lower(),
            "amount": "0.00",
            "status": "publish",
            **self.dates("created", now),
            **self.dates("modified", now),
            "discount_type": "fixed_cart",
            "description": "",
            "date_expires": None,
            "date_expires_gmt": None,
            "usage_count": 0,
            "individual_use": False,
            "usage_limit": None,
            "usage_limit_per_user": None,
            "minimum_amount": "0.00",
            "maximum_amount": "0.00",
            "email_restrictions": [],
            "used_by": [],
            "meta_data": [],
        }
        node |= self.written(more)
        self.coupons[node["id"]] = node
        return node

    def written(self, content: Json) -> Json:
        """Return the fields of a coupon as they are kept; `date_expires_gmt` is ignored."""
        kept = {name: value for name, value in content.items() if name != "date_expires_gmt"}
        for name in ("amount", "minimum_amount"):
            if name in kept:
                kept[name] = f"{float(kept[name]):.2f}"
        if "date_expires" in kept:
            ends = datetime.fromisoformat(kept["date_expires"])
            ends = ends if ends.tzinfo else ends.replace(tzinfo=ZoneInfo(self.zone))
            kept |= self.dates("expires", ends)
        if "meta_data" in kept:
            kept["meta_data"] = [{"id": self.next_id(), **item} for item in kept["meta_data"]]
        return kept


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
