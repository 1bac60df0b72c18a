"""What hosted pages are made of: heading, sentence, claim, gift, buttons, note, footer."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from plugin.services.logo import Logo


@dataclass(frozen=True)
class Action:
    """A button: it posts to this page, or leads to another one."""

    label: str
    address: str | None = None


@dataclass(frozen=True)
class Claim:
    """What a voucher is worth, with all its conditions beside it."""

    figure: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Present:
    """What else somebody gets who has confirmed, and where it is."""

    title: str
    text: str
    action: Action


@dataclass(frozen=True)
class Footer:
    """Who answers for the page, as the merchant wrote it, and the shop's look and logo."""

    imprint: str
    imprint_link: str | None
    imprint_label: str
    privacy_link: str | None
    privacy_label: str
    look: str
    logo: Logo | None


@dataclass(frozen=True)
class Page:
    """Everything on one hosted page, in reading order."""

    language: str
    status: int
    shop_name: str
    title: str
    text: Markup
    action: Action | None = None
    second: Action | None = None
    claim: Claim | None = None
    present: Present | None = None
    tick: bool = False
    note: Markup | None = None
    footer: Footer | None = None
    items: tuple[str, ...] = ()
