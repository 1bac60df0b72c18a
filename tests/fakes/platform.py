"""A platform in memory with every capability; the contract suite holds it against the real ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from plugin.contracts.capabilities import PROTOCOLS, Capability, Level
from plugin.contracts.connecting import Callback
from plugin.contracts.platform import Claim, Embed, History, Inbound, Page
from plugin.errors import BadInputError, BleibError, NotAllowedError, PlatformRefusedError
from plugin.model import (
    Access,
    Counts,
    Customer,
    Delivery,
    DeliveryKind,
    EmbedState,
    Grant,
    Order,
    Product,
    ShopFacts,
    VoucherOrder,
)

SECRET = "fake-platform-secret"
SCOPES = frozenset(
    {
        "read_orders",
        "read_products",
        "read_fulfillments",
        "read_discounts",
        "write_discounts",
        "read_customers",
        "write_customers",
        "write_app_proxy",
    }
)

_KINDS: dict[str, DeliveryKind] = {
    "app/uninstalled": "uninstalled",
    "customers/data_request": "data_request",
    "customers/redact": "erase_person",
    "shop/redact": "erase_shop",
    "customers/update": "customer",
}
_FAMILIES: dict[str, DeliveryKind] = {
    "orders": "order",
    "fulfillments": "order",
    "products": "product",
}


class FakePlatform:
    """Holds products, customers, orders and vouchers in lists that a test fills."""

    name = "shopify"
    support: Mapping[Capability, Level] = dict.fromkeys(PROTOCOLS, "yes")
    themed_type = ""

    def __init__(self) -> None:
        self.products_held: list[Product] = []
        self.customers_held: list[Customer] = []
        self.orders_held: dict[str, Order] = {}
        self.vouchers: dict[str, VoucherOrder] = {}
        self.consents: dict[str, str] = {}
        self.published: dict[str, str] = {}
        self.scopes = SCOPES
        self.calls: list[str] = []
        self.failures: dict[str, list[BleibError]] = {}
        self.tokens = 0
        self.signed = 0

    def fail(self, method: str, *errors: BleibError) -> None:
        """Let the next calls of a method fail, one error each."""
        self.failures.setdefault(method, []).extend(errors)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.failures.get(method):
            raise self.failures[method].pop(0)

    # Installs
    def clean_domain(self, text: str) -> str:
        if not text.endswith(".myshopify.com") or not text.isascii():
            raise BadInputError("shop_invalid")
        return text.lower()

    def sign(self, raw_query: str) -> str:
        """Return the signed query of an entry or a callback."""
        self.signed += 1  # as the platform's timestamp: no two links are the same
        whole = f"{raw_query}&timestamp={self.signed}"
        given = hmac.new(SECRET.encode(), whole.encode(), hashlib.sha256).hexdigest()
        return f"{whole}&hmac={given}"

    def _signed(self, raw_query: bytes) -> dict[str, str]:
        body, _, given = raw_query.rpartition(b"&hmac=")
        expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(given, expected):
            raise NotAllowedError("signature_invalid")
        return dict(parse_qsl(body.decode()))

    def verify_entry(self, raw_query: bytes, now: datetime) -> str:
        return self.clean_domain(self._signed(raw_query)["shop"])

    def entry_mark(self, raw_query: bytes) -> str:
        return raw_query.rpartition(b"&hmac=")[2].decode()

    def authorise_url(self, domain: str, state: str, redirect_uri: str) -> str:
        return f"https://{domain}/admin/oauth/authorize?state={state}"

    def verify_callback(self, raw_query: bytes, now: datetime) -> Callback:
        values = self._signed(raw_query)
        return Callback(
            domain=self.clean_domain(values["shop"]),
            code=values.get("code", ""),
            state=values.get("state", ""),
        )

    def exchange(self, domain: str, code: str) -> Grant:
        self._called("exchange")
        return self._grant()

    def refresh(self, domain: str, refresh_token: str) -> Grant:
        self._called("refresh")
        return self._grant()

    def _grant(self) -> Grant:
        self.tokens += 1
        now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        return Grant(
            access_token=f"access-{self.tokens}",
            refresh_token=f"refresh-{self.tokens}",
            expires_at=now + timedelta(hours=self.tokens),
            refresh_expires_at=now + timedelta(days=90),
            scopes=self.scopes,
        )

    def app_url(self, domain: str) -> str:
        return f"https://{domain}/admin/apps/bleib"

    # ReadsShop
    def shop_facts(self, access: Access) -> ShopFacts:
        self._called("shop_facts")
        return ShopFacts(
            name="Uferhaus",
            email="hallo@uferhaus.example",
            currency="EUR",
            zone="Europe/Berlin",
            storefront_url=f"https://{access.domain}",
            scopes=self.scopes,
        )

    def counts(self, access: Access) -> Counts:
        self._called("counts")
        return Counts(len(self.products_held), len(self.customers_held), len(self.orders_held))

    # ReadsCatalogue
    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        self._called("products")
        return _page([p for p in self.products_held if not since or p.updated_at >= since], after)

    def product(self, access: Access, product_id: str) -> Product | None:
        self._called("product")
        return next((p for p in self.products_held if p.id == product_id), None)

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        self._called("customers")
        return _page([c for c in self.customers_held if not since or c.updated_at >= since], after)

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        self._called("customer_by_email")
        return next((c for c in self.customers_held if c.email == email), None)

    # ReadsOrders
    def order(self, access: Access, order_id: str) -> Order | None:
        self._called("order")
        return self.orders_held.get(order_id)

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        self._called("orders")
        held = sorted(self.orders_held.values(), key=lambda order: order.updated_at)
        return _page([o for o in held if not since or o.updated_at >= since], after)

    def start_history(self, access: Access) -> str:
        self._called("start_history")
        return "history-1"

    def history(self, access: Access, handle: str) -> History:
        self._called("history")
        return History(state="ready", objects=len(self.orders_held), url="https://x/history")

    def read_history(self, access: Access, url: str) -> Iterator[Order]:
        self._called("read_history")
        yield from list(self.orders_held.values())

    # IssuesVouchers
    def issue_voucher(self, access: Access, order: VoucherOrder) -> str:
        self._called("issue_voucher")
        known = self.vouchers.get(order.code)
        if known is not None and known.title != order.title:
            raise PlatformRefusedError("voucher_code_taken")
        self.vouchers[order.code] = order
        return f"discount-{order.code}"

    def withdraw_voucher(self, access: Access, voucher_id: str) -> None:
        self._called("withdraw_voucher")
        self.vouchers.pop(voucher_id.removeprefix("discount-"), None)

    def cart_link(self, storefront_url: str, items: Sequence[tuple[str, int]]) -> str:
        lines = ",".join(f"{variant}:{quantity}" for variant, quantity in items)
        return f"{storefront_url}/cart/{lines}?storefront=true"

    def voucher_link(self, storefront_url: str, code: str) -> str:
        return f"{storefront_url}/discount/{code}?redirect=/cart"

    # SyncsConsent
    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str:
        self._called("record_consent")
        self.consents[email] = "subscribed"
        return f"customer-{email}"

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        self._called("withdraw_consent")
        self.consents[email] = "unsubscribed"

    # ReceivesWebhooks
    def claim(self, inbound: Inbound) -> Claim | None:
        return Claim("domain", inbound.headers["x-shopify-shop-domain"])

    def verify_webhook(self, inbound: Inbound, secrets: Sequence[str]) -> Delivery:
        given = inbound.headers.get("x-shopify-hmac-sha256", "").encode()
        if not hmac.compare_digest(given, self.webhook_signature(inbound.body).encode()):
            raise NotAllowedError("signature_invalid")
        topic = inbound.headers["x-shopify-topic"]
        body = json.loads(inbound.body)
        subject = body.get("admin_graphql_api_id") or body.get("order_id")
        customer: Any = body.get("customer") or {}
        return Delivery(
            domain=inbound.headers["x-shopify-shop-domain"],
            kind=_KINDS.get(topic) or _FAMILIES.get(topic.partition("/")[0], "other"),
            topic=topic,
            key=inbound.headers["x-shopify-event-id"],
            triggered_at=None,
            subject=None if subject is None else str(subject),
            person=(customer.get("id"), customer.get("email")),
            body=body,
        )

    def webhook_signature(self, body: bytes) -> str:
        """Return the signature header of a body."""
        return base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()

    def verify_proxy(self, raw_query: str, now: datetime) -> str:
        return self.clean_domain(self._signed(raw_query.encode())["shop"])

    # Embeds
    def publish_embed(self, access: Access, embed: Embed) -> bool:
        self._called("publish_embed")
        self.published[access.domain] = embed.shop_key
        return True

    def embed_url(self, domain: str, storefront_url: str) -> str:
        return f"https://{domain}/admin/themes/current/editor"

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        self._called("embed_state")
        pages = ("/", "/cart")
        return EmbedState(checked=pages, found=pages if self.published else ())


def _page(items: list[Any], after: str | None, size: int = 2) -> Page[Any]:
    start = int(after or 0)
    end = start + size
    return Page(items=tuple(items[start:end]), after=str(end) if end < len(items) else None)
