"""Shopify: the Admin API, OAuth, webhooks, app proxy and theme embed behind our contract."""

from __future__ import annotations

from plugin.platforms.shopify.carts import ShopifyCarts
from plugin.platforms.shopify.consent import ShopifyConsent
from plugin.platforms.shopify.embedded import ShopifyEmbedded
from plugin.platforms.shopify.embeds import ShopifyEmbeds
from plugin.platforms.shopify.inbound import ShopifyInbound
from plugin.platforms.shopify.orders import ShopifyOrders
from plugin.platforms.shopify.vouchers import ShopifyVouchers


class ShopifyPlatform(
    ShopifyEmbedded,
    ShopifyConsent,
    ShopifyOrders,
    ShopifyVouchers,
    ShopifyCarts,
    ShopifyInbound,
    ShopifyEmbeds,
):
    """Every capability of a ShopPlatform; see `plugin.contracts.platform`."""
