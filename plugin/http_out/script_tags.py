"""Looks for our script tag on the pages of a storefront."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from plugin.errors import PlatformError
from plugin.http_out.client import HttpOut
from plugin.http_out.messages import origin_of
from plugin.model import EmbedState

_SCRIPT = "/bleib.js"
_MAX_PAGE_BYTES = 3_000_000
_REDIRECTS = 3
_OPENING = re.compile(
    r"<(?:!--|(script|style|textarea|title|a)(?=[\s/>])([^<>]{0,4000}+)>)", re.IGNORECASE
)
#: What follows these is text up to their end; "" is a comment.
_ENDS = {
    "": re.compile("-->"),
    **{
        name: re.compile(f"</{name}", re.IGNORECASE)
        for name in ("script", "style", "textarea", "title")
    },
}
_ATTRIBUTE = re.compile(r"""([^\s"'=/>]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")


def find_tags(
    http: HttpOut, storefront_url: str, shop_key: str, pages: Mapping[str, str], product_mark: str
) -> EmbedState:
    """Return on which pages the tag of `shop_key` stands.

    `pages` are paths by name, "home" among them; a path is taken below the storefront's own. A
    link of the home page that holds `product_mark` (like "/products/") leads to one product, ""
    looks for none. Only pages that answered count as checked; PlatformError
    ("storefront_unreachable") if none did.
    """
    looked = {name: _look(http, storefront_url, path, product_mark) for name, path in pages.items()}
    home = looked.get("home")
    if home is not None and home.product:
        looked["product"] = _look(http, storefront_url, home.product, "")
    seen = {name: page for name, page in looked.items() if page is not None}
    if not seen:
        raise PlatformError("storefront_unreachable")
    found = tuple(name for name, page in seen.items() if shop_key in page.keys)
    return EmbedState(checked=tuple(seen), found=found)


def _look(http: HttpOut, storefront_url: str, path: str, product_mark: str) -> _Page | None:
    url = urljoin(storefront_url.rstrip("/") + "/", path)
    if origin_of(url) != origin_of(storefront_url):
        return None
    try:
        reply = http.get(url, max_bytes=_MAX_PAGE_BYTES, redirects=_REDIRECTS)
    except PlatformError:
        return None
    if reply.status != 200:
        return None
    return _read(reply.body.decode("utf-8", "replace"), product_mark)


@dataclass(frozen=True)
class _Page:
    """The shop keys of our script tags, and the first link to a product."""

    keys: frozenset[str]
    product: str


def _read(html: str, mark: str) -> _Page:
    keys, product = set(), ""
    for tag, values in _tags(html):
        link = values.get("src" if tag == "script" else "href", "")
        try:
            path = urlsplit(link).path
        except ValueError:
            continue
        if tag == "script" and path.endswith(_SCRIPT) and values.get("data-shop"):
            keys.add(values["data-shop"])
        elif tag == "a" and mark and mark in path and not product:
            product = link
    return _Page(frozenset(keys), product)


def _tags(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield scripts and links with their attributes, but not what only stands there as text.

    Each character is looked at a few times at most: the page is a stranger's, and a parser that
    goes back for tags without an end would need hours for three megabytes of them.
    """
    place = 0
    while found := _OPENING.search(html, place):
        tag, place = (found[1] or "").lower(), found.end()
        if tag in ("script", "a"):
            given = {item[1].lower(): item[2] or item[3] or item[4] or "" for item in _given(found)}
            yield tag, {name: unescape(value) for name, value in given.items()}
        if tag != "a":
            end = _ENDS[tag].search(html, place)
            place = len(html) if end is None else end.end()


def _given(found: re.Match[str]) -> Iterator[re.Match[str]]:
    return _ATTRIBUTE.finditer(found[2])
