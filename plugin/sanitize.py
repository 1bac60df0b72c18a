"""Foreign text made fit: plain text without controls, HTML through bleach first and nh3 last."""

from __future__ import annotations

import unicodedata

import bleach
import nh3

_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}
_SCHEMES = {"https", "mailto"}
_INVISIBLE = {"Cc", "Cs"}


def plain_text(text: str) -> str:
    """Return `text` with line breaks as "\\n" and without control characters and surrogates.

    They cannot be seen, databases and mail refuse some of them, and some end a header.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        char for char in lines if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE
    )
    return "".join(kept).strip()


def sanitize_html(text: str) -> str:
    """Return `text` with nothing but simple formatting and safe links left.

    nh3 is maintained, runs last and decides; bleach is an additional pass (docs/adr/0002).
    """
    first = bleach.clean(
        text, tags=_TAGS, attributes={"a": ["href"]}, protocols=_SCHEMES, strip=True
    )
    return nh3.clean(
        first,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
