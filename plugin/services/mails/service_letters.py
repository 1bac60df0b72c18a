"""The letters around a message: to the merchant, that it is there, and its answer."""

from __future__ import annotations

from datetime import datetime

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.wording import Voice

_MOST_LINES = 60


def shopper_message(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Send the merchant what a shopper wrote; an answer to it goes to the shopper.

    Values: number (of the order), reason, text, link (to the message), reply_to; due_at (ISO time
    or None): by when an answer was promised.
    """
    say = voice.say
    words = {"number": values["number"], "reason": say(f"shopper_message.{values['reason']}")}
    due = values["due_at"]
    return Letter(
        subject=say("shopper_message.subject", **words),
        preheader=_lines(values["text"])[0][:110],
        heading=say("shopper_message.heading", **words),
        paragraphs=_lines(values["text"]),
        button=Link(say("shopper_message.button"), values["link"]),
        notes=(say("shopper_message.note"),)
        + ((say("shopper_message.due", **_moment(voice, due)),) if due else ()),
    )


def message_received(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell a shopper that the message is there, and by when an answer comes; nothing of its words.

    Values: number, link (to the order's page), due_at (ISO time or None).
    """
    say, due = voice.say, values["due_at"]
    words = {"number": values["number"]}
    by = "_by" if due else ""
    if due:
        words |= _moment(voice, due)
    return Letter(
        subject=say("message_received.subject"),
        preheader=say("message_received.preheader", **words),
        heading=say("message_received.subject"),
        paragraphs=(say(f"message_received.text{by}", **words),),
        button=Link(say("message_received.button"), values["link"]),
        notes=(say("message_received.not_you"),),
    )


def message_answer(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Bring a shopper the merchant's answer, with what was asked below it.

    Values: number, text, asked, link (to the order's page).
    """
    say = voice.say
    return Letter(
        subject=say("message_answer.subject", number=values["number"]),
        preheader=_lines(values["text"])[0][:110],
        heading=say("message_answer.heading"),
        paragraphs=_lines(values["text"]),
        button=Link(say("message_answer.button"), values["link"]),
        notes=(say("message_answer.asked"), *_lines(values["asked"])),
    )


def _moment(voice: Voice, stored: str) -> dict[str, str]:
    moment = datetime.fromisoformat(stored)
    return {"day": voice.day(moment), "time": voice.time(moment)}


def _lines(text: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return (*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :]))[: len(lines)]
