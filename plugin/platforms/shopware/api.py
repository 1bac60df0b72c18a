"""The Admin API client: searches and changes in, checked answers out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.http_out import HttpOut, Reply, retry_after
from plugin.json_in import parse_object
from plugin.model import Access
from plugin.platforms.shopware.addresses import Addresses
from plugin.shape import Node, nodes, wrong

MAX_BYTES = 10_000_000
#: The whole answer in plain JSON; the default would be JSON:API.
_ACCEPT = "application/json"
_LONGEST_CALL = 10.0
#: An unknown key is answered with status 500 and one of these, a wrong secret with one of those.
_KEYS_REFUSED = {"FRAMEWORK__API_INVALID_ACCESS_KEY", "FRAMEWORK__INVALID_ACCESS_KEY"}
_SECRET_REFUSED = {"4", "6"}
_NO_RIGHT = "FRAMEWORK__MISSING_PRIVILEGE_ERROR"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Api:
    """Calls the Admin API; `deadline` (monotonic clock) bounds all calls together.

    `language` is the id of the language in which names are answered, "" for the system's own.
    """

    http: HttpOut
    addresses: Addresses
    deadline: float | None = None
    language: str = ""

    def within(self, seconds: float) -> Api:
        """Return the same client, which gives up `seconds` from now."""
        return replace(self, deadline=time.monotonic() + seconds)

    def speaking(self, language: str) -> Api:
        """Return the same client with answers in another language."""
        return replace(self, language=language)

    def token(self, domain: str, key: str, secret: str) -> Node:
        """Trade keys for a token; AccessRevokedError if the shop does not know them."""
        content = {
            "grant_type": "client_credentials",
            "client_id": key,
            "client_secret": secret,
        }
        reply = self.http.post_json(
            self.addresses.token(domain),
            content,
            headers={"Accept": _ACCEPT},
            seconds=self._seconds(),
            idempotent=True,
        )
        if reply.status in (400, 401):
            mine = error_codes(reply) & (_SECRET_REFUSED | _KEYS_REFUSED)
            raise AccessRevokedError("keys_refused" if mine else "access_revoked")
        check_status(reply)
        return _parsed(reply)

    def search(self, access: Access, entity: str, criteria: Mapping[str, Any]) -> list[Node]:
        """Return the entities that match."""
        return nodes(self._searched(access, entity, criteria), "data")

    def first(self, access: Access, entity: str, criteria: Mapping[str, Any]) -> Node | None:
        """Return one entity that matches, None if there is none."""
        return next(iter(self.search(access, entity, {**criteria, "limit": 1})), None)

    def count(self, access: Access, entity: str, criteria: Mapping[str, Any]) -> int:
        """Return how many entities match."""
        asked = {**criteria, "limit": 1, "total-count-mode": 1}
        total = self._searched(access, entity, asked).get("total")
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise wrong()
        return total

    def values(self, access: Access, domain: str) -> Node:
        """Return the shop's own settings below one name."""
        path = f"_action/system-config?domain={domain}"
        reply = self._send(access, "GET", path, None, idempotent=True)
        check_status(reply)
        # An empty object of PHP is an empty list.
        return {} if reply.body.strip() == b"[]" else _parsed(reply)

    def create(self, access: Access, entity: str, content: Mapping[str, Any]) -> None:
        """Create an entity; PlatformError if the shop did not, also where the id is in use."""
        if not self.change(access, "POST", entity, content):
            raise PlatformRefusedError("platform_refused")

    def change(
        self, access: Access, method: str, path: str, content: Mapping[str, Any] | None = None
    ) -> bool:
        """Change something; False if it is not there (status 404)."""
        reply = self._send(access, method, path, content, idempotent=method != "POST")
        if reply.status == 404:
            return False
        check_status(reply)
        if reply.status != 204:  # such as a page of maintenance, friendly with status 200
            raise wrong()
        return True

    def _searched(self, access: Access, entity: str, criteria: Mapping[str, Any]) -> Node:
        reply = self._send(access, "POST", f"search/{entity}", criteria, idempotent=True)
        check_status(reply)
        return _parsed(reply)

    def _send(
        self,
        access: Access,
        method: str,
        path: str,
        content: Mapping[str, Any] | None,
        *,
        idempotent: bool,
    ) -> Reply:
        headers = {
            "Accept": _ACCEPT,
            "Authorization": f"Bearer {header_safe(access.token)}",
            **({"sw-language-id": self.language} if self.language else {}),
        }
        return self.http.send_json(
            method,
            self.addresses.api(access.domain, path),
            None if content is None else dict(content),
            headers=headers,
            seconds=self._seconds(),
            max_bytes=MAX_BYTES,
            idempotent=idempotent,
        )

    def _seconds(self) -> float:
        if self.deadline is None:
            return _LONGEST_CALL
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise PlatformError("platform_timeout")
        return min(left, _LONGEST_CALL)


def check_status(reply: Reply) -> None:
    """Raise what a status other than 200 means."""
    status = reply.status
    if 200 <= status < 300:
        return
    codes = error_codes(reply)
    if status == 429:
        raise PlatformError("platform_busy", retry_after=retry_after(reply.headers))
    log.warning("shopware.refused", status=status, codes=sorted(codes))
    if codes & _KEYS_REFUSED:
        raise AccessRevokedError("keys_refused")
    if status == 401:
        raise AccessRevokedError("access_revoked")
    if _NO_RIGHT in codes:
        raise PlatformRefusedError("platform_scope_missing")
    if status == 403:
        raise AccessRevokedError("access_revoked")
    if 400 <= status < 500:
        raise PlatformRefusedError("platform_refused")
    raise PlatformError("platform_failed")


def error_codes(reply: Reply) -> frozenset[str]:
    """Return the codes in an answer's list of errors; none where it is no such answer."""
    try:
        found = parse_object(reply.body, max_bytes=MAX_BYTES).get("errors")
    except BadInputError:
        return frozenset()
    listed = found if isinstance(found, list) else []
    codes = (item.get("code") for item in listed if isinstance(item, dict))
    return frozenset(code for code in codes if isinstance(code, str) and len(code) <= 80)


def header_safe(token: str) -> str:
    """Return a token that can stand in a header; AccessRevokedError if it cannot."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AccessRevokedError("access_revoked")
    return token


def _parsed(reply: Reply) -> Node:
    try:
        return parse_object(reply.body, max_bytes=MAX_BYTES)
    except BadInputError:
        raise wrong() from None
