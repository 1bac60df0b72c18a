"""A page of the shop as it is now, without its scripts, for a draft to be looked at in it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from plugin.errors import PlatformError
from plugin.model import Shop
from plugin.services.context import Context

_SECONDS = 4.0
_MAX_BYTES = 2_000_000
_REDIRECTS = 3
#: What runs, leads away, tells others our address or holds a page of its own; a script without an
#: end takes the rest along. No tag is read beyond the next "<": a page of nothing but openings
#: would be read once for each of them.
_ACTIVE = re.compile(
    r"<(script|noscript|iframe|object|template)\b.*?(?:</\1\s*>|\Z)"
    r"|<(?:base|embed|meta[\s/][^<>]*(?:http-equiv|referrer))\b[^<>]*>?|\breferrerpolicy\b",
    re.IGNORECASE | re.DOTALL,
)
_HEAD = re.compile(r"<head\b[^<>]*>", re.IGNORECASE)
_MAIN = re.compile(r"<main\b[^<>]*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)


def page_of(context: Context, shop: Shop) -> str | None:
    """Return the shop's first page without anything that runs; None if it did not answer in time.

    Addresses in it are the shop's own: a `base` says so. Whoever shows it must still forbid every
    script but ours, for no pattern knows all of what browsers take for one.
    """
    address = shop.storefront_url
    try:
        reply = context.pages.get(
            address, seconds=_SECONDS, max_bytes=_MAX_BYTES, redirects=_REDIRECTS
        )
    except PlatformError:
        return None
    kind = reply.headers.get("content-type", "")
    if reply.status != 200 or not kind.lower().startswith("text/html"):
        return None
    bare = _ACTIVE.sub("", reply.body.decode("utf-8", "replace"))
    head = _HEAD.search(bare)
    if head is None or _BODY.search(bare) is None:
        return None
    base = f'<base href="{origin_of(shop)}/">'
    return bare[: head.end()] + base + bare[head.end() :]


def origin_of(shop: Shop) -> str:
    """Return scheme and host of the shop's pages."""
    parts = urlsplit(shop.storefront_url)
    return f"{parts.scheme}://{parts.netloc}"


def with_place(page: str, mark: str, place: str) -> str:
    """Return a page that has a `place` for what stands in it: its own `mark`, else first in it."""
    if mark in page:
        return page
    opening = _MAIN.search(page) or _BODY.search(page)
    return page if opening is None else page[: opening.end()] + place + page[opening.end() :]


def with_end(page: str, end: str) -> str:
    """Return a page with something of ours at its end."""
    before, closing, after = page.rpartition("</body>")
    return before + end + closing + after if closing else page + end
