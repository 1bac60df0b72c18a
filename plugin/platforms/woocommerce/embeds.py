"""Our plugin in the shop: what its embed needs, where it is installed, whether it shows."""

from __future__ import annotations

from plugin.contracts.platform import Embed
from plugin.http_out.script_tags import find_tags
from plugin.model import Access, EmbedState
from plugin.platforms.woocommerce.answers import RefusedByShopError
from plugin.platforms.woocommerce.base import WooBase

#: In a namespace that begins with "wc-" WooCommerce's keys are good for a plugin's routes, too.
ROUTE = "/wc-bleib/v1/embed"
_PAGES = {"home": "", "cart": "cart/"}
#: What "/product/", "/produkt/" and "/produit/" begin with.
_PRODUCT = "/produ"


class WooEmbeds(WooBase):
    """Prepares and looks for the embed."""

    def publish_embed(self, access: Access, embed: Embed) -> bool:
        """Give our plugin the config and the shop's secret; False if it is not installed yet."""
        content = {
            "shop": embed.shop_key,
            "app": embed.app_url,
            "config": embed.config,
            "secret": embed.secret,
        }
        try:
            answer = self._rest.send(access, "PUT", ROUTE, content)
        except RefusedByShopError as error:
            if error.reason == "rest_no_route":
                return False
            raise
        return answer.get("stored") is True

    def embed_url(self, domain: str, storefront_url: str) -> str:
        """Return where the merchant uploads our plugin; once it is active, so is the embed."""
        return self._addresses.admin(domain, "plugin-install.php?tab=upload")

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages: home, cart, a product.

        Only pages that answered count as checked; PlatformError if none did.
        """
        return find_tags(self._http, storefront_url, shop_key, _PAGES, _PRODUCT)
