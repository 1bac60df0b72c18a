"""The letters that let people of a shop in."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.mails.letter import Letter, Link, Values
from plugin.services.wording import Voice


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


def invitation(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Invite somebody to work in a shop; the link works once and for a week.

    Values: by (who invites), shop (its name), domain, link.
    """
    say = voice.say
    words = {"by": values["by"], "shop": values["shop"], "domain": values["domain"]}
    return Letter(
        subject=say("invitation.subject", **words),
        preheader=say("invitation.preheader"),
        heading=say("invitation.subject", **words),
        paragraphs=(say("invitation.text", **words),),
        button=Link(say("invitation.button"), values["link"]),
        spelled_link=say("sign_in.link"),
        notes=(say("invitation.not_you"),),
    )
