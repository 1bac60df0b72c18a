"""Our script on the storefront: what it needs, where it is switched on, whether it is there."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from plugin.errors import PlatformError
from plugin.http_out import origin_of
from plugin.model import Access, EmbedState
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.answers import refuse
from plugin.platforms.shopify.base import ShopifyBase

_SCRIPT = "/bleib.js"
_MAX_PAGE_BYTES = 3_000_000
_REDIRECTS = 3


class ShopifyEmbeds(ShopifyBase):
    """Prepares and looks for the embed."""

    def publish_embed(self, access: Access, shop_key: str) -> None:
        """Give the storefront what its embed needs (the public shop key)."""
        data = self._graphql.run(access, "installation")
        field = {
            "ownerId": shape.gid(shape.node(data, "currentAppInstallation")),
            "namespace": "bleib",
            "key": "shop_key",
            "type": "single_line_text_field",
            "value": shop_key,
        }
        _, problems = self._graphql.change(
            access, "metafields_set", "metafieldsSet", {"metafields": [field]}
        )
        refuse(problems)

    def embed_url(self, domain: str) -> str:
        """Return the place where the merchant switches the embed on."""
        return self._addresses.theme_editor(domain)

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages: home, cart, a product.

        Only pages that answered count as checked; PlatformError if none did.
        """
        pages = {
            "home": self._look(storefront_url, "/"),
            "cart": self._look(storefront_url, "/cart"),
        }
        home = pages["home"]
        if home is not None and home.product:
            pages["product"] = self._look(storefront_url, home.product)
        seen = {name: page for name, page in pages.items() if page is not None}
        if not seen:
            raise PlatformError("storefront_unreachable")
        found = tuple(name for name, page in seen.items() if shop_key in page.keys)
        return EmbedState(checked=tuple(seen), found=found)

    def _look(self, storefront_url: str, path: str) -> _Page | None:
        url = urljoin(storefront_url.rstrip("/") + "/", path)
        if origin_of(url) != origin_of(storefront_url):
            return None
        try:
            reply = self._http.get(url, max_bytes=_MAX_PAGE_BYTES, redirects=_REDIRECTS)
        except PlatformError:
            return None
        if reply.status != 200:
            return None
        page = _Page()
        page.feed(reply.body.decode("utf-8", "replace"))
        page.close()
        return page


class _Page(HTMLParser):
    """Collects the shop keys of our script tags and the first link to a product."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[str] = set()
        self.product = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script of ours or a link to a product."""
        values = {name: value or "" for name, value in attrs}
        try:
            path = urlsplit(values.get("src") or values.get("href") or "").path
        except ValueError:
            return
        if tag == "script" and path.endswith(_SCRIPT) and values.get("data-shop"):
            self.keys.add(values["data-shop"])
        elif tag == "a" and "/products/" in path and not self.product:
            self.product = values["href"]
