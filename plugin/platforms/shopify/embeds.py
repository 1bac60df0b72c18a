"""Our script on the storefront: what it needs, where it is switched on, whether it is there."""

from __future__ import annotations

from plugin.contracts.platform import Embed
from plugin.http_out.script_tags import find_tags
from plugin.model import Access, EmbedState
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.answers import refuse
from plugin.platforms.shopify.base import ShopifyBase

_PAGES = {"home": "", "cart": "cart"}


class ShopifyEmbeds(ShopifyBase):
    """Prepares and looks for the embed."""

    def publish_embed(self, access: Access, embed: Embed) -> bool:
        """Give the theme app extension what it inlines: the public shop key and the config.

        Both belong to the installation and go with it. One change writes both or neither.
        """
        data = self._graphql.run(access, "installation")
        owner = shape.gid(shape.node(data, "currentAppInstallation"))
        fields = [
            _field(owner, "shop_key", "single_line_text_field", embed.shop_key),
            _field(owner, "config", "json", embed.config),
        ]
        _, problems = self._graphql.change(
            access, "metafields_set", "metafieldsSet", {"metafields": fields}
        )
        refuse(problems)
        return True

    def embed_url(self, domain: str, storefront_url: str) -> str:
        """Return the place where the merchant switches the embed on."""
        return self._addresses.theme_editor(domain)

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages: home, cart, a product.

        Only pages that answered count as checked; PlatformError if none did.
        """
        return find_tags(self._http, storefront_url, shop_key, _PAGES, "/products/")


def _field(owner: str, key: str, kind: str, value: str) -> dict[str, str]:
    return {"ownerId": owner, "namespace": "bleib", "key": key, "type": kind, "value": value}
