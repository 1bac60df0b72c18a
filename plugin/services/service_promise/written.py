"""What the page on which somebody writes a message says, before and after."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.blocks import Choice, Field
from plugin.services.service_promise import words
from plugin.services.service_promise.messages import LONGEST, REASONS, Wanted, address_of
from plugin.services.service_promise.promise import promise_of
from plugin.services.wording import Voice
from plugin.store import service_messages as store
from plugin.store.parcels import FoundOrder

_PROBLEMS = {
    "message_empty": "empty",
    "message_long": "long",
    "email_invalid": "email_wrong",
    "too_many": "many",
}


@dataclass(frozen=True)
class Sheet:
    """The form with its words; `to` says where the answer goes."""

    order: str
    title: str
    lead: str
    problem: str
    at_fault: str
    fields: tuple[Field, ...]
    to: str
    send: str
    back: str


@dataclass(frozen=True)
class Sent:
    """What stands there once a message has been sent."""

    order: str
    title: str
    text: str
    back: str


def sheet(
    context: Context,
    shop: Shop,
    order: FoundOrder,
    wanted: Wanted,
    language: str,
    *,
    problem: str = "",
    field: str | None = None,
) -> Sheet:
    """Return the form, filled with what was typed in before; `problem` is the code of an error."""
    voice = Voice("parcels", shop, language)
    say = voice.say
    own = address_of(context, shop, order)
    with context.db.read() as connection:
        promise = promise_of(connection, context, shop)
    missing = wanted.reason == "missing"
    by = promise.due and words.by_when(voice, promise.hours, promise.due, context.now())
    lead = say("sp.form.sent_by", by=by) if by else words.lead(voice, promise)
    return Sheet(
        order=say("order", number=order.number),
        title=say("sp.form.title_missing" if missing else "sp.form.title"),
        lead=f"{say('sp.form.sorry')} {lead}".strip() if missing else lead,
        problem=say(f"sp.form.{_PROBLEMS[problem]}", most=LONGEST) if problem else "",
        at_fault=field or "",
        fields=_fields(voice, wanted, typed_email=own is None),
        to="" if own is None else say("sp.form.to", email=_shortened(own)),
        send=say("sp.form.send"),
        back=say("sp.form.back"),
    )


def sent(context: Context, shop: Shop, order: FoundOrder, language: str) -> Sent:
    """Return the answer to a message that was taken in, with the time that was promised."""
    voice = Voice("parcels", shop, language)
    with context.db.read() as connection:
        promise = promise_of(connection, context, shop)
        last = store.last_of_order(connection, shop.id, order.order_id)
    text = voice.say("sp.form.sent_text")
    if last is not None and last.due_at is not None and last.due_at > context.now():
        by = words.by_when(voice, promise.hours, last.due_at, context.now())
        text = voice.say("sp.form.sent_by", by=by)
    return Sent(
        order=voice.say("order", number=order.number),
        title=voice.say("sp.form.sent"),
        text=text,
        back=voice.say("sp.form.back"),
    )


def _fields(voice: Voice, wanted: Wanted, *, typed_email: bool) -> tuple[Field, ...]:
    say = voice.say
    chosen = wanted.reason if wanted.reason in REASONS else ""
    reasons = tuple(Choice(name, say(f"sp.reason.{name}")) for name in REASONS)
    fields = [
        Field("reason", "radio", say("sp.reason.label"), chosen, required=True, choices=reasons),
        Field("text", "lines", say("sp.form.text"), wanted.text, required=True, longest=LONGEST),
    ]
    if typed_email:
        why = say("sp.form.email_why")
        fields.append(
            Field("email", "email", say("sp.form.email"), wanted.email, why, required=True)
        )
    return tuple(fields)


def _shortened(email: str) -> str:
    name, _, domain = email.rpartition("@")
    return f"{name[:2]}…@{domain}"
