"""Shopware 6: registration, Admin API, signed messages and Twig embed behind our contract."""

from __future__ import annotations

from plugin.platforms.shopware.catalogue import ShopwareCatalogue
from plugin.platforms.shopware.consent import ShopwareConsent
from plugin.platforms.shopware.customers import ShopwareCustomers
from plugin.platforms.shopware.embeds import ShopwareEmbeds
from plugin.platforms.shopware.inbound import ShopwareInbound
from plugin.platforms.shopware.installs import ShopwareInstalls
from plugin.platforms.shopware.orders import ShopwareOrders
from plugin.platforms.shopware.vouchers import ShopwareVouchers


class ShopwarePlatform(
    ShopwareInstalls,
    ShopwareCatalogue,
    ShopwareCustomers,
    ShopwareOrders,
    ShopwareVouchers,
    ShopwareConsent,
    ShopwareInbound,
    ShopwareEmbeds,
):
    """Every capability of Shopware; see `plugin.contracts.platform`."""
