"""The letters about a withdrawal: the receipt for who declared it, and the word to the merchant."""

from __future__ import annotations

from datetime import datetime

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.mails.parcel_letters import item_of
from plugin.services.withdrawals.receipts import exact, what_follows
from plugin.services.wording import Voice


def withdrawal_receipt(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Confirm what came in, word for word and to the second; to be kept (§ 356a (4) BGB).

    Values: kind ("statutory" or "voluntary"), reference, at (ISO time), name, email, order,
    wording, items (list of {title, quantity}), due (ISO date or None), free, how, link.
    """
    say, kind = voice.say, values["kind"]
    at = datetime.fromisoformat(values["at"])
    words = {
        "reference": values["reference"],
        "day": voice.day(at),
        "time": exact(at, shop.zone),
        "shop": shop.name,
        "name": values["name"],
        "email": values["email"],
        "order": values["order"],
        "wording": values["wording"],
    }
    return Letter(
        subject=say(f"withdrawal_receipt.subject_{kind}", **words),
        preheader=say("withdrawal_receipt.preheader", **words),
        heading=say(f"withdrawal_receipt.subject_{kind}", **words),
        paragraphs=(
            say("withdrawal_receipt.text", **words),
            say("withdrawal_receipt.quoted", **words),
            say("withdrawal_receipt.facts", **words),
        ),
        button=Link(say("withdrawal_receipt.button"), values["link"]),
        items=tuple(item_of(voice, item) for item in values["items"]),
        notes=what_follows(Voice("withdrawals", shop, voice.language), values),
        why=say("withdrawal_receipt.why", **words),
    )


def withdrawal_declared(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell the merchant that somebody withdrew, and how that stands.

    Values: kind, reference, at (ISO time), name, email, order, wording, standing, link.
    """
    say = voice.say
    at = datetime.fromisoformat(values["at"])
    words = {
        "reference": values["reference"],
        "shop": shop.name,
        "order": values["order"],
        "name": values["name"],
        "email": values["email"],
        "wording": values["wording"],
        "day": voice.day(at),
        "time": exact(at, shop.zone),
    }
    return Letter(
        subject=say(f"withdrawal_declared.subject_{values['kind']}", **words),
        preheader=say("withdrawal_declared.preheader", **words),
        heading=say(f"withdrawal_declared.subject_{values['kind']}", **words),
        paragraphs=(
            say("withdrawal_declared.text", **words),
            say("withdrawal_receipt.quoted", **words),
            say(f"withdrawal_declared.standing_{values['standing']}"),
        ),
        button=Link(say("withdrawal_declared.button"), values["link"]),
    )
