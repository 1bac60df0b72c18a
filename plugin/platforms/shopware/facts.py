"""What a shop says of itself: name, contact, currency, zone, storefront."""

from __future__ import annotations

from collections.abc import Iterable

from plugin.model import Access, Counts, ShopFacts
from plugin.platforms.shopware.api import Api
from plugin.platforms.shopware.channels import main_channel
from plugin.shape import Node, optional_text

#: Shopware knows no time zone of the shop: the country of the storefront tells it.
_ZONES = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "CH": "Europe/Zurich",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LI": "Europe/Vaduz",
    "LU": "Europe/Luxembourg",
    "NL": "Europe/Amsterdam",
    "PL": "Europe/Warsaw",
    "SE": "Europe/Stockholm",
    "US": "America/New_York",
}
_ZONE = "Europe/Berlin"
_SETTINGS = "core.basicInformation"
_PARENTS = {"filter": [{"type": "equals", "field": "parentId", "value": None}]}


def read_facts(api: Api, access: Access, scopes: Iterable[str]) -> ShopFacts:
    """Return the facts; `scopes` are those that the app's manifest makes the shop grant."""
    channel = main_channel(api, access)
    settings = api.values(access, _SETTINGS)
    return ShopFacts(
        name=_setting(settings, "shopName") or channel.name or access.domain,
        email=_setting(settings, "email") or "",
        currency=channel.currency,
        zone=_ZONES.get(channel.country, _ZONE),
        storefront_url=channel.url,
        scopes=frozenset(scopes),
    )


def read_counts(api: Api, access: Access) -> Counts:
    """Return how many products (without their variants), customers and orders there are."""
    return Counts(
        products=api.count(access, "product", _PARENTS),
        customers=api.count(access, "customer", {}),
        orders=api.count(access, "order", {}),
    )


def _setting(settings: Node, name: str) -> str | None:
    return optional_text(settings, f"{_SETTINGS}.{name}")
