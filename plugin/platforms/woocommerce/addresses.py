"""Where a WooCommerce shop answers: its one domain form, its REST API, its admin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import idna

from plugin.errors import BadInputError

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_ALL_DIGITS = re.compile(r"[0-9.]+", re.ASCII)
#: One folder of a path; a dot alone or at the front would lead elsewhere or to hidden files.
_FOLDER = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", re.ASCII)
_LONGEST = 200
#: What merchants copy along from their address line: it is not part of where the shop lies.
_TAILS = frozenset({"wp-admin", "wp-json", "wp-login.php", "index.php", "wc-auth"})

Query = Mapping[str, str | int]


def clean_domain(text: str) -> str:
    """Return a shop's address as "host" or "host/folder", without scheme and last slash.

    BadInputError("shop_invalid") for ports, credentials, network addresses and anything that is
    no plain address of the web.
    """
    # The parser would drop line breaks and tabs without a word.
    plain = text.strip()
    odd = not plain.isprintable()
    try:
        parts = urlsplit(_with_scheme(plain))
        host = _plain_host(parts.hostname or "")
        odd = odd or parts.port not in (None, 443) or "@" in parts.netloc
    except (ValueError, UnicodeError):
        raise BadInputError("shop_invalid", field="shop") from None
    folders = _folders(parts.path)
    domain = "/".join([host, *folders])
    if odd or not _HOST.fullmatch(host) or _ALL_DIGITS.fullmatch(host):
        raise BadInputError("shop_invalid", field="shop")
    if len(domain) > _LONGEST or not all(_FOLDER.fullmatch(folder) for folder in folders):
        raise BadInputError("shop_invalid", field="shop")
    return domain


def _with_scheme(text: str) -> str:
    lower = text[:8].lower()
    return text if lower.startswith(("https://", "http://")) else f"https://{text}"


def _plain_host(host: str) -> str:
    # Names in other scripts travel in the plain form that browsers use: Python's own codec writes
    # "ss" for "ß", and that is somebody else's name.
    name = host.rstrip(".")
    return name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")


def _folders(path: str) -> list[str]:
    folders = [folder for folder in path.split("/") if folder]
    for place, folder in enumerate(folders):
        if folder.lower() in _TAILS:
            return folders[:place]
    return folders


@dataclass(frozen=True)
class Addresses:
    """Builds every address from a checked domain; `origins` replaces those of test shops."""

    origins: Mapping[str, str]

    def clean(self, text: str) -> str:
        """Return a domain in its one form; those of test shops are accepted as they are.

        So is the loopback address of a test shop, which is what its own plugin knows.
        """
        known = text.strip().rstrip("/")
        named = {origin: domain for domain, origin in self.origins.items()}.get(known, known)
        return named if named in self.origins else clean_domain(text)

    def origin(self, domain: str) -> str:
        """Return the address of the shop's front page, without a last slash."""
        return self.origins.get(domain) or f"https://{clean_domain(domain)}"

    def rest(self, domain: str, route: str, query: Query, *, plain: bool = False) -> str:
        """Return a route of the REST API; `plain` for shops without readable addresses."""
        if plain:
            return f"{self.origin(domain)}/?{urlencode({'rest_route': route, **query}, safe='/')}"
        rest = f"{self.origin(domain)}/wp-json{route}"
        return f"{rest}?{urlencode(query)}" if query else rest

    def authorise(self, domain: str, query: Mapping[str, str]) -> str:
        """Return WooCommerce's own page on which the merchant hands over keys."""
        return f"{self.origin(domain)}/wc-auth/v1/authorize?{urlencode(query)}"

    def admin(self, domain: str, page: str) -> str:
        """Return a page of the shop's own admin."""
        return f"{self.origin(domain)}/wp-admin/{page}"
