"""Facts of the shop itself, and the way into its admin."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from plugin.errors import BleibError, PlatformError
from plugin.model import Access, Counts, ShopFacts
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import as_list, as_object
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.paging import total
from plugin.platforms.woocommerce.rest import API
from plugin.platforms.woocommerce.shape import Node

_ABOUT = "name,home,gmt_offset,timezone_string"
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
#: For shops that hide what WordPress tells everybody of a site.
_ZONE_OF_COUNTRY = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich"}


class WooShop(WooBase):
    """Describes a shop."""

    def app_url(self, domain: str) -> str:
        """Return where the merchant finds our page in the shop's own admin."""
        return self._addresses.admin(domain, "admin.php?page=bleib")

    def shop_facts(self, access: Access) -> ShopFacts:
        """Return name, contact, currency, zone and granted scopes; proves the keys by the way."""
        settings = self._settings(access)
        about = self._about(access.domain)
        country = settings.get("woocommerce_default_country", "")[:2]
        currency = settings.get("woocommerce_currency", "")
        if not _CURRENCY.fullmatch(currency):
            raise shape.wrong()
        return ShopFacts(
            name=_name(about) or access.domain.partition("/")[0],
            email=self._email(access),
            currency=currency,
            zone=zone_of(about) or _ZONE_OF_COUNTRY.get(country, "UTC"),
            storefront_url=self._storefront(about, access.domain),
            scopes=frozenset(self._registration.scopes),
        )

    def counts(self, access: Access) -> Counts:
        """Return how many products, customers and orders a first sync will bring."""
        return Counts(
            products=self._count(access, "products", status="any"),
            customers=self._count(access, "customers", role="all"),
            orders=self._count(access, "orders", status="any"),
        )

    def _settings(self, access: Access) -> dict[str, str]:
        found = as_list(self._rest.ask(access, "GET", f"{API}/settings/general"))
        return {
            str(item.get("id")): item["value"]
            for item in found
            if isinstance(item.get("value"), str)
        }

    def _about(self, domain: str) -> Node:
        """Return what the site tells everybody; {} where a plugin hides it."""
        reply = self._rest.index(domain, _ABOUT)
        try:
            return as_object(reply) if reply.status == 200 else {}
        except PlatformError:
            return {}

    def _email(self, access: Access) -> str:
        route = f"{API}/settings/email/woocommerce_email_from_address"
        try:
            return shape.optional_text(self._rest.get(access, route) or {}, "value") or ""
        except PlatformError:
            return ""  # a shop without a contact address still works

    def _storefront(self, about: Node, domain: str) -> str:
        origin = self._addresses.origin(domain)
        home = shape.web_address(about.get("home"))
        # A site that calls itself by plain HTTP is reached by what the merchant entered.
        secure = home is not None and home.startswith(("https://", origin))
        return (home if home and secure else origin).rstrip("/")

    def _count(self, access: Access, kind: str, **query: str) -> int | None:
        reply = self._rest.ask(access, "GET", f"{API}/{kind}", per_page=1, _fields="id", **query)
        return total(reply, "x-wp-total")


def zone_of(about: Node) -> str | None:
    """Return the site's time zone; sites with a mere offset from GMT get a zone of that offset."""
    named = about.get("timezone_string")
    if isinstance(named, str) and named in available_timezones():
        return named
    try:
        offset: Any = float(about.get("gmt_offset") or 0)
    except (TypeError, ValueError):
        return None
    if "gmt_offset" not in about or offset != int(offset) or not -12 <= offset <= 14:
        return None
    return "UTC" if offset == 0 else f"Etc/GMT{-int(offset):+d}"  # their signs are upside down


def _name(about: Node) -> str:
    try:
        return shape.words(about, "name")
    except BleibError:
        return ""
