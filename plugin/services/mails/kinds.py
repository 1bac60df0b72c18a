"""The kinds of mail: the legal class, what a crash in the middle of sending means, the content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from plugin.model import Shop
from plugin.services.mails.letter import Code, Item, Letter, Link, MailClass, Progress
from plugin.services.wording import Offer, Voice

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What is declared about one kind of mail.

    `resend` says what happens to a mail of which nobody knows whether the server took it: again
    under the same Message-ID (a missing confirmation is worse than a double one), or never
    (advertising must not arrive twice). `forgotten` mails leave nothing of the person once they
    went out, or once it is clear that they never will.
    """

    mail_class: MailClass
    resend: bool
    build: Callable[[Voice, Shop, Values], Letter]
    forgotten: bool = False


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
                place=_place(shop),
                newsletter=_newsletter(voice, values),
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
    )


def voucher(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Hand over the code with its conditions.

    Values: code, link, newsletter, confirmed_at, ends_at (ISO times), unsubscribe, kind, value,
    currency, minimum (decimal text or None), exclusions (text), typed (the button cannot put the
    code into the cart).
    """
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
        "newsletter": _newsletter(voice, values),
        "date": voice.day(datetime.fromisoformat(values["confirmed_at"])),
    }
    with_minimum = ""
    if offer.minimum is not None:
        with_minimum = "_minimum"
        words["minimum"] = voice.money(offer.minimum, offer.currency)
    conditions = voice.say(f"voucher.conditions{with_minimum}", **words)
    if values["exclusions"]:
        conditions += " " + voice.say("voucher.excluded", what=values["exclusions"])
    by_hand = "_typed" if values.get("typed") else ""
    return Letter(
        subject=voice.say("voucher.subject", **words),
        preheader=voice.say(f"voucher.preheader{with_minimum}", **words),
        heading=voice.say("voucher.heading", **words),
        paragraphs=(voice.say("voucher.text", **words),),
        code=Code(values["code"], conditions),
        button=Link(voice.say(f"voucher.button{by_hand}"), values["link"]),
        notes=(voice.say(f"voucher.how{by_hand}"),),
        why=voice.say("voucher.why", **words),
        unsubscribe=Link(voice.say("unsubscribe"), values["unsubscribe"]),
    )


def welcome_back(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Thank a person who turned out to have ordered before, and say why there is no voucher.

    Values: newsletter, confirmed_at (ISO time), unsubscribe.
    """
    words = {
        "newsletter": _newsletter(voice, values),
        "date": voice.day(datetime.fromisoformat(values["confirmed_at"])),
    }
    return Letter(
        subject=voice.say("welcome_back.subject"),
        preheader=voice.say("welcome_back.preheader"),
        heading=voice.say("welcome_back.heading"),
        paragraphs=(voice.say("welcome_back.text", **words),),
        button=Link(voice.say("welcome_back.button"), shop.storefront_url),
        why=voice.say("welcome_back.why", **words),
        unsubscribe=Link(voice.say("unsubscribe"), values["unsubscribe"]),
    )


def on_its_way(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel is on its way; nothing is proposed in it.

    Values: order (number), link; optional: carrier, number, expected_on (ISO date), stage (1-4),
    items (list of {title, quantity, detail, image}).
    """
    say = voice.say
    words = {"order": values["order"], "carrier": values.get("carrier")}
    by_day = ""
    if values.get("expected_on"):
        by_day = "_day"
        words["day"] = voice.weekday(date.fromisoformat(values["expected_on"]))
    stage = int(values.get("stage") or 3)
    return Letter(
        subject=say("on_its_way.subject"),
        preheader=say(f"on_its_way.preheader{by_day}", **words),
        heading=say(f"on_its_way.heading{by_day}", **words),
        paragraphs=(_whereabouts(voice, values),),
        progress=Progress(
            stage, say("on_its_way.progress", stage=stage, label=say(f"on_its_way.stage.{stage}"))
        ),
        button=Link(say("on_its_way.button"), values["link"]),
        items=tuple(_item(voice, item) for item in values.get("items", ())),
        why=say("on_its_way.questions", **words),
    )


def saved_cart(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Send a shopper the link to the cart that they wanted to take along; nothing else is in it.

    Values: link, ends_at (ISO time), items (list of {title, quantity}).
    """
    say = voice.say
    words = {
        "place": _place(shop),
        "ends": voice.day(datetime.fromisoformat(values["ends_at"])),
    }
    return Letter(
        subject=say("saved_cart.subject", **words),
        preheader=say("saved_cart.preheader", **words),
        heading=say("saved_cart.heading"),
        paragraphs=(say("saved_cart.text", **words),),
        button=Link(say("saved_cart.button"), values["link"]),
        spelled_link=say("saved_cart.link"),
        items=tuple(_item(voice, item) for item in values["items"]),
        notes=(say("saved_cart.terms", **words), say("saved_cart.not_you")),
        why=say("saved_cart.why"),
    )


def sign_in(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Let the owner of an address in, or complete a registration; the link works once.

    Values: domain, link, new (a registration).
    """
    say = voice.say
    new = "_new" if values["new"] else ""
    return Letter(
        subject=say(f"sign_in.subject{new}", domain=values["domain"]),
        preheader=say("sign_in.preheader"),
        heading=say(f"sign_in.subject{new}", domain=values["domain"]),
        paragraphs=(say(f"sign_in.text{new}", domain=values["domain"]),),
        button=Link(say("sign_in.button"), values["link"]),
        spelled_link=say("sign_in.link"),
        notes=(say("sign_in.not_you"),),
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


def _whereabouts(voice: Voice, values: Values) -> str:
    carrier, number = values.get("carrier"), values.get("number")
    if carrier and number:
        return voice.say("on_its_way.text_number", carrier=carrier, number=number)
    if carrier:
        return voice.say("on_its_way.text_carrier", carrier=carrier)
    return voice.say("on_its_way.text")


def _item(voice: Voice, item: Values) -> Item:
    quantity = voice.say("on_its_way.quantity", quantity=item["quantity"])
    detail = f"{item['detail']}, {quantity}" if item.get("detail") else quantity
    return Item(item["title"], detail, item.get("image"))


def _newsletter(voice: Voice, values: Values) -> str:
    return values["newsletter"] or voice.say("newsletter")


def _place(shop: Shop) -> str:
    # What the shopper saw in the address line, where that is a name that can be read.
    host = urlsplit(shop.storefront_url).hostname or ""
    return host if "." in host and not host.replace(".", "").isdigit() else shop.name


KINDS: dict[str, Kind] = {
    "confirmation": Kind("confirmation", resend=True, build=confirmation),
    "voucher": Kind("service", resend=True, build=voucher),
    "welcome_back": Kind("service", resend=True, build=welcome_back),
    "on_its_way": Kind("service", resend=True, build=on_its_way),
    "saved_cart": Kind("service", resend=True, build=saved_cart, forgotten=True),
    "sign_in": Kind("service", resend=True, build=sign_in),
    "pool_low": Kind("service", resend=True, build=pool_low),
}
