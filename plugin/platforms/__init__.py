"""The platforms this installation knows, each behind the same contract."""

from __future__ import annotations

from plugin.config import Config
from plugin.contracts.platform import ShopPlatform
from plugin.http_out import HttpOut
from plugin.platforms.shopify import ShopifyPlatform


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
    return platforms
