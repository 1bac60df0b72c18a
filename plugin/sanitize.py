"""The only place where HTML from settings becomes HTML of ours: bleach first, nh3 last."""

from __future__ import annotations

import bleach
import nh3

_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}
_SCHEMES = {"https", "mailto"}


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
