"""Looks for our script tag on the pages of a storefront."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from plugin.errors import PlatformError
from plugin.http_out.client import HttpOut
from plugin.http_out.messages import origin_of
from plugin.model import EmbedState

_SCRIPT = "/bleib.js"
_MAX_PAGE_BYTES = 3_000_000
_REDIRECTS = 3


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
    page = _Page(product_mark)
    page.feed(reply.body.decode("utf-8", "replace"))
    page.close()
    return page


class _Page(HTMLParser):
    """Collects the shop keys of our script tags and the first link to a product."""

    def __init__(self, product_mark: str) -> None:
        super().__init__()
        self.keys: set[str] = set()
        self.product = ""
        self._mark = product_mark

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script of ours or a link to a product."""
        values = {name: value or "" for name, value in attrs}
        try:
            path = urlsplit(values.get("src") or values.get("href") or "").path
        except ValueError:
            return
        if tag == "script" and path.endswith(_SCRIPT) and values.get("data-shop"):
            self.keys.add(values["data-shop"])
        elif tag == "a" and self._mark and self._mark in path and not self.product:
            self.product = values["href"]
