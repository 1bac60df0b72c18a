"""The platforms this installation knows, each behind the same contract."""

from __future__ import annotations

from plugin.config import Config
from plugin.contracts.platform import ShopPlatform
from plugin.http_out import HttpOut
from plugin.platforms.script_tag import ScriptTagPlatform
from plugin.platforms.shopify import ShopifyPlatform
from plugin.platforms.shopware import ShopwarePlatform
from plugin.platforms.woocommerce import WooCommercePlatform


def build_platforms(config: Config) -> dict[str, ShopPlatform]:
    """Return the adapters of all platforms that are configured, by name."""
    http = HttpOut(config.origins.values(), authorities=config.shop_authorities or None)
    platforms: dict[str, ShopPlatform] = {}
    if config.shopify_client_id:
        platforms["shopify"] = ShopifyPlatform(
            config.shopify_client_id,
            config.shopify_secrets,
            config.origins,
            http,
        )
    if config.shopware_secrets:
        platforms["shopware"] = ShopwarePlatform(config.shopware_secrets, config.origins, http)
    platforms["woocommerce"] = WooCommercePlatform(config.origins, http)
    platforms["script_tag"] = ScriptTagPlatform(config.public_url, config.origins, http)
    return platforms
