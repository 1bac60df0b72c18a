"""Messages about an order: taken in, sent on to the merchant, answered, and timed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services import limits, mailing
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.order_rows import open_email
from plugin.services.parcels.links import page_link
from plugin.services.senders import sender_of
from plugin.services.service_promise.promise import promise_of
from plugin.store import order_pages
from plugin.store import service_messages as store
from plugin.store.parcels import FoundOrder
from plugin.store.service_messages import Message

__all__ = [
    "LONGEST",
    "REASONS",
    "FoundOrder",
    "Read",
    "Settled",
    "Wanted",
    "address_of",
    "answer",
    "settle",
    "settled",
    "take",
    "waiting",
]

Settled = Literal["answered", "closed"]

REASONS = ("where", "missing", "damaged", "change", "other")
LONGEST = 2000
_PURPOSE = "message"
_PER_ORDER = 5
_PER_NET = 20
_WINDOW = timedelta(days=1)
_SHOWN = 50
_SETTLED_SHOWN = 20


@dataclass(frozen=True)
class Wanted:
    """What a shopper typed in; `email` counts only where the order has none."""

    reason: str
    text: str
    email: str = ""


@dataclass(frozen=True)
class Read:
    """A message as the merchant reads it."""

    message: Message
    email: str
    text: str


def take(
    context: Context, shop: Shop, order: FoundOrder, wanted: Wanted, net: str, language: str
) -> None:
    """Take in a message about an order, let the merchant know, and tell the shopper it is there.

    The same words about the same order on one day are one message. InvalidFieldError names what
    is missing ("message_empty", "message_long", "email_invalid"); TooManyError after five for one
    order or twenty from one place within a day.
    """
    text = plain_text(wanted.text)
    if not text:
        raise InvalidFieldError("message_empty", field="text")
    if len(text) > LONGEST:
        raise InvalidFieldError("message_long", field="text")
    reason = wanted.reason if wanted.reason in REASONS else "other"
    email = address_of(context, shop, order) or clean_email(wanted.email)
    now = context.now()
    with context.db.write() as connection:
        due = promise_of(connection, context, shop).due
        message_id = store.add_message(
            connection,
            shop.id,
            {
                "request_id": _mark(context, shop, order, reason, text, now),
                "identity": identity_of(context.keys, shop.id, email),
                "email_sealed": context.keys.seal(shop.id, _PURPOSE, email),
                "text_sealed": context.keys.seal(shop.id, _PURPOSE, text),
                "order_id": order.order_id,
                "number": order.number,
                "reason": reason,
                "language": language,
                "received_at": now,
                "due_at": due,
            },
        )
        if message_id is None:
            return
        order_pages.touch_order(connection, shop.id, order.order_id)
        for name, key, most in (
            ("message_order", order.order_id, _PER_ORDER),
            ("message_net", net, _PER_NET),
        ):
            limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)
        values = {"number": order.number, "due_at": None if due is None else due.isoformat()}
        _to_merchant(connection, context, shop, message_id, email, reason, text, values)
        mailing.queue(
            connection,
            context,
            shop,
            "message_received",
            f"message_received:{message_id}",
            email,
            language,
            values | {"link": page_link(context, shop, order.order_id)},
        )


def _to_merchant(
    connection: Connection,
    context: Context,
    shop: Shop,
    message_id: int,
    email: str,
    reason: str,
    text: str,
    values: dict[str, str | None],
) -> None:
    # There where the shop answers its customers anyway; a shop without an address has the page.
    own = sender_of(connection, context, shop).reply_to
    if not own:
        return
    told = {
        "reason": reason,
        "text": text,
        "reply_to": email,
        "link": context.url(f"/admin/parcels/messages#message-{message_id}"),
    }
    kind, key = "shopper_message", f"shopper_message:{message_id}"
    language = shop.languages[0]
    mailing.queue(connection, context, shop, kind, key, own, language, values | told)


def address_of(context: Context, shop: Shop, order: FoundOrder) -> str | None:
    """Return where an answer goes: to whoever ordered; None where the order has no address.

    Never anywhere else: who only got hold of the link learns nothing that is meant for them.
    """
    if order.email_sealed is None:
        return None
    return open_email(context.keys, shop.id, order.email_sealed)


def answer(context: Context, shop: Shop, message_id: int, written: str) -> None:
    """Answer a message by mail; the time that it took counts.

    InvalidFieldError("message_empty", "message_long"), NotFoundError for an unknown message,
    ConflictError("message_settled") if it waits no longer.
    """
    text = plain_text(written)
    if not text:
        raise InvalidFieldError("message_empty", field="text")
    if len(text) > LONGEST:
        raise InvalidFieldError("message_long", field="text")
    with context.db.write() as connection:
        message = _waiting(connection, shop, message_id)
        _settle(connection, context, shop, message, "answered")
        mailing.queue(
            connection,
            context,
            shop,
            "message_answer",
            f"message_answer:{message_id}",
            context.keys.unseal(shop.id, _PURPOSE, message.email_sealed),
            message.language,
            {
                "number": message.number,
                "text": text,
                "asked": context.keys.unseal(shop.id, _PURPOSE, message.text_sealed),
                "link": page_link(context, shop, message.order_id),
            },
        )


def settle(context: Context, shop: Shop, message_id: int, state: Settled) -> None:
    """Note that a message was answered elsewhere, or needs no answer; errors as with `answer`."""
    with context.db.write() as connection:
        message = _waiting(connection, shop, message_id)
        _settle(connection, context, shop, message, state)


def _settle(
    connection: Connection, context: Context, shop: Shop, message: Message, state: Settled
) -> None:
    store.settle(connection, shop.id, message.id, state, context.now())
    order_pages.touch_order(connection, shop.id, message.order_id)


def _waiting(connection: Connection, shop: Shop, message_id: int) -> Message:
    message = store.message_by_id(connection, shop.id, message_id, lock=True)
    if message is None:
        raise NotFoundError("not_found")
    if message.state != "open":
        raise ConflictError("message_settled")
    return message


def waiting(context: Context, shop: Shop) -> list[Read]:
    """Return what waits for an answer, the oldest first, at most fifty."""
    with context.db.read() as connection:
        found = store.open_messages(connection, shop.id, _SHOWN)
    return [_read(context, shop, message) for message in found]


def settled(context: Context, shop: Shop) -> list[Read]:
    """Return what was answered or set aside last, at most twenty."""
    with context.db.read() as connection:
        found = store.settled_messages(connection, shop.id, _SETTLED_SHOWN)
    return [_read(context, shop, message) for message in found]


def _read(context: Context, shop: Shop, message: Message) -> Read:
    def opened(sealed: str) -> str:
        return context.keys.unseal(shop.id, _PURPOSE, sealed)

    return Read(message, opened(message.email_sealed), opened(message.text_sealed))


def _mark(
    context: Context, shop: Shop, order: FoundOrder, reason: str, text: str, now: datetime
) -> str:
    told = f"{order.order_id}\n{now:%Y-%m-%d}\n{reason}\n{text}"
    return context.keys.check_value(shop.id, "message", told)
