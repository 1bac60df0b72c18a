"""Signed messages from the platform: webhooks and requests through the shop's own domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from plugin.contracts.platform import Claim, Inbound
from plugin.errors import BadInputError, NotAllowedError
from plugin.json_in import parse_object
from plugin.model import Delivery, DeliveryKind
from plugin.platforms.shopify.addresses import clean_domain
from plugin.platforms.shopify.base import ShopifyBase
from plugin.platforms.shopify.signatures import verify_body, verify_proxy

MAX_WEBHOOK_BYTES = 2_000_000
_LONGEST_NAME = 128
# The domain in the header is not covered by the signature. These topics destroy or reveal data,
# so their signed body must name the same shop.
_MUST_NAME_SHOP = ("app/uninstalled", "customers/data_request", "customers/redact", "shop/redact")
_KINDS: Mapping[str, DeliveryKind] = {
    "app/uninstalled": "uninstalled",
    "customers/data_request": "data_request",
    "customers/redact": "erase_person",
    "shop/redact": "erase_shop",
    "customers/update": "customer",
}
_FAMILIES: Mapping[str, DeliveryKind] = {
    "orders": "order",
    "fulfillments": "order",
    "refunds": "order",
    "products": "product",
}


class ShopifyInbound(ShopifyBase):
    """Verifies what comes in and tells what it speaks of."""

    themed_type = "application/liquid"

    def claim(self, inbound: Inbound) -> Claim | None:
        """Return the shop that the header names."""
        try:
            return Claim("domain", clean_domain(_header(inbound.headers, "shop-domain")))
        except BadInputError:
            raise NotAllowedError("signature_invalid") from None

    def verify_webhook(self, inbound: Inbound, secrets: Sequence[str]) -> Delivery:
        """Check signature and shape; NotAllowedError("signature_invalid") if not genuine.

        BadInputError (or TooLargeError) for a genuine message of a shape we do not read. Shopify
        signs with the app's secret: `secrets` of the shop do not exist.
        """
        named = inbound.headers
        verify_body(inbound.body, _header(named, "hmac-sha256"), self._secrets)
        content = parse_object(inbound.body, max_bytes=MAX_WEBHOOK_BYTES)
        topic = _header(named, "topic").lower()
        key = _header(named, "event-id") or _header(named, "webhook-id")
        if not 0 < len(topic) <= _LONGEST_NAME or not 0 < len(key) <= _LONGEST_NAME:
            raise BadInputError("webhook_headers_missing")
        return Delivery(
            domain=_domain(_header(named, "shop-domain"), topic, content),
            kind=_KINDS.get(topic) or _FAMILIES.get(topic.partition("/")[0], "other"),
            topic=topic,
            key=key,
            triggered_at=_moment(_header(named, "triggered-at")),
            subject=_subject(topic, content),
            person=_person(topic, content),
            body=content,
        )

    def verify_proxy(self, raw_query: str, now: datetime) -> str:
        """Return the domain of a request through the shop's own domain; NotAllowedError if not
        genuine."""
        raw = raw_query.encode("utf-8", "surrogateescape")
        return verify_proxy(raw, self._secrets, now)["shop"]


def _subject(topic: str, body: Mapping[str, Any]) -> str | None:
    kind = topic.partition("/")[0]
    if kind == "orders":
        return _own_id(body, "Order")
    if kind in ("fulfillments", "refunds"):
        return _gid("Order", body.get("order_id"))
    return _own_id(body, "Product") if kind == "products" else None


def _person(topic: str, content: Mapping[str, Any]) -> tuple[str | None, str | None]:
    body: Any = content.get("customer")
    if topic in ("customers/update", "customers/create", "customers/delete"):
        body = content
    if not isinstance(body, dict):
        return None, None
    email = body.get("email")
    return _own_id(body, "Customer"), email if isinstance(email, str) and email else None


def _header(named: Mapping[str, str], name: str) -> str:
    # The older family of names carries the prefix x-, the newer does not.
    return named.get(f"x-shopify-{name}") or named.get(f"shopify-{name}") or ""


def _domain(header: str, topic: str, content: Mapping[str, object]) -> str:
    try:
        domain = clean_domain(header)
    except BadInputError:
        raise NotAllowedError("signature_invalid") from None
    signed = content.get("shop_domain") or content.get("myshopify_domain")
    if signed is None and topic not in _MUST_NAME_SHOP:
        return domain
    if not isinstance(signed, str) or signed.lower() != domain:
        raise NotAllowedError("signature_invalid")
    return domain


def _own_id(body: Mapping[str, Any], kind: str) -> str | None:
    named = body.get("admin_graphql_api_id")
    if isinstance(named, str) and named.startswith(f"gid://shopify/{kind}/"):
        return _gid(kind, named.removeprefix(f"gid://shopify/{kind}/"))
    return _gid(kind, body.get("id"))


def _gid(kind: str, number: object) -> str | None:
    if isinstance(number, bool) or not isinstance(number, int | str):
        return None
    digits = str(number)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 20:
        return None
    return f"gid://shopify/{kind}/{digits}"


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
