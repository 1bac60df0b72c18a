"""The letter that tells an owner once a day what needs a decision."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.wording import Voice


def needs(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell the merchant what needs a decision: one line each, with the page where it is made.

    Values: needs (list of {need, campaign, link}), overview, switch (links).
    """
    say = voice.say
    lines = tuple(_line(voice, need) for need in values["needs"])
    return Letter(
        subject=say("needs.subject", shop=shop.name),
        preheader=lines[0].label,
        heading=say("needs.heading"),
        paragraphs=(say("needs.text", shop=shop.name),),
        links=lines,
        button=Link(say("needs.button"), values["overview"]),
        why=say("needs.why", shop=shop.name),
        footer=(Link(say("needs.switch"), values["switch"]),),
    )


def _line(voice: Voice, need: Values) -> Link:
    named = "_named" if need["campaign"] else ""
    label = voice.say(f"needs.line.{need['need']}{named}", campaign=need["campaign"])
    return Link(label, need["link"])
