"""The kinds of mail: the legal class, what a crash in the middle of sending means, the content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.model import Shop
from plugin.services.mails.door_letters import invitation, sign_in
from plugin.services.mails.gift_letter import gift
from plugin.services.mails.letter import Letter, Link, MailClass, Values
from plugin.services.mails.needs_letter import needs
from plugin.services.mails.parcel_letters import LETTERS, item_of
from plugin.services.mails.samples import sample_letter
from plugin.services.mails.service_letters import message_answer, message_received, shopper_message
from plugin.services.mails.sign_up_letters import confirmation, place_of, voucher, welcome_back
from plugin.services.mails.switch_letters import restarted, stopped
from plugin.services.mails.welcome_letters import welcome_first, welcome_second, welcome_third
from plugin.services.mails.withdrawal_letters import withdrawal_declared, withdrawal_receipt
from plugin.services.wording import Voice

__all__ = ["KINDS", "Kind", "Values"]


@dataclass(frozen=True)
class Kind:
    """What is declared about one kind of mail.

    `resend` says what happens to a mail of which nobody knows whether the server took it: again
    under the same Message-ID (a missing confirmation is worse than a double one), or never
    (advertising must not arrive twice). `forgotten` mails leave nothing of the person once they
    went out, or once it is clear that they never will. `ours` are written to the merchant, so they
    do not look like the shop's. `sober` ones say how an order stands: with anything in them that is
    meant to sell they are refused.
    """

    mail_class: MailClass
    resend: bool
    build: Callable[[Voice, Shop, Values], Letter]
    forgotten: bool = False
    ours: bool = False
    sober: bool = False


def saved_cart(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Send a shopper the link to the cart that they wanted to take along; nothing else is in it.

    Values: link, ends_at (ISO time), items (list of {title, quantity}).
    """
    say = voice.say
    words = {
        "place": place_of(shop),
        "ends": voice.day(datetime.fromisoformat(values["ends_at"])),
    }
    return Letter(
        subject=say("saved_cart.subject", **words),
        preheader=say("saved_cart.preheader", **words),
        heading=say("saved_cart.heading"),
        paragraphs=(say("saved_cart.text", **words),),
        button=Link(say("saved_cart.button"), values["link"]),
        spelled_link=say("saved_cart.link"),
        items=tuple(item_of(voice, item) for item in values["items"]),
        notes=(say("saved_cart.terms", **words), say("saved_cart.not_you")),
        why=say("saved_cart.why"),
    )


def pool_low(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell the merchant that the stock of voucher codes is running out.

    Values: free, link.
    """
    say = voice.say
    words = {"free": values["free"], "shop": shop.name}
    return Letter(
        subject=say("pool_low.subject"),
        preheader=say("pool_low.preheader", **words),
        heading=say("pool_low.subject"),
        paragraphs=(say("pool_low.text", **words),),
        button=Link(say("pool_low.button"), values["link"]),
    )


def sample(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Show the merchant what a mail would be like.

    Values: kind, texts (the draft by part), at (ISO time), typed (as in the voucher's mail).
    """
    kind, at = values["kind"], datetime.fromisoformat(values["at"])
    build = KINDS[kind].build
    letter = sample_letter(build, kind, voice, shop, values["texts"], at, typed=values["typed"])
    return replace(letter, subject=voice.say("sample.subject", subject=letter.subject))


KINDS: dict[str, Kind] = {
    "confirmation": Kind("confirmation", resend=True, build=confirmation),
    "voucher": Kind("service", resend=True, build=voucher),
    "welcome_back": Kind("service", resend=True, build=welcome_back),
    "gift": Kind("service", resend=True, build=gift),
    "welcome_1": Kind("marketing", resend=False, build=welcome_first),
    "welcome_2": Kind("marketing", resend=False, build=welcome_second),
    "welcome_3": Kind("marketing", resend=False, build=welcome_third),
    "sample": Kind("service", resend=False, build=sample),
    **{
        kind: Kind("service", resend=True, build=build, sober=True)
        for kind, build in LETTERS.items()
    },
    "saved_cart": Kind("service", resend=True, build=saved_cart, forgotten=True),
    "sign_in": Kind("service", resend=True, build=sign_in, ours=True),
    "invitation": Kind("service", resend=True, build=invitation, ours=True),
    "pool_low": Kind("service", resend=True, build=pool_low, ours=True),
    "needs": Kind("service", resend=False, build=needs, ours=True),
    "stopped": Kind("service", resend=True, build=stopped, ours=True),
    "restarted": Kind("service", resend=True, build=restarted, ours=True),
    "withdrawal_receipt": Kind("service", resend=True, build=withdrawal_receipt, sober=True),
    "withdrawal_declared": Kind("service", resend=True, build=withdrawal_declared, ours=True),
    # Its words belong to the shopper, and the outbox knows it by the merchant's address alone.
    "shopper_message": Kind(
        "service", resend=True, build=shopper_message, ours=True, forgotten=True
    ),
    "message_received": Kind("service", resend=True, build=message_received),
    "message_answer": Kind("service", resend=True, build=message_answer),
}
