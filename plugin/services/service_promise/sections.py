"""What stands on an order's page about service: the promise, its proof, the way to a message."""

from __future__ import annotations

from plugin.services.parcels.blocks import Block
from plugin.services.parcels.drawing import INSTANT, Drawing
from plugin.services.parcels.times import Times
from plugin.services.service_promise import words
from plugin.services.service_promise.promise import Promise, promise_by
from plugin.services.service_promise.settings import hours_by
from plugin.services.wording import Voice
from plugin.store.service_messages import Message


def block(drawing: Drawing) -> Block:
    """Return the section "Questions about the delivery?"; it advertises nothing."""
    shop, settings = drawing.shop, drawing.settings
    hours = hours_by(settings.service, settings.promise, shop)
    promise = promise_by(drawing.connection, shop, settings.service, hours, drawing.now)
    voice = Voice("parcels", shop, drawing.language)
    last = drawing.message
    waiting = last if last is not None and last.state == "open" else None
    late = drawing.status.condition == "delayed"
    # What is said of the shop's answers is part of what the page is compared by.
    return Block(
        key="service",
        title=voice.say("sp.title"),
        lead=words.lead(voice, promise),
        lines=_lines(drawing, voice, promise, waiting),
        button=(voice.say("sp.late" if late else "sp.write"), f"{drawing.page}/message"),
        sign="message",
    )


def _lines(
    drawing: Drawing, voice: Voice, promise: Promise, waiting: Message | None
) -> tuple[str, ...]:
    now = drawing.now
    if waiting is None:
        said = (words.proof(voice, promise), words.coming(voice, promise, now))
        # Short as they are, they are one paragraph.
        return tuple(filter(None, (" ".join(filter(None, said)),)))
    when = Times(voice, drawing.shop, now).moment(waiting.received_at)
    said = (voice.say("sp.waiting", when=when), _by(drawing, voice, promise, waiting))
    return (" ".join(filter(None, said)),)


def _by(drawing: Drawing, voice: Voice, promise: Promise, waiting: Message) -> str:
    # What was promised and is over already is not said again.
    if waiting.due_at is None or waiting.due_at < drawing.now:
        return ""
    drawing.only_until(waiting.due_at + INSTANT)
    by = words.by_when(voice, promise.hours, waiting.due_at, drawing.now)
    return voice.say("sp.waiting_by", by=by)
