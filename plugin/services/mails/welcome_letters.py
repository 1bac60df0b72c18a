"""The welcome series: a greeting, an open ear, and the voucher that was not used yet."""

from __future__ import annotations

from dataclasses import replace

from plugin.model import Shop
from plugin.services.mails.letter import Code, Letter, Link, Values
from plugin.services.mails.sign_up_letters import claim_of, conditions_of, words_of
from plugin.services.wording import Voice


def welcome_first(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Greet somebody who confirmed a while ago.

    Values: newsletter, confirmed_at (ISO time), unsubscribe; optional: first_name.
    """
    button = Link(voice.say("welcome_1.button"), shop.storefront_url)
    return _letter("welcome_1", voice, words_of(voice, shop, values), values, button)


def welcome_second(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Offer an answer to somebody who has not ordered yet; values as of the first."""
    button = Link(voice.say("welcome_2.button"), shop.storefront_url)
    return _letter("welcome_2", voice, words_of(voice, shop, values), values, button)


def welcome_third(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Show an unused voucher once more, with every condition; values as of the voucher's mail."""
    words = words_of(voice, shop, values) | claim_of(voice, values)
    by_hand = "_typed" if values.get("typed") else ""
    button = Link(voice.say(f"voucher.button{by_hand}"), values["link"])
    return replace(
        _letter("welcome_3", voice, words, values, button),
        code=Code(values["code"], conditions_of(voice, values)),
        notes=(voice.say(f"voucher.how{by_hand}"),),
        why=voice.say("voucher.why", **words),
    )


def _letter(kind: str, voice: Voice, words: dict[str, str], values: Values, button: Link) -> Letter:
    return Letter(
        subject=voice.say(f"{kind}.subject", **words),
        preheader=voice.say(f"{kind}.preheader", **words),
        heading=voice.say(f"{kind}.heading", **words),
        paragraphs=tuple(voice.say(f"{kind}.text", **words).split("\n\n")),
        button=button,
        why=voice.say("welcome_back.why", **words),
        unsubscribe=Link(voice.say("unsubscribe"), values["unsubscribe"]),
        words=words,
    )
