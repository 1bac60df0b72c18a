"""What every capability of the adapter shares: declared support, addresses, client, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.clock import Clock, utc_now
from plugin.contracts.capabilities import Capability, Level
from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.platforms.shopware.addresses import Addresses
from plugin.platforms.shopware.api import Api


class ShopwareBase:
    """The shared parts; each capability is a subclass in a module of its own."""

    name = "shopware"
    support: Mapping[Capability, Level] = {
        "shop": "yes",
        "catalogue": "yes",
        "customers": "yes",
        "orders": "yes",
        "history": "yes",
        "shipments": "partly",
        "vouchers": "partly",
        "exclusions": "yes",
        "consent_sync": "yes",
        "checkout_opt_in": "no",
        "webhooks": "yes",
        "embedding": "yes",
        "cart": "yes",
        "order_note": "no",
        "channel": "partly",
        "shop_pages": "no",
        "frame": "yes",
    }

    def __init__(
        self,
        secrets: Sequence[str],
        origins: Mapping[str, str],
        http: HttpOut,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._secrets = tuple(secrets)
        self._http = http
        self._clock = clock
        self._scopes = frozenset(load_manifest().platforms["shopware"].scopes)
        self._addresses = Addresses(dict(origins))
        self._api = Api(http, self._addresses)

    def clean_domain(self, text: str) -> str:
        """Return the shop's domain in its one form; BadInputError("shop_invalid") otherwise."""
        return self._addresses.clean_domain(text)
