"""What one kind of mail looks like in one shop: the merchant's own texts in the shop's look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import logo, look
from plugin.services.logo import Logo
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.theme import PLAIN, Theme, theme_of
from plugin.store import mail_texts as store


@dataclass(frozen=True)
class Template:
    """The merchant's texts by part, where there are any, the look around them, and the logo."""

    texts: Mapping[str, str] = field(default_factory=dict)
    theme: Theme = PLAIN
    logo: Logo | None = None


#: Bleib's own texts in a neutral look: mails to merchants, and to those who have no shop yet.
NEUTRAL = Template()


def template_of(connection: Connection, shop: Shop, kind: str, language: str) -> Template:
    """Return the template by which a mail of this kind is sent now."""
    if KINDS[kind].ours:
        return NEUTRAL
    return Template(
        store.sent_texts(connection, shop.id, kind, voice_of(shop, language)),
        *wear_of(connection, shop),
    )


def wear_of(connection: Connection, shop: Shop) -> tuple[Theme, Logo | None]:
    """Return what all mails of a shop wear."""
    return theme_of(look.read(connection, shop.id)), logo.read(connection, shop.id)


def voice_of(shop: Shop, language: str) -> str:
    """Return under which voice texts are kept: "de-du", "de-sie" or "en"."""
    return f"de-{shop.address}" if language == "de" else language
