"""What follows a delivery on the order's page: all good?, one question, a review, a thank-you."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.parcels.blocks import Block, Choice, Field, Form, Send
from plugin.services.parcels.drawing import Drawing
from plugin.services.parcels.status import OrderStatus, read
from plugin.services.service_promise import settings as shop_service
from plugin.services.service_promise import thanking
from plugin.services.service_promise.messages import address_of
from plugin.services.wording import Voice
from plugin.store import service_messages as store
from plugin.store import withdrawals
from plugin.store.parcels import FoundOrder
from plugin.store.service_messages import Answer, Message
from plugin.store.withdrawals import Withdrawal

GOOD, MISSING = "good", "missing"
LONGEST = 1000
_PURPOSE = "message"
_SCORES = (5, 4, 3, 2, 1)
_LOW = 2
#: So long after a delivery somebody still remembers it.
_ASKED_FOR = timedelta(days=30)


def blocks(drawing: Drawing) -> tuple[Block, ...]:
    """Return what is asked and offered once all of an order has arrived; () before.

    First whether all is good. Then the one question and, after any answer to it, the request for a
    review and the thank-you: neither depends on what the answer was, and both are left out if
    anything went wrong with the order at any time.
    """
    status, page, shop, order = drawing.status, drawing.page, drawing.shop, drawing.order
    over = _asked_until(status)
    if over is None or over <= drawing.now:
        return ()
    drawing.only_until(over)
    if not _is_content(drawing.declared, drawing.message):
        return ()  # they told us what is wrong: there is nothing to ask
    voice = Voice("parcels", shop, drawing.language)
    answer = store.answer_of(drawing.connection, shop.id, order.order_id)
    if answer is None:
        return (_all_good(voice, page),)
    settings = drawing.settings.service
    thanks = thanking.block(drawing, voice)
    found: list[Block | None] = []
    if settings.asks:
        found.append(_thanks(voice, page, answer) if answer.score else _question(voice, page))
    if not status.disturbed:
        found += [thanks, _review(voice, settings.review) if settings.review else None]
    return tuple(block for block in found if block is not None)


def all_good(context: Context, shop: Shop, order: FoundOrder) -> None:
    """Note that everything arrived as it should; saying it twice is harmless.

    Before it arrived there is nothing to note.
    """
    with context.db.write() as connection:
        known = store.answer_of(connection, shop.id, order.order_id)
        if known is None:
            _put(connection, context, shop, order, good_at=context.now())


def say(context: Context, shop: Shop, order: FoundOrder, score: str, words: str) -> None:
    """Write down the answer to the one question; a later one replaces it, one too early is none.

    InvalidFieldError("score_invalid") for none of the five.
    """
    if score not in map(str, _SCORES):
        raise InvalidFieldError("score_invalid", field="score")
    text = plain_text(words)[:LONGEST]
    sealed = context.keys.seal(shop.id, _PURPOSE, text) if text else None
    with context.db.write() as connection:
        known = store.answer_of(connection, shop.id, order.order_id)
        good_at = known.good_at if known is not None else None
        _put(
            connection, context, shop, order, good_at=good_at, score=int(score), words_sealed=sealed
        )


def _put(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: FoundOrder,
    *,
    good_at: datetime | None,
    score: int | None = None,
    words_sealed: str | None = None,
) -> None:
    status = read(connection, context, shop, order)
    over = _asked_until(status)
    if over is None or over <= status.at:
        return
    email = address_of(context, shop, order)
    identity = None if email is None else identity_of(context.keys, shop.id, email)
    row = {
        "identity": identity,
        "good_at": good_at,
        "score": score,
        "words_sealed": words_sealed,
        "at": context.now(),
    }
    store.put_answer(connection, shop.id, order.order_id, row)
    declared = withdrawals.of_order(connection, shop.id, order.order_id)
    message = store.last_of_order(connection, shop.id, order.order_id)
    if not status.disturbed and _is_content(declared, message):
        settings = shop_service.read(connection, shop.id).thanks
        thanking.plan(connection, context, shop, order, identity, settings)


def _is_content(declared: Sequence[Withdrawal], last: Message | None) -> bool:
    """Tell whether nobody withdrew from the order, settled or not, nor wrote what is wrong."""
    return not declared and (last is None or last.reason not in (MISSING, "damaged"))


def _asked_until(status: OrderStatus) -> datetime | None:
    """Return until when somebody is asked about an order; None before all of it has arrived."""
    days = [parcel.delivered_at for parcel in status.parcels]
    arrived = [day for day in days if day is not None]
    if not arrived or len(arrived) < len(days) or status.unsent:
        return None
    return max(arrived) + _ASKED_FOR


def _all_good(voice: Voice, page: str) -> Block:
    sends = (Send(voice.say("sp.after.good"), GOOD), Send(voice.say("sp.after.missing"), MISSING))
    return Block(key="good", title="", form=Form(f"{page}/answer", sends=sends), first=True)


def _question(voice: Voice, page: str) -> Block:
    choices = tuple(Choice(str(n), voice.say(f"sp.after.score.{n}")) for n in _SCORES)
    fields = (
        Field("score", "radio", required=True, choices=choices),
        Field("words", "lines", voice.say("sp.after.words"), longest=LONGEST),
    )
    form = Form(f"{page}/answer", fields, (Send(voice.say("sp.after.send"), "score"),))
    return Block(key="question", title=voice.say("sp.after.question"), form=form)


def _thanks(voice: Voice, page: str, answer: Answer) -> Block:
    low = (answer.score or 0) <= _LOW
    return Block(
        key="question",
        title=voice.say("sp.after.thanks"),
        lines=(voice.say("sp.after.thanks_low" if low else "sp.after.thanks_text"),),
        button=(voice.say("sp.write"), f"{page}/message") if low else None,
        tone="plain" if low else "good",
        sign="" if low else "check",
    )


def _review(voice: Voice, address: str) -> Block:
    return Block(
        key="review",
        title=voice.say("sp.after.review"),
        lines=(voice.say("sp.after.review_text"),),
        button=(voice.say("sp.after.review_button"), address),
        tone="quiet",
        advertises=True,
    )
