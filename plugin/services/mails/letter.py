"""A letter: the content of one mail, before it is laid out as text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MailClass = Literal["confirmation", "service", "marketing"]
#: What a builder needs to know beside the shop, by name.
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere."""

    label: str
    address: str


@dataclass(frozen=True)
class Code:
    """The box with the voucher's code and, beside it, every condition."""

    code: str
    conditions: str


@dataclass(frozen=True)
class Progress:
    """How many of the four stages of a parcel are reached, in words and as a bar."""

    stage: int
    label: str


@dataclass(frozen=True)
class Item:
    """One article of a parcel."""

    title: str
    detail: str
    image: str | None = None


@dataclass(frozen=True)
class Letter:
    """Content of one mail in reading order.

    `unsubscribe` is the signed address for this person: it goes into the footer sentence `why`
    (where the text says {unsubscribe}) and into the List-Unsubscribe headers. `words` are what the
    placeholders of a merchant's own texts stand for (services/mails/placeholders.py); `added` are
    paragraphs, and `kept` parts, that such texts do not replace. A `plain` letter has no picture.
    `links` stand one to a line above the button. `footer` are further ways out, below the sentence
    `why`.
    """

    subject: str
    preheader: str
    heading: str
    paragraphs: tuple[str, ...]
    button: Link
    code: Code | None = None
    progress: Progress | None = None
    spelled_link: str | None = None
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    why: str | None = None
    unsubscribe: Link | None = None
    preferences: Link | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    plain: bool = False
    links: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
