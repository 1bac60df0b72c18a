"""What every capability of the adapter shares: identity, addresses, the REST client."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.contracts.capabilities import Capability, Level
from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.platforms.woocommerce.addresses import Addresses
from plugin.platforms.woocommerce.rest import Rest
from plugin.platforms.woocommerce.shown_prices import ShownPrices


class WooBase:
    """The shared parts; each capability is a subclass in a module of its own."""

    name = "woocommerce"
    support: Mapping[Capability, Level] = {
        "shop": "yes",
        "catalogue": "yes",
        "customers": "yes",
        "orders": "yes",
        "history": "yes",
        "shipments": "partly",
        "vouchers": "yes",
        "exclusions": "partly",
        "consent_sync": "partly",
        "checkout_opt_in": "no",
        "webhooks": "yes",
        "embedding": "yes",
        "cart": "yes",
        "order_note": "yes",
        "channel": "yes",
        "shop_pages": "no",
        "frame": "no",
    }

    def __init__(self, origins: Mapping[str, str], http: HttpOut) -> None:
        self._registration = load_manifest().platforms["woocommerce"]
        self._addresses = Addresses(dict(origins))
        self._http = http
        self._rest = Rest(http, self._addresses)
        self._shown = ShownPrices(self._rest)
        #: Time zone of each shop, and until when it is believed (monotonic clock, seconds).
        self._zones: dict[str, tuple[str, float]] = {}

    def clean_domain(self, text: str) -> str:
        """Return the shop's domain in its one form; BadInputError("shop_invalid") otherwise."""
        return self._addresses.clean(text)
