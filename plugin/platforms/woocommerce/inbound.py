"""Signed messages from the shop: WooCommerce's webhooks and the goodbye of our plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from plugin.contracts.platform import Claim, Inbound
from plugin.errors import BadInputError, NotAllowedError
from plugin.json_in import parse_object
from plugin.model import Delivery, DeliveryKind
from plugin.platforms.woocommerce.addresses import clean_domain
from plugin.platforms.woocommerce.base import WooBase
from plugin.security import digest, hmac_base64_matches

MAX_WEBHOOK_BYTES = 2_000_000
GOODBYE = "app.uninstalled"
_PING = re.compile(rb"webhook_id=[0-9]{1,18}")
_KEY = re.compile(r"[a-z0-9]{1,64}", re.ASCII)
_TOPIC = re.compile(r"[a-z0-9_-]{1,60}\.[a-z0-9_.-]{1,60}", re.ASCII)
_DELIVERY = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_FAMILIES: Mapping[str, DeliveryKind] = {
    "order": "order",
    "product": "product",
    "customer": "customer",
}


class WooInbound(WooBase):
    """Verifies what comes in and tells what it speaks of."""

    def claim(self, inbound: Inbound) -> Claim | None:
        """Return the shop of the path, or the one that the message names as its source.

        None for the ping that WooCommerce sends unsigned when a webhook is made.
        """
        if "x-wc-webhook-signature" not in inbound.headers and _PING.fullmatch(inbound.body):
            return None
        if _KEY.fullmatch(inbound.key):
            return Claim("key", inbound.key)
        source = inbound.headers.get("x-wc-webhook-source", "")
        try:
            return Claim("domain", clean_domain(source))
        except BadInputError:
            raise NotAllowedError("signature_invalid") from None

    def verify_webhook(self, inbound: Inbound, secrets: Sequence[str]) -> Delivery:
        """Check signature and shape; NotAllowedError("signature_invalid") if not genuine.

        BadInputError (or TooLargeError) for a genuine message of a shape we do not read.
        """
        headers = inbound.headers
        given = headers.get("x-wc-webhook-signature", "").encode("ascii", "replace")
        if not hmac_base64_matches(secrets, inbound.body, given):
            raise NotAllowedError("signature_invalid")
        content = parse_object(inbound.body, max_bytes=MAX_WEBHOOK_BYTES)
        topic = headers.get("x-wc-webhook-topic", "").lower()
        if not _TOPIC.fullmatch(topic):
            raise BadInputError("webhook_headers_missing")
        kind = _kind(topic, content, inbound.key)
        return Delivery(
            domain=None,  # the secret is the shop's own
            kind=kind,
            topic=topic,
            key=_mark(inbound, content),
            triggered_at=_moment(content) if kind == "uninstalled" else None,
            subject=_subject(kind, content),
            person=_person(content) if kind == "customer" else (None, None),
            body=content,
        )


def _kind(topic: str, content: Mapping[str, Any], key: str) -> DeliveryKind:
    # The topic stands in a header that is not signed: what ends a connection must be in the body.
    if topic == GOODBYE:
        return (
            "uninstalled" if set(content) == {"shop", "at"} and content["shop"] == key else "other"
        )
    family = _FAMILIES.get(topic.partition(".")[0], "other")
    # A webhook whose owner lost their rights sends WordPress's error in place of the thing.
    return family if _number(content.get("id")) else "other"


def _mark(inbound: Inbound, content: Mapping[str, Any]) -> str:
    """Return what two deliveries of the same state have in common.

    The shop numbers each delivery anew and builds the body when it sends it, so the same body is
    the same news. Only a deletion says nothing but the id: deleted, restored and deleted again
    are three events with two equal bodies.
    """
    mark = digest(inbound.body)
    if "date_modified_gmt" in content:
        return mark
    delivery = inbound.headers.get("x-wc-webhook-delivery-id", "")
    return f"{mark[:60]}:{delivery}" if _DELIVERY.fullmatch(delivery) else mark


def _subject(kind: DeliveryKind, content: Mapping[str, Any]) -> str | None:
    if kind == "order":
        return _number(content.get("id"))
    if kind == "product":  # news of a variation are news of its product
        parent = content.get("parent_id") if content.get("type") == "variation" else None
        return _number(parent) or _number(content.get("id"))
    return None


def _person(content: Mapping[str, Any]) -> tuple[str | None, str | None]:
    email = content.get("email")
    return _number(content.get("id")), email if isinstance(email, str) and email else None


def _number(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    return digits.lstrip("0") or None


def _moment(content: Mapping[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(content.get("at")))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
