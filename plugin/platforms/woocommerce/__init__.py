"""WooCommerce: key hand-over, REST API v3, webhooks and our plugin behind the contract."""

from __future__ import annotations

from plugin.platforms.woocommerce.catalogue import WooCatalogue
from plugin.platforms.woocommerce.customers import WooCustomers
from plugin.platforms.woocommerce.embeds import WooEmbeds
from plugin.platforms.woocommerce.handover import WooHandover
from plugin.platforms.woocommerce.inbound import WooInbound
from plugin.platforms.woocommerce.orders import WooOrders
from plugin.platforms.woocommerce.shop import WooShop
from plugin.platforms.woocommerce.vouchers import WooVouchers
from plugin.platforms.woocommerce.webhooks import WooWebhooks


class WooCommercePlatform(
    WooHandover,
    WooShop,
    WooCatalogue,
    WooCustomers,
    WooOrders,
    WooVouchers,
    WooInbound,
    WooWebhooks,
    WooEmbeds,
):
    """Every capability that WooCommerce allows; see `plugin.contracts.platform`."""
