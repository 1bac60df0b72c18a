"""Lays a letter out: one HTML page with its styles in the elements, and the same as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Literal

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from plugin.model import Shop
from plugin.services.logo import Logo
from plugin.services.mails.letter import Letter
from plugin.services.mails.theme import PLAIN, Theme
from plugin.services.wording import Voice, page_address

_HERE = Path(__file__).resolve().parent
#: Longest line of the text part; links are never broken.
TEXT_WIDTH = 72
#: What the picture that goes along is called.
LOGO_ID = "logo@bleib"
#: When the dark colours hold: as the reader's device says, or for a preview always or never.
_WHEN_DARK = {
    "device": "prefers-color-scheme: dark",
    "light": "max-width: 0",
    "dark": "min-width: 0",
}


@dataclass(frozen=True)
class LaidOut:
    """Both forms of one mail."""

    html: str
    text: str
    #: The picture that the HTML shows, to go along with it as LOGO_ID.
    logo: Logo | None = None


def lay_out(
    letter: Letter,
    shop: Shop,
    voice: Voice,
    theme: Theme = PLAIN,
    logo: Logo | None = None,
    *,
    light: Literal["device", "light", "dark"] = "device",
) -> LaidOut:
    """Return the letter as HTML and as text.

    Everything in it is data: the templates are ours alone, so braces in a name stay braces.
    `light` is for previews, where nobody changes the device and the logo comes within the page.
    """
    logo = None if letter.plain else logo
    imprint_link = page_address(shop.imprint)
    values = {
        "letter": letter,
        "theme": theme,
        "light": theme.light,
        "dark": theme.dark,
        "when_dark": _WHEN_DARK[light],
        "logo": logo,
        "logo_source": _source(logo, attached=light == "device") if logo else "",
        "shop": shop,
        "language": voice.language,
        "imprint": "" if imprint_link else shop.imprint,
        "imprint_link": imprint_link or "",
        "imprint_label": voice.say("imprint"),
        "privacy_label": voice.say("privacy"),
        "why": _around_link(letter),
    }
    html = _environment().get_template("letter.html").render(values)
    text = _environment().get_template("letter.txt").render(values)
    return LaidOut(_inliner().inline(html), _tidy(text), logo)


def _source(logo: Logo, *, attached: bool) -> str:
    return f"cid:{LOGO_ID}" if attached else f"data:{logo.kind};base64,{logo.data}"


def _around_link(letter: Letter) -> tuple[str, str]:
    before, _, after = (letter.why or "").partition("{unsubscribe}")
    return before, after


def _tidy(text: str) -> str:
    paragraphs = [part.strip() for part in text.split("\n\n")]
    return "\n\n".join(_wrapped(part) for part in paragraphs if part) + "\n"


def _wrapped(paragraph: str) -> str:
    lines = [
        fill(line.strip(), TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in paragraph.split("\n")
    ]
    return "\n".join(line for line in lines if line)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    return environment


@cache
def _inliner() -> CSSInliner:
    # Nothing is fetched; the dark variant is a media query and has to stay a style element.
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
