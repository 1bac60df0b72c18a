"""Where a Shopify shop answers: its one domain form, its admin and its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from plugin.errors import BadInputError
from plugin.manifest import PlatformEntry

EMBED_BLOCK = "bleib"
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com", re.ASCII)


def clean_domain(text: str) -> str:
    """Return a shop's domain in lower case; BadInputError("shop_invalid") if it is none.

    The whole text must match: a pattern that ends in `$` would let a line break through.
    """
    # Lower-casing must not turn foreign letters (such as the Kelvin sign) into plain ones.
    domain = text.lower() if text.isascii() else ""
    if not _DOMAIN.fullmatch(domain):
        raise BadInputError("shop_invalid", field="shop")
    return domain


@dataclass(frozen=True)
class Addresses:
    """Builds every address from a checked domain; `origins` replaces those of test shops."""

    client_id: str
    registration: PlatformEntry
    origins: Mapping[str, str]

    def origin(self, domain: str) -> str:
        """Return scheme and host under which the shop's admin and API answer."""
        return self.origins.get(domain, f"https://{clean_domain(domain)}")

    def authorise(self, domain: str, state: str, redirect_uri: str) -> str:
        """Return the consent page for the declared scopes."""
        query = {
            "client_id": self.client_id,
            "scope": ",".join(self.registration.scopes),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self.origin(domain)}/admin/oauth/authorize?{urlencode(query)}"

    def token(self, domain: str) -> str:
        """Return where codes and refresh tokens are traded."""
        return f"{self.origin(domain)}/admin/oauth/access_token"

    def graphql(self, domain: str) -> str:
        """Return the Admin API of our version."""
        return f"{self.origin(domain)}/admin/api/{self.registration.api_version}/graphql.json"

    def app(self, domain: str) -> str:
        """Return the app's own page in the shop's admin."""
        return f"{self.origin(domain)}/admin/apps/{quote(self.client_id, safe='')}"

    def theme_editor(self, domain: str) -> str:
        """Return the theme editor with the switch of our embed in view."""
        query = {
            "context": "apps",
            "template": "index",
            "activateAppId": f"{self.client_id}/{EMBED_BLOCK}",
        }
        editor = f"{self.origin(domain)}/admin/themes/current/editor"
        return f"{editor}?{urlencode(query, safe='/')}"
