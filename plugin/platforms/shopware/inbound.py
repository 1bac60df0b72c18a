"""Signed messages from the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from plugin.contracts.platform import Claim, Inbound
from plugin.errors import BadInputError, NotAllowedError
from plugin.json_in import parse_object
from plugin.model import Delivery, DeliveryKind
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.signatures import verify
from plugin.security import digest

MAX_WEBHOOK_BYTES = 2_000_000
_LONGEST_NAME = 128
_SIGNATURE = "shopware-shop-signature"
_OF_ORDERS = (
    "checkout.order.",
    "order.",
    "state_enter.order.",
    "state_enter.order_transaction.",
    "state_enter.order_delivery.",
)
_OF_THE_APP: dict[str, DeliveryKind] = {"app.deleted": "uninstalled", "app.activated": "activated"}
_OF_PERSONS = {"checkout.customer.": "customer", "newsletter.": "newsletterRecipient"}


class ShopwareInbound(ShopwareBase):
    """Verifies what comes in and tells what it speaks of."""

    def claim(self, inbound: Inbound) -> Claim | None:
        """Return the shop's id; NotAllowedError("signature_invalid") if the message names none."""
        source = parse_object(inbound.body, max_bytes=MAX_WEBHOOK_BYTES).get("source")
        named = source.get("shopId") if isinstance(source, dict) else None
        if not isinstance(named, str) or not 0 < len(named) <= _LONGEST_NAME:
            raise NotAllowedError("signature_invalid")
        return Claim("platform_id", named)

    def verify_webhook(self, inbound: Inbound, secrets: Sequence[str]) -> Delivery:
        """Check signature and shape; NotAllowedError("signature_invalid") if not genuine.

        BadInputError for a genuine message of a shape we do not read.
        """
        verify(inbound.body, inbound.headers.get(_SIGNATURE, ""), secrets)
        body = parse_object(inbound.body, max_bytes=MAX_WEBHOOK_BYTES)
        data, source = body.get("data"), body.get("source")
        if not isinstance(data, dict) or not isinstance(source, dict):
            raise BadInputError("request_refused")
        event = data.get("event")
        if not isinstance(event, str) or not 0 < len(event) <= _LONGEST_NAME:
            raise BadInputError("request_refused")
        kind, subject, person = _meaning(event, data.get("payload"))
        return Delivery(
            domain=None,
            kind=kind,
            topic=event,
            key=_key(source.get("eventId"), inbound.body),
            triggered_at=_moment(body.get("timestamp")),
            subject=subject,
            person=person,
        )


def _meaning(
    event: str, payload: object
) -> tuple[DeliveryKind, str | None, tuple[str | None, str | None]]:
    nobody = (None, None)
    if event in _OF_THE_APP:
        return _OF_THE_APP[event], None, nobody
    if event.startswith(_OF_ORDERS):
        return "order", _subject(payload, "order"), nobody
    if event.startswith("product."):
        return "product", _subject(payload, "product"), nobody
    for start, entity in _OF_PERSONS.items():
        if event.startswith(start):
            email = _part(payload, entity).get("email")
            # A message of the newsletter carries no address, at least not in every version.
            if isinstance(email, str) and email:
                return "customer", None, (_id(_part(payload, entity)), email)
    return "other", None, nobody


def _subject(payload: object, entity: str) -> str | None:
    if isinstance(payload, list):  # a message "….written" names what was written by its id alone
        written = (item for item in payload if isinstance(item, dict))
        mine = next((item for item in written if item.get("entity") == entity), {})
        key = mine.get("primaryKey")
        return _id(key if isinstance(key, dict) else {"id": key})
    return _id(_part(payload, entity))


def _part(payload: object, entity: str) -> dict[str, Any]:
    part = payload.get(entity) if isinstance(payload, dict) else None
    return part if isinstance(part, dict) else {}


def _id(part: dict[str, Any]) -> str | None:
    found = part.get("id") or part.get("_uniqueIdentifier")
    plain = isinstance(found, str) and found.isascii() and found.isalnum() and len(found) == 32
    return str(found) if plain else None


def _key(event_id: object, body: bytes) -> str:
    # The same on every retry; versions before it was introduced repeat the same bytes.
    named = isinstance(event_id, str) and 0 < len(event_id) <= _LONGEST_NAME
    return str(event_id) if named else digest(body)


def _moment(stamp: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, UTC) if type(stamp) is int else None
    except (ValueError, OverflowError, OSError):
        return None
