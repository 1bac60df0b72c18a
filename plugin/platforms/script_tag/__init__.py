"""Any shop: it tells us by itself what happens, and all we ever ask of it is its front page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import idna

from plugin.contracts.capabilities import Capability, Level
from plugin.contracts.platform import Embed
from plugin.errors import BadInputError
from plugin.http_out import HttpOut
from plugin.http_out.script_tags import find_tags
from plugin.model import Access, EmbedState

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: Ends in a name: what ends in a number is an address of the net.
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", re.ASCII)
_LONGEST = 200


class ScriptTagPlatform:
    """What is left of the contract where the shop is nobody's platform; see `docs/platforms`."""

    name = "script_tag"
    support: Mapping[Capability, Level] = {
        "shop": "no",
        "catalogue": "no",
        "customers": "no",
        "orders": "no",
        "history": "no",
        "shipments": "partly",
        "vouchers": "no",
        "exclusions": "no",
        "consent_sync": "no",
        "checkout_opt_in": "no",
        "webhooks": "no",
        "embedding": "yes",
        "cart": "partly",
        "order_note": "partly",
        "channel": "partly",
        "shop_pages": "no",
        "frame": "no",
    }

    def __init__(self, public_url: str, origins: Mapping[str, str], http: HttpOut) -> None:
        self._public_url = public_url
        self._origins = dict(origins)
        self._http = http

    def clean_domain(self, text: str) -> str:
        """Return "host" or "host/folder", without scheme and last slash.

        BadInputError("shop_invalid") for ports, credentials, addresses of the net, queries and
        anything else that is no plain address of a shop.
        """
        known = text.strip().rstrip("/")
        if known in self._origins:
            return known
        if not known.isprintable():  # urlsplit would drop line breaks in silence
            raise BadInputError("shop_invalid", field="domain")
        try:
            parts = urlsplit(known if "://" in known else f"https://{known}")
            # As browsers write it: Python's own codec makes "ss" of "ß", which is another name.
            host = (parts.hostname or "").rstrip(".")
            host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
            plain = parts.scheme in ("https", "http") and parts.netloc.lower() == parts.hostname
        except (ValueError, UnicodeError):
            raise BadInputError("shop_invalid", field="domain") from None
        folders = parts.path.split("/")[1:]
        domain = "/".join([host, *folders])
        if not plain or parts.query or parts.fragment or len(domain) > _LONGEST:
            raise BadInputError("shop_invalid", field="domain")
        if not _HOST.fullmatch(host) or not all(_FOLDER.fullmatch(part) for part in folders):
            raise BadInputError("shop_invalid", field="domain")
        return domain

    def app_url(self, domain: str) -> str:
        """Return the door: there is no admin of a platform that would know who is there."""
        return f"{self._public_url}/install/script_tag"

    def publish_embed(self, access: Access, embed: Embed) -> bool:
        """Do nothing: the tag in the merchant's own pages fetches the config by itself."""
        return True

    def embed_url(self, domain: str, storefront_url: str) -> str:
        """Return our page that shows the tag to copy."""
        return f"{self._public_url}/admin/data"

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for the tag on the shop's front page."""
        return find_tags(self._http, storefront_url, shop_key, {"home": ""}, "")
