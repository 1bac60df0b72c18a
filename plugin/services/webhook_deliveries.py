"""Delivers outgoing webhooks: made anew from the rows, signed, retried, given up in the end."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Shop
from plugin.services import webhook_withdrawals
from plugin.services.context import Context
from plugin.services.outgoing_webhooks import PING, SEAL
from plugin.services.steps import MAX_ATTEMPTS, Handler, Step
from plugin.store import subscribers, vouchers
from plugin.store import webhook_targets as store
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber
from plugin.store.webhook_targets import Delivery, Target

SIGNATURE = "Bleib-Signature"
_SECONDS = 10.0
_MOST_ANSWER = 65_536
#: An address that took nothing for so long is told no more, until the merchant switches it on.
_PATIENCE = timedelta(days=4)
_GONE = 410


def deliver(context: Context, step: Step) -> None:
    """Deliver one message (step `webhook_out.deliver`).

    Raises PlatformError for what may work later; after the last attempt the failure stands in
    the log of the address and nowhere else.
    """
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
        delivery = store.delivery_by_id(connection, step.shop_id, step.payload["delivery"])
        target = (
            store.target_by_id(connection, step.shop_id, delivery.target_id) if delivery else None
        )
        if shop is None or delivery is None or target is None or delivery.state != "waiting":
            return
        content = _content(connection, context, shop, delivery)
    if content is None or (target.state != "on" and delivery.topic != PING):
        _drop(context, delivery)
        return
    status, error = _post(context, target, delivery, content)
    _note(context, target, delivery, status, error, attempt=step.attempts)


def signed(secret: str, at: int, body: bytes) -> str:
    """Return the signature of a message: what `docs/webhooks-out.md` lets the receiver check."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _post(
    context: Context, target: Target, delivery: Delivery, content: dict[str, Any]
) -> tuple[int | None, str | None]:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    secret = context.keys.unseal(target.shop_id, SEAL, target.secret_sealed)
    headers = {
        "Content-Type": "application/json",
        "Bleib-Topic": delivery.topic,
        "Bleib-Event": delivery.event_id,
        SIGNATURE: signed(secret, int(context.now().timestamp()), body),
    }
    try:
        reply = context.posts.post_bytes(
            target.url, body, headers=headers, seconds=_SECONDS, max_bytes=_MOST_ANSWER
        )
    except PlatformRefusedError:
        return None, "webhook_address_not_allowed"
    except PlatformError as problem:
        return None, problem.code.replace("platform_", "webhook_", 1)
    return reply.status, None if 200 <= reply.status < 300 else "webhook_status"


def _note(
    context: Context,
    target: Target,
    delivery: Delivery,
    status: int | None,
    error: str | None,
    *,
    attempt: int,
) -> None:
    now = context.now()
    final = error is not None and (
        attempt >= MAX_ATTEMPTS or status == _GONE or error == "webhook_address_not_allowed"
    )
    state = "delivered" if error is None else "failed" if final else "waiting"
    with context.db.write() as connection:
        store.update_delivery(
            connection,
            delivery.shop_id,
            delivery.id,
            state=state,
            attempts=delivery.attempts + 1,
            status=status,
            error=error,
            last_at=now,
        )
        _judge(connection, target, now, failed=error is not None, gone=status == _GONE)
    if error is not None and not final:
        raise PlatformError(error, retry_after=_pause(attempt))


def _pause(attempt: int) -> int:
    """Return the seconds until the next attempt: twelve attempts take about two days."""
    return min(60 * int(3 ** min(attempt - 1, 10)), 8 * 3600)


def _judge(
    connection: Connection, target: Target, now: datetime, *, failed: bool, gone: bool
) -> None:
    present = store.target_by_id(connection, target.shop_id, target.id, lock=True)
    if present is None:
        return
    since = (present.failing_since or now) if failed else None
    values: dict[str, object] = {"failing_since": since}
    if present.state == "on" and (gone or (since is not None and now - since > _PATIENCE)):
        values["state"] = "given_up"
    store.update_target(connection, target.shop_id, target.id, **values)


def _drop(context: Context, delivery: Delivery) -> None:
    with context.db.write() as connection:
        store.update_delivery(connection, delivery.shop_id, delivery.id, state="dropped")


def _content(
    connection: Connection, context: Context, shop: Shop, delivery: Delivery
) -> dict[str, Any] | None:
    """Return the message; None if the person it is about was erased meanwhile."""
    data: dict[str, Any] | None = {}
    if delivery.topic != PING:
        data = _data(connection, context, shop, delivery)
    if data is None:
        return None
    return {
        "id": delivery.event_id,
        "topic": delivery.topic,
        "at": delivery.at.isoformat(),
        "shop": shop.key,
        "data": data,
    }


def _data(
    connection: Connection, context: Context, shop: Shop, delivery: Delivery
) -> dict[str, Any] | None:
    identity, subject = delivery.identity, delivery.subject_id
    if identity is None or subject is None:
        return None
    if delivery.topic == "withdrawal.declared":
        return webhook_withdrawals.told(connection, context, shop, subject)
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    if delivery.topic.startswith("subscriber."):
        return None if person is None else _person(context, person)
    voucher = vouchers.voucher_by_id(connection, shop.id, subject)
    if voucher is None:
        return None
    told: dict[str, Any] = {
        "code": voucher.code,
        "kind": voucher.kind,
        "value": _amount(voucher.value),
        "currency": voucher.currency,
        "ends_at": voucher.ends_at.isoformat(),
        "email": None if person is None else _email(context, person),
    }
    if delivery.topic == "voucher.redeemed":
        told["order"] = voucher.order_id
        told["discount"] = _amount(voucher.redeemed_amount)
        told["order_total"] = _amount(voucher.order_total)
    return told


def _person(context: Context, person: Subscriber) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": _email(context, person),
        "language": person.language,
        "purposes": person.purposes,
        "confirmed_at": _moment(person.confirmed_at),
        "unsubscribed_at": _moment(person.unsubscribed_at),
    }


def _email(context: Context, person: Subscriber) -> str:
    return context.keys.unseal(person.shop_id, "email", person.email_sealed)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _amount(amount: Decimal | None) -> str | None:
    """Return it with two places, or as many as it takes: databases fill up with noughts."""
    if amount is None:
        return None
    short = f"{amount:.2f}"
    return short if Decimal(short) == amount else f"{amount.normalize():f}"


HANDLERS: dict[str, Handler] = {"webhook_out.deliver": deliver}
