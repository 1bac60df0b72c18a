"""The letter with the gift that was promised at sign-up."""

from __future__ import annotations

from datetime import datetime

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.wording import Voice


def gift(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Hand over what was promised beside or instead of a voucher.

    Values: gift_kind ("guide" or "early_access"), gift_title, gift_text, link, newsletter,
    confirmed_at (ISO time), unsubscribe.
    """
    kind, say = values["gift_kind"], voice.say
    words = {
        "title": values["gift_title"],
        "newsletter": values["newsletter"] or say("newsletter"),
        "date": voice.day(datetime.fromisoformat(values["confirmed_at"])),
    }
    told = (values["gift_text"],) if values["gift_text"] else ()
    return Letter(
        subject=say(f"gift.subject_{kind}", **words),
        preheader=say("gift.preheader", **words),
        heading=say(f"gift.subject_{kind}", **words),
        paragraphs=(say(f"gift.text_{kind}", **words), *told),
        button=Link(say(f"gift.button_{kind}"), values["link"]),
        why=say("gift.why", **words),
        unsubscribe=Link(say("unsubscribe"), values["unsubscribe"]),
    )
