"""What stands on an order's page about service: the promise, its proof, the way to a message."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.status import OrderStatus
from plugin.services.parcels.times import Times
from plugin.services.service_promise import words
from plugin.services.service_promise.promise import Promise, promise_of
from plugin.services.wording import Voice
from plugin.store import service_messages as store
from plugin.store.parcels import FoundOrder
from plugin.store.service_messages import Message


def block(
    context: Context,
    shop: Shop,
    order: FoundOrder,
    status: OrderStatus,
    *,
    language: str,
    page: str,
) -> Block:
    """Return the section "Questions about the delivery?"; it advertises nothing."""
    with context.db.read() as connection:
        promise = promise_of(connection, context, shop)
        last = store.last_of_order(connection, shop.id, order.order_id)
    voice = Voice("parcels", shop, language)
    waiting = last if last is not None and last.state == "open" else None
    late = status.condition == "delayed"
    return Block(
        key="service",
        title=voice.say("sp.title"),
        lead=words.lead(voice, promise),
        lines=_lines(context, shop, voice, promise, waiting),
        button=(voice.say("sp.late" if late else "sp.write"), f"{page}/message"),
        sign="message",
    )


def _lines(
    context: Context, shop: Shop, voice: Voice, promise: Promise, waiting: Message | None
) -> tuple[str, ...]:
    now = context.now()
    if waiting is None:
        said = (words.proof(voice, promise), words.coming(voice, promise, now))
        # Short as they are, they are one paragraph.
        return tuple(filter(None, (" ".join(filter(None, said)),)))
    when = Times(voice, shop, now).moment(waiting.received_at)
    said = (voice.say("sp.waiting", when=when), _by(voice, promise, waiting, context))
    return (" ".join(filter(None, said)),)


def _by(voice: Voice, promise: Promise, waiting: Message, context: Context) -> str:
    # What was promised and is over already is not said again.
    if waiting.due_at is None or waiting.due_at < context.now():
        return ""
    by = words.by_when(voice, promise.hours, waiting.due_at, context.now())
    return voice.say("sp.waiting_by", by=by)
