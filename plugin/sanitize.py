"""Foreign text made fit: plain text without controls, HTML through bleach first and nh3 last."""

from __future__ import annotations

import unicodedata

import bleach
import nh3

_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}
_SCHEMES = {"https", "mailto"}
_INVISIBLE = {"Cc", "Cs"}
#: Turn round what stands after them, also outside the text: an "exe" that reads as "gpj".
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_text(text: str) -> str:
    """Return `text` with line breaks as "\\n", without control characters and surrogates.

    They cannot be seen, databases and mail refuse some of them, some end a header, and some turn
    round the direction of the words beside them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in lines if char in "\n\t" or not _is_hidden(char))
    return "".join(kept).strip()


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE or char in _TURNING


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
