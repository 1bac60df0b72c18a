"""Our script on the storefront: what it needs, where it is switched on, whether it is there."""

from __future__ import annotations

from plugin.contracts.platform import Embed
from plugin.http_out.script_tags import find_tags
from plugin.model import Access, EmbedState
from plugin.platforms.shopware.addresses import APP_NAME
from plugin.platforms.shopware.base import ShopwareBase

_PAGES = {"home": "", "cart": "checkout/cart"}
_PRODUCT_MARK = "/detail/"


class ShopwareEmbeds(ShopwareBase):
    """Prepares and looks for the embed."""

    def publish_embed(self, access: Access, embed: Embed) -> bool:
        """Write shop key and config where the templates of our app read them."""
        content = {
            f"{APP_NAME}.config.shopKey": embed.shop_key,
            # It stands inside a script element: nothing in it may look like an end of that.
            f"{APP_NAME}.config.config": embed.config.replace("<", "\\u003c"),
        }
        # From 6.8 on the shop's pages would otherwise stay in its cache with the old config.
        return self._api.change(access, "POST", "_action/system-config?silent=false", content)

    def embed_url(self, domain: str, storefront_url: str) -> str:
        """Return the list of apps: ours stands on the storefront as soon as it is active."""
        return self._addresses.extensions(domain)

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages."""
        return find_tags(self._http, storefront_url, shop_key, _PAGES, _PRODUCT_MARK)
