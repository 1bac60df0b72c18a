"""Outgoing webhooks: addresses of developers, and what is noted for them when something happens."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.http_out import origin_of
from plugin.model import Shop
from plugin.security import random_token
from plugin.services import steps
from plugin.services.context import Context
from plugin.store import webhook_targets as store
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher
from plugin.store.webhook_targets import Delivery, Target
from plugin.store.withdrawals import Withdrawal

__all__ = ["PING", "SEAL", "TOPICS", "Delivery", "Made", "Target"]

TOPICS = (
    "subscriber.confirmed",
    "subscriber.unsubscribed",
    "voucher.issued",
    "voucher.redeemed",
    "withdrawal.declared",
)
#: A message without a subject, to try an address.
PING = "ping"
SEAL = "webhook_out"
_MOST_TARGETS = 5
_LONGEST_URL = 500
_SHOWN = 50


@dataclass(frozen=True)
class Made:
    """An address with its secret, which is shown this once."""

    target: Target
    secret: str = field(repr=False)


def targets(context: Context, shop: Shop) -> list[Target]:
    """Return the shop's addresses."""
    with context.db.read() as connection:
        return store.targets_of(connection, shop.id)


def look(context: Context, shop: Shop, target_id: int) -> tuple[Target, list[Delivery]]:
    """Return an address with its newest deliveries; NotFoundError("unknown_webhook")."""
    with context.db.read() as connection:
        target = _known(connection, shop, target_id)
        return target, store.deliveries_to(connection, shop.id, target_id, _SHOWN)


def add(context: Context, shop: Shop, url: str, topics: Sequence[str]) -> Made:
    """Add an address.

    InvalidFieldError ("webhook_url_invalid", "webhook_topics_missing"), ConflictError
    ("webhooks_full").
    """
    wanted = [topic for topic in TOPICS if topic in topics]
    clean = _clean(url)
    if not wanted:
        raise InvalidFieldError("webhook_topics_missing", field="topics")
    secret = _new_secret()
    with context.db.write() as connection:
        if len(store.targets_of(connection, shop.id)) >= _MOST_TARGETS:
            raise ConflictError("webhooks_full")
        target_id = store.insert_target(
            connection,
            shop.id,
            {
                "url": clean,
                "secret_sealed": context.keys.seal(shop.id, SEAL, secret),
                "topics": wanted,
                "state": "on",
                "created_at": context.now(),
            },
        )
        return Made(_known(connection, shop, target_id), secret)


def renew_secret(context: Context, shop: Shop, target_id: int) -> Made:
    """Make a new secret, which signs from now on; NotFoundError("unknown_webhook")."""
    secret = _new_secret()
    sealed = context.keys.seal(shop.id, SEAL, secret)
    with context.db.write() as connection:
        _known(connection, shop, target_id)
        store.update_target(connection, shop.id, target_id, secret_sealed=sealed)
        return Made(_known(connection, shop, target_id), secret)


def switch(context: Context, shop: Shop, target_id: int, *, on: bool) -> None:
    """Let an address be told again, or no more; NotFoundError("unknown_webhook")."""
    with context.db.write() as connection:
        _known(connection, shop, target_id)
        state = "on" if on else "off"
        store.update_target(connection, shop.id, target_id, state=state, failing_since=None)


def remove(context: Context, shop: Shop, target_id: int) -> None:
    """Forget an address with its log; NotFoundError("unknown_webhook")."""
    with context.db.write() as connection:
        _known(connection, shop, target_id)
        store.delete_target(connection, shop.id, target_id)


def ping(context: Context, shop: Shop, target_id: int) -> None:
    """Send an address a message that says nothing; NotFoundError("unknown_webhook")."""
    with context.db.write() as connection:
        target = _known(connection, shop, target_id)
        _queue(connection, context, target, PING, None, None, context.now())


def again(context: Context, shop: Shop, target_id: int, delivery_id: int) -> None:
    """Deliver a failed message once more; NotFoundError if it is none of this address."""
    with context.db.write() as connection:
        found = store.delivery_by_id(connection, shop.id, delivery_id, lock=True)
        if found is None or found.target_id != target_id or found.state != "failed":
            raise NotFoundError("unknown_webhook")
        store.update_delivery(connection, shop.id, delivery_id, state="waiting")
        key = f"webhook_out:{delivery_id}:{found.attempts}"
        _enqueue(connection, context, shop.id, delivery_id, key)


def tell_of_person(
    connection: Connection, context: Context, shop: Shop, person: Subscriber, change: str
) -> None:
    """Note that a person confirmed or left, for every address that wants to know."""
    at = person.confirmed_at if change == "confirmed" else person.unsubscribed_at
    _tell(
        connection, context, shop, f"subscriber.{change}", person.identity, person.id,
        at or context.now(),
    )  # fmt: skip


def tell_of_voucher(
    connection: Connection,
    context: Context,
    shop: Shop,
    voucher: Voucher,
    change: str,
    at: datetime,
) -> None:
    """Note that a voucher was issued or redeemed, for every address that wants to know."""
    topic = f"voucher.{change}"
    _tell(connection, context, shop, topic, voucher.identity, voucher.id, at)


def tell_of_withdrawal(
    connection: Connection, context: Context, shop: Shop, row: Withdrawal
) -> None:
    """Note that somebody withdrew from a contract, for every address that wants to know."""
    topic, at = "withdrawal.declared", row.declared_at
    _tell(connection, context, shop, topic, row.identity or "", row.id, at)


def _tell(
    connection: Connection,
    context: Context,
    shop: Shop,
    topic: str,
    identity: str,
    subject_id: int,
    at: datetime,
) -> None:
    event_id = str(uuid.uuid4())
    for target in store.targets_of(connection, shop.id):
        if target.state == "on" and topic in target.topics:
            _queue(connection, context, target, topic, identity, subject_id, at, event_id)


def _queue(
    connection: Connection,
    context: Context,
    target: Target,
    topic: str,
    identity: str | None,
    subject_id: int | None,
    at: datetime,
    event_id: str = "",
) -> None:
    delivery_id = store.insert_delivery(
        connection,
        target.shop_id,
        {
            "target_id": target.id,
            "event_id": event_id or str(uuid.uuid4()),
            "topic": topic,
            "identity": identity,
            "subject_id": subject_id,
            "at": at,
            "created_at": context.now(),
        },
    )
    key = f"webhook_out:{delivery_id}"
    _enqueue(connection, context, target.shop_id, delivery_id, key)


def _enqueue(
    connection: Connection, context: Context, shop_id: int, delivery_id: int, key: str
) -> None:
    payload = {"delivery": delivery_id}
    steps.enqueue(connection, context, shop_id, "webhook_out.deliver", payload, key=key)


def _known(connection: Connection, shop: Shop, target_id: int) -> Target:
    found = store.target_by_id(connection, shop.id, target_id)
    if found is None:
        raise NotFoundError("unknown_webhook")
    return found


def _new_secret() -> str:
    return f"whsec_{random_token()}"


def _clean(url: str) -> str:
    url = url.strip()
    origin = origin_of(url)
    parts = urlsplit(origin)
    fits = len(url) <= _LONGEST_URL and url.isascii() and "#" not in url
    # Where the name leads is looked at each time a message goes out, not now.
    if not fits or parts.scheme != "https" or (parts.port or 443) != 443:
        raise InvalidFieldError("webhook_url_invalid", field="url")
    return url
