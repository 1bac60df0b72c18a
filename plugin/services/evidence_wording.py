"""What a person read before confirming: mail and page word for word, without the person."""

from __future__ import annotations

import re
from email.message import EmailMessage

from plugin.model import Shop
from plugin.services.wording import Voice
from plugin.store.subscribers import Subscriber

#: Stands in the wording where the address or the link stood: both would tell the person.
LEFT_OUT = "[…]"
_LINK = re.compile(r"https?://\S+/c/\S+")


def mail_wording(message: EmailMessage, recipient: str) -> str:
    """Return subject and text of a confirmation mail."""
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    whole = f"{message['Subject']}\n\n{text.strip()}"
    return _LINK.sub(LEFT_OUT, whole).replace(recipient, LEFT_OUT)


def page_wording(shop: Shop, person: Subscriber, newsletter: str) -> str:
    """Return heading, question, button and note of the confirmation page, one to a line."""
    voice = Voice("pages", shop, person.language)
    words = {
        "newsletter": newsletter or voice.say("newsletter"),
        "shop": shop.name,
        "email": LEFT_OUT,
        "date": voice.day(person.requested_at),
        "deleted": voice.day(person.expires_at) if person.expires_at else "",
    }
    lines = ("confirm.title", "confirm.text", "confirm.button", "confirm.not_you")
    said = [voice.say(key, **words) for key in lines]
    said[2] = f"[{said[2]}]"
    return "\n".join(said)
