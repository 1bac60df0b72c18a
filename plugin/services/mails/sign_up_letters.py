"""The letters that follow a sign-up: the question, the voucher, the thanks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from plugin.model import Shop
from plugin.services.mails.letter import Code, Letter, Link, Values
from plugin.services.wording import Offer, Voice


def confirmation(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Ask whether the owner of the address wants the newsletter; no word of advertising.

    Values: link, newsletter, requested_at, deleted_at (ISO times).
    """
    asked = datetime.fromisoformat(values["requested_at"])
    say = voice.say
    return Letter(
        subject=say("confirmation.subject"),
        preheader=say("confirmation.preheader"),
        heading=say("confirmation.subject"),
        paragraphs=(
            say(
                "confirmation.text",
                date=voice.day(asked),
                time=voice.time(asked),
                place=place_of(shop),
                newsletter=newsletter_of(voice, values),
            ),
        ),
        button=Link(say("confirmation.button"), values["link"]),
        spelled_link=say("confirmation.link"),
        notes=(
            say(
                "confirmation.not_you",
                deleted=voice.day(datetime.fromisoformat(values["deleted_at"])),
            ),
        ),
        words={"shop": shop.name, "newsletter": newsletter_of(voice, values)},
        plain=True,
    )


def voucher(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Hand over the code with its conditions.

    Values: code, link, newsletter, confirmed_at, ends_at (ISO times), unsubscribe, kind, value,
    currency, minimum (decimal text or None), exclusions (text), typed (the button cannot put the
    code into the cart); optional: first_name, and promised (decimal text) where it is smaller.
    """
    words = words_of(voice, shop, values) | claim_of(voice, values)
    smaller = values.get("promised")
    with_minimum = "_minimum" if "minimum" in words else ""
    by_hand = "_typed" if values.get("typed") else ""
    return Letter(
        subject=voice.say("voucher.subject", **words),
        preheader=voice.say(f"voucher.preheader{with_minimum}", **words),
        heading=voice.say("voucher.heading", **words),
        paragraphs=(voice.say(f"voucher.text{'_smaller' if smaller else ''}", **words),),
        added=(_instead(voice, {**values, "value": smaller}, words),) if smaller else (),
        code=Code(values["code"], conditions_of(voice, values)),
        button=Link(voice.say(f"voucher.button{by_hand}"), values["link"]),
        notes=(voice.say(f"voucher.how{by_hand}"),),
        why=voice.say("voucher.why", **words),
        unsubscribe=Link(voice.say("unsubscribe"), values["unsubscribe"]),
        words=words,
    )


def _instead(voice: Voice, promised: Values, words: Mapping[str, str]) -> str:
    """Say that a voucher is smaller than usual, instead of that it is as promised."""
    return voice.say(
        "voucher.smaller", **{**words, "promised": claim_of(voice, promised)["figure"]}
    )


def welcome_back(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Thank a person who turned out to have ordered before, and say why there is no voucher.

    Values: newsletter, confirmed_at (ISO time), unsubscribe; optional: first_name, and what there
    is instead: thanks (a sentence), thanks_button, thanks_link ("" without one).
    """
    words = words_of(voice, shop, values)
    button = Link(voice.say("welcome_back.button"), shop.storefront_url)
    if values.get("thanks_link"):
        button = Link(values["thanks_button"], values["thanks_link"])
    return Letter(
        subject=voice.say("welcome_back.subject"),
        preheader=voice.say("welcome_back.preheader"),
        heading=voice.say("welcome_back.heading"),
        paragraphs=(voice.say("welcome_back.text", **words),),
        added=(values["thanks"],) if values.get("thanks") else (),
        kept=("button",) if values.get("thanks_link") else (),
        button=button,
        why=voice.say("welcome_back.why", **words),
        unsubscribe=Link(voice.say("unsubscribe"), values["unsubscribe"]),
        words=words,
    )


def words_of(voice: Voice, shop: Shop, values: Values) -> dict[str, str]:
    """Return what a letter to a confirmed person may speak of."""
    return {
        "first_name": values.get("first_name") or "",
        "shop": shop.name,
        "newsletter": newsletter_of(voice, values),
        "date": voice.day(datetime.fromisoformat(values["confirmed_at"])),
    }


def claim_of(voice: Voice, values: Values) -> dict[str, str]:
    """Return what a voucher is worth, from when on, until when, and its code, in words."""
    minimum = values["minimum"]
    offer = Offer(
        kind=values["kind"],
        value=Decimal(values["value"]),
        currency=values["currency"],
        minimum=None if minimum is None else Decimal(minimum),
        days=0,
        exclusions={},
    )
    words = {
        "figure": voice.figure(offer),
        "ends": voice.day(datetime.fromisoformat(values["ends_at"])),
        "code": values["code"],
    }
    if offer.minimum is not None:
        words["minimum"] = voice.money(offer.minimum, offer.currency)
    return words


def conditions_of(voice: Voice, values: Values) -> str:
    """Return every condition of a voucher, as they stand beside its code."""
    words = claim_of(voice, values)
    with_minimum = "_minimum" if "minimum" in words else ""
    conditions = voice.say(f"voucher.conditions{with_minimum}", **words)
    if values["exclusions"]:
        conditions += " " + voice.say("voucher.excluded", what=values["exclusions"])
    return conditions


def newsletter_of(voice: Voice, values: Values) -> str:
    """Return what the shop calls its newsletter."""
    return str(values["newsletter"] or voice.say("newsletter"))


def place_of(shop: Shop) -> str:
    """Return the shop as the shopper saw it in the address line, where that is readable."""
    host = urlsplit(shop.storefront_url).hostname or ""
    return host if "." in host and not host.replace(".", "").isdigit() else shop.name
