"""The letters about the kill switch: everything is off, everything is on again."""

from __future__ import annotations

from datetime import datetime

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.wording import Voice
from plugin.texts import clock_time


def stopped(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell the merchant that everything is stopped, since when and by whom.

    Values: at (ISO time), by ("" where nobody is known), link.
    """
    return _letter("stopped", voice, shop, values)


def restarted(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Tell the merchant that everything runs again; values as in `stopped`."""
    return _letter("restarted", voice, shop, values)


def _letter(kind: str, voice: Voice, shop: Shop, values: Values) -> Letter:
    say, at = voice.say, datetime.fromisoformat(values["at"])
    words = {
        "shop": shop.name,
        "day": voice.day(at),
        "time": clock_time(at, shop.locale, shop.zone),
        "by": values["by"],
    }
    text = say(f"{kind}.text_by" if values["by"] else f"{kind}.text", **words)
    return Letter(
        subject=say(f"{kind}.subject", **words),
        preheader=text,
        heading=say(f"{kind}.subject", **words),
        paragraphs=(text, say(f"{kind}.follows", **words)),
        button=Link(say(f"{kind}.button"), values["link"]),
    )
