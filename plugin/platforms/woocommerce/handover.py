"""How a shop's keys come to us: WooCommerce's own page, and the unsigned message that follows."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from plugin.contracts.key_handover import HandedKeys
from plugin.errors import BadInputError, PlatformError
from plugin.http_out import Reply
from plugin.json_in import parse_object
from plugin.model import Grant
from plugin.platforms.woocommerce.answers import as_object
from plugin.platforms.woocommerce.base import WooBase

_APP_NAME = "Bleib"
_MAX_BYTES = 8192
_KEY = re.compile(r"ck_[A-Za-z0-9]{8,128}", re.ASCII)
_SECRET = re.compile(r"cs_[A-Za-z0-9]{8,128}", re.ASCII)
_LONGEST_MARK = 1024
_MOVES = (301, 302, 307, 308)


class WooHandover(WooBase):
    """Sends a merchant to the key page and reads what comes of it."""

    def find_shop(self, text: str) -> str:
        """Return the domain under which a WooCommerce shop answers.

        BadInputError("shop_invalid") for what is no address, ("shop_not_found") where no
        WooCommerce answers, ("shop_permalinks") where its key page cannot; PlatformError if
        nothing answers at all.
        """
        domain = self.clean_domain(text)
        reply = self._rest.index(domain, "namespaces")
        moved = self._moved(domain, reply)
        if moved is not None:
            domain = moved
            reply = self._rest.index(domain, "namespaces")
        # What a firewall refuses to us it may still show to the merchant: they will see.
        if reply.status not in (401, 403):
            _check_namespaces(reply)
        if self._rest.has_plain_addresses(domain):
            raise BadInputError("shop_permalinks", field="shop")
        return domain

    def key_page(self, domain: str, mark: str, return_url: str, keys_url: str) -> str:
        """Return the page on which the merchant approves; WooCommerce then posts to `keys_url`.

        `mark` comes back with the keys and with the browser: nothing else binds the two.
        """
        query = {
            "app_name": _APP_NAME,
            "scope": self._registration.scopes[0],
            "user_id": mark,
            "return_url": return_url,
            "callback_url": keys_url,
        }
        return self._addresses.authorise(domain, query)

    def read_keys(self, body: bytes) -> HandedKeys:
        """Return mark and keys of WooCommerce's message; BadInputError if it is none."""
        content = parse_object(body, max_bytes=_MAX_BYTES)
        mark = content.get("user_id")
        key, secret = content.get("consumer_key"), content.get("consumer_secret")
        rights = content.get("key_permissions")
        if not isinstance(mark, str) or not 0 < len(mark) <= _LONGEST_MARK:
            raise BadInputError("request_refused", field="user_id")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise BadInputError("request_refused", field="consumer_key")
        if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
            raise BadInputError("request_refused", field="consumer_secret")
        return HandedKeys(
            mark=mark,
            grant=Grant(
                access_token=f"{key}:{secret}",
                refresh_token=None,
                expires_at=None,
                refresh_expires_at=None,
                scopes=frozenset({rights} if isinstance(rights, str) else ()),
            ),
        )

    def _moved(self, domain: str, reply: Reply) -> str | None:
        """Return the domain that a shop redirects to, if it is the same with or without www."""
        if reply.status not in _MOVES:
            return None
        target = urljoin(f"https://{domain}/", reply.headers.get("location", ""))
        try:
            found = self.clean_domain(target)
        except BadInputError:
            return None
        same = found.removeprefix("www.") == domain.removeprefix("www.")
        return found if same and found != domain and target.startswith("https://") else None


def _check_namespaces(reply: Reply) -> None:
    try:
        names = as_object(reply).get("namespaces") if reply.status == 200 else None
    except PlatformError:
        names = None
    if isinstance(names, list) and "wc/v3" in names:
        return
    if reply.status >= 500 or reply.status == 429:
        raise PlatformError("platform_unreachable")
    raise BadInputError("shop_not_found", field="shop")
