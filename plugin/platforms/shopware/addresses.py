"""Where a Shopware shop answers: its one domain form, its API and its administration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.errors import BadInputError
from plugin.http_out import origin_of

#: The technical name of our app in every shop: part of the proof, of addresses and config keys.
APP_NAME = "Bleib"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_HOST}(?:/[A-Za-z0-9_~.-]+)*", re.ASCII)
_LONGEST = 255


@dataclass(frozen=True)
class Addresses:
    """Builds every address from a checked domain; `origins` replaces those of test shops."""

    origins: Mapping[str, str]

    def clean_domain(self, text: str) -> str:
        """Return host and path in their one form; BadInputError("shop_invalid") if it is none.

        No scheme, no port, no trailing slash, host in lower case; the whole text must match.
        """
        if text in self.origins:
            return text
        host, slash, path = text.rstrip("/").partition("/")
        # Lower-casing must not turn foreign letters (such as the Kelvin sign) into plain ones.
        domain = (host.lower() if host.isascii() else "") + slash + path
        parts = path.split("/")
        if len(domain) > _LONGEST or not _DOMAIN.fullmatch(domain) or {".", ".."} & set(parts):
            raise BadInputError("shop_invalid", field="shop")
        return domain

    def domain_of(self, shop_url: str) -> str:
        """Return the domain of a shop's own address; BadInputError("shop_invalid") if it is none.

        Only TLS, and only its own port: everything else is an address inside somebody's network.
        """
        try:
            parts = urlsplit(shop_url)
        except ValueError:
            raise BadInputError("shop_invalid", field="shop") from None
        plain = shop_url.isprintable() and not set("?#@\\ ") & set(shop_url)
        domain = (parts.netloc + parts.path).rstrip("/")
        if plain and domain in self.origins:
            return domain
        if not plain or parts.scheme != "https":
            raise BadInputError("shop_invalid", field="shop")
        return self.clean_domain(domain.removesuffix(":443") if not parts.path else domain)

    def base(self, domain: str) -> str:
        """Return the address under which the shop's API and administration answer."""
        return self.origins.get(domain) or f"https://{self.clean_domain(domain)}"

    def origin(self, domain: str) -> str:
        """Return scheme and host of the administration, which holds our pages in a frame."""
        return origin_of(self.base(domain))

    def token(self, domain: str) -> str:
        """Return where keys are traded for a token."""
        return f"{self.base(domain)}/api/oauth/token"

    def api(self, domain: str, path: str) -> str:
        """Return one address of the Admin API; `path` without a leading slash."""
        return f"{self.base(domain)}/api/{path}"

    def app(self, domain: str) -> str:
        """Return our own page in the administration."""
        return f"{self.base(domain)}/admin#/my-apps/{APP_NAME}"

    def extensions(self, domain: str) -> str:
        """Return the list of apps, where ours is switched on."""
        return f"{self.base(domain)}/admin#/sw/extension/my-extensions/listing/app"
