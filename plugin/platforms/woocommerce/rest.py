"""The REST client: keys in a header, answers checked, shops without readable addresses found."""

from __future__ import annotations

import base64
from typing import Any

import structlog

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    BleibError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.http_out import HttpOut, Reply, retry_after
from plugin.json_in import parse
from plugin.model import Access
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.addresses import Addresses, Query
from plugin.platforms.woocommerce.shape import Node

API = "/wc/v3"
MAX_BYTES = 10_000_000
_SAFE_TO_REPEAT = frozenset({"GET", "PUT", "DELETE"})

log = structlog.get_logger(__name__)


class RefusedByShopError(PlatformRefusedError):
    """The shop declined with a reason of its own; `reason` is WooCommerce's code."""

    def __init__(self, reason: str) -> None:
        super().__init__("platform_refused")
        self.reason = reason


class Rest:
    """Speaks with one shop at a time; knows nothing between calls but who has plain addresses."""

    def __init__(self, http: HttpOut, addresses: Addresses) -> None:
        self._http = http
        self._addresses = addresses
        self._plain: set[str] = set()

    def ask(
        self,
        access: Access,
        method: str,
        route: str,
        content: Any = None,  # noqa: ANN401 - any JSON value
        **query: str | int,
    ) -> Reply:
        """Return a good answer; raises what any other one means.

        AccessRevokedError if the keys are no longer accepted, RefusedByShopError with the shop's
        reason, PlatformError where trying later may help.
        """
        headers = {"Authorization": _basic(access.token)}
        reply = self._send(access.domain, method, route, query, headers, content)
        _check(reply, access.domain, method, route)
        return reply

    def get(self, access: Access, route: str, **query: str | int) -> Node | None:
        """Return an object, None if the shop has no such thing."""
        try:
            return as_object(self.ask(access, "GET", route, **query))
        except RefusedByShopError as error:
            if error.reason.endswith("_invalid_id"):
                return None
            raise

    def send(
        self,
        access: Access,
        method: str,
        route: str,
        content: Any = None,  # noqa: ANN401 - any JSON value
        **query: str | int,
    ) -> Node:
        """Change something and return the shop's word on it."""
        return as_object(self.ask(access, method, route, content, **query))

    def index(self, domain: str, fields: str) -> Reply:
        """Return what the shop tells everybody of itself, whatever its status; without keys."""
        return self._send(domain, "GET", "/", {"_fields": fields}, {}, None)

    def has_plain_addresses(self, domain: str) -> bool:
        """Tell whether the shop turned out to have no readable addresses."""
        return domain in self._plain

    def _send(
        self,
        domain: str,
        method: str,
        route: str,
        query: Query,
        headers: dict[str, str],
        content: Any,  # noqa: ANN401 - any JSON value
    ) -> Reply:
        plain = domain in self._plain
        reply = self._once(domain, method, route, query, headers, content, plain=plain)
        if plain or reply.status != 404 or problem_code(reply):
            return reply
        # A web page as 404: this shop has no readable addresses (or no such route at all).
        again = self._once(domain, method, route, query, headers, content, plain=True)
        if again.status != 404 or problem_code(again):
            self._plain.add(domain)
        return again

    def _once(
        self,
        domain: str,
        method: str,
        route: str,
        query: Query,
        headers: dict[str, str],
        content: Any,  # noqa: ANN401 - any JSON value
        *,
        plain: bool,
    ) -> Reply:
        return self._http.send_json(
            method,
            self._addresses.rest(domain, route, query, plain=plain),
            content,
            headers=headers,
            max_bytes=MAX_BYTES,
            idempotent=method in _SAFE_TO_REPEAT,
        )


def as_json(reply: Reply) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON of an answer; PlatformError("platform_answer_invalid") if there is none."""
    try:
        # Files of plugins that begin with a byte order mark put it before every answer.
        return parse(reply.body.removeprefix(b"\xef\xbb\xbf").strip(), max_bytes=MAX_BYTES)
    except BadInputError:
        raise shape.wrong() from None


def as_object(reply: Reply) -> Node:
    """Return the JSON object of an answer."""
    found = as_json(reply)
    if not isinstance(found, dict):
        raise shape.wrong()
    return found


def as_list(reply: Reply) -> list[Node]:
    """Return the list of objects of an answer."""
    found = as_json(reply)
    if not isinstance(found, list):
        raise shape.wrong()
    return shape.listed(found)


def problem_code(reply: Reply) -> str:
    """Return WordPress's own code of a refusal; "" for a web page or anything else."""
    try:
        code = as_object(reply).get("code")
    except BleibError:
        return ""
    return code if isinstance(code, str) and code.isprintable() and len(code) <= 100 else ""


def _check(reply: Reply, domain: str, method: str, route: str) -> None:
    status = reply.status
    if status in (200, 201):
        return
    code = problem_code(reply)
    log.info(
        "woocommerce.declined", shop=domain, method=method, route=route, status=status, code=code
    )
    if status == 429:
        raise PlatformError("platform_busy", retry_after=retry_after(reply.headers))
    # A page instead of a code is a wall in front of the shop (maintenance, firewall), not its word.
    if not code or status >= 500 or status < 400:
        raise PlatformError("platform_failed", retry_after=retry_after(reply.headers))
    if status == 401:
        raise AccessRevokedError("access_revoked")
    if status == 403:
        raise PlatformRefusedError("platform_scope_missing")
    raise RefusedByShopError(code)


def _basic(token: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AccessRevokedError("access_revoked")
    return "Basic " + base64.b64encode(token.encode()).decode()
