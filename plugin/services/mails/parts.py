"""What a merchant may change of each kind of mail, within which limits, and how it gets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services.mails.letter import Letter, Link
from plugin.services.mails.placeholders import fill, unknown_in

#: Part of a mail and its longest text; the lines of the others are one.
PARTS: dict[str, int] = {
    "subject": 78,
    "preheader": 110,
    "heading": 90,
    "text": 1200,
    "button": 40,
    "page": 200,
}
_PARAGRAPHS = "text"
#: A confirmation asks and nothing else: with any of these it would be advertising, which nobody
#: has asked for yet.
_ADVERTISING = (
    "%", "€", "$", "£", "chf", "prozent", "percent", "gutschein", "rabatt", "coupon", "voucher",
    "discount", "sale", "aktion", "angebot", "offer", "deal", "gratis", "geschenk", "gift",
    "versandkostenfrei", "free shipping", "sparen", "http:", "https:", "www.",
)  # fmt: skip


@dataclass(frozen=True)
class Editable:
    """The parts of one kind of mail that are the merchant's, and the placeholders they may hold."""

    parts: tuple[str, ...]
    placeholders: tuple[str, ...]
    #: Refuses whatever could be read as advertising.
    sober: bool = False


_COMMON = ("subject", "preheader", "heading", "text", "button")
_OF_PERSON = ("first_name", "shop", "newsletter")
#: In the order in which merchants see them.
EDITABLE: dict[str, Editable] = {
    # Never the first name: a visitor typed it, and nobody has confirmed anything yet.
    "confirmation": Editable(
        ("subject", "preheader", "heading", "button"), ("shop", "newsletter"), sober=True
    ),
    "voucher": Editable(_COMMON, (*_OF_PERSON, "figure", "ends", "code")),
    "welcome_back": Editable(_COMMON, _OF_PERSON),
    "welcome_1": Editable((*_COMMON, "page"), _OF_PERSON),
    "welcome_2": Editable((*_COMMON, "page"), _OF_PERSON),
    "welcome_3": Editable(_COMMON, (*_OF_PERSON, "figure", "ends", "code")),
}


@dataclass(frozen=True)
class Problem:
    """Why a text cannot stand: the part, a code with its text in the admin, and what it names."""

    part: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


def cleaned(kind: str, typed: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return what a merchant wrote, without what is as `ours` anyway or empty.

    Line breaks stay in the paragraphs alone.
    """
    found = {}
    for part in EDITABLE[kind].parts:
        text = plain_text(typed.get(part, ""))
        one = "\n\n" if part == _PARAGRAPHS else " "
        text = one.join(_paragraphs(text))
        if text and _plainly(text) != _plainly(ours.get(part, "")):
            found[part] = text
    return found


def problems_of(kind: str, texts: Mapping[str, str], shop: Shop) -> list[Problem]:
    """Return what keeps these texts from being sent, the first fault of each part."""
    found: dict[str, Problem] = {}
    for part, text in texts.items():
        for problem in _faults(kind, part, text, shop):
            found.setdefault(part, problem)
    return list(found.values())


def in_own_words(letter: Letter, kind: str, texts: Mapping[str, str], shop: Shop) -> Letter:
    """Return the letter with the merchant's texts where there are any."""
    editable = EDITABLE.get(kind)
    if editable is None or not texts:
        return letter
    words = {name: letter.words.get(name, "") for name in editable.placeholders}
    said = {
        part: fill(text, words)
        for part, text in texts.items()
        if part in editable.parts and part not in ("page", *letter.kept)
    }
    address = letter.button.address
    if "page" in texts and "page" in editable.parts:
        address = page_in_shop(shop, texts["page"]) or address
    return replace(
        letter,
        subject=said.get("subject", letter.subject),
        preheader=said.get("preheader", letter.preheader),
        heading=said.get("heading", letter.heading),
        paragraphs=_own_paragraphs(said) or letter.paragraphs,
        button=Link(said.get("button", letter.button.label), address),
    )


def page_in_shop(shop: Shop, text: str) -> str | None:
    """Return the address of a page of the shop: of a path, or of its own address; None else."""
    if not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    own = urlsplit(shop.storefront_url)
    if parts.scheme or parts.netloc:
        same = parts.scheme in ("https", "http") and parts.netloc == own.netloc
        return text if same else None
    return shop.storefront_url.rstrip("/") + text if text.startswith("/") else None


def _faults(kind: str, part: str, text: str, shop: Shop) -> Iterator[Problem]:
    editable = EDITABLE[kind]
    if len(text) > PARTS[part]:
        yield Problem(part, "too_long", {"most": PARTS[part], "now": len(text)})
    if part == "page":
        if page_in_shop(shop, text) is None:
            yield Problem(part, "page")
        return
    unknown = unknown_in(text, editable.placeholders)
    if unknown:
        code = "brace" if unknown[0] in "{}" else "placeholder"
        yield Problem(part, code, {"unknown": unknown[0]})
    if editable.sober:
        told = next((word for word in _ADVERTISING if word in text.casefold()), None)
        if told is not None:
            yield Problem(part, "advertising", {"word": told})


def _own_paragraphs(said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_paragraphs(said.get(_PARAGRAPHS, "")))


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if part]


def _plainly(text: str) -> str:
    # Typed without no-break spaces and hyphens it is still our text.
    return " ".join(text.replace("\u2011", "-").split())
