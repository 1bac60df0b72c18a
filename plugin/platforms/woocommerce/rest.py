"""The REST client: keys in a header, and each shop asked in the way in which it answers."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from plugin.errors import AccessRevokedError
from plugin.http_out import HttpOut, Reply
from plugin.model import Access
from plugin.platforms.woocommerce.addresses import Addresses, Query
from plugin.platforms.woocommerce.answers import (
    MAX_BYTES,
    RefusedByShopError,
    as_object,
    check_status,
    problem_code,
)
from plugin.platforms.woocommerce.oauth import signed_header
from plugin.platforms.woocommerce.shape import Node
from plugin.security import random_token

API = "/wc/v3"
_SAFE_TO_REPEAT = frozenset({"GET", "PUT", "DELETE"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Question:
    """One request to a shop; without a token it is asked as anybody may."""

    domain: str
    method: str
    route: str
    query: Query
    token: str = field(default="", repr=False)
    content: Any = None


class Rest:
    """Speaks with one shop at a time; between calls it knows nothing but in which way each is."""

    def __init__(self, http: HttpOut, addresses: Addresses) -> None:
        self._http = http
        self._addresses = addresses
        #: Shops without readable addresses, and those that take keys by signature alone.
        self._plain: set[str] = set()
        self._signed: set[str] = set()

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
        _check_token(access.token)
        question = _Question(access.domain, method, route, query, access.token, content)
        reply = self._send(question)
        if reply.status not in (200, 201):
            log.info(
                "woocommerce.declined",
                shop=access.domain,
                method=method,
                route=route,
                status=reply.status,
                code=problem_code(reply),
            )
        check_status(reply)
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
        return self.ask_openly(domain, "/", _fields=fields)

    def ask_openly(self, domain: str, route: str, **query: str | int) -> Reply:
        """Return what every visitor may read, whatever its status; without keys."""
        return self._send(_Question(domain, "GET", route, query))

    def has_plain_addresses(self, domain: str) -> bool:
        """Tell whether the shop turned out to have no readable addresses."""
        return domain in self._plain

    def _send(self, asked: _Question) -> Reply:
        reply = self._once(asked)
        # A web page as 404: this shop has no readable addresses (or no such route at all).
        if _is_missing_page(reply) and asked.domain not in self._plain:
            reply = self._tried(self._plain, asked, lambda found: not _is_missing_page(found))
        over_http = self._addresses.origin(asked.domain).startswith("http://")
        if reply.status == 401 and asked.token and over_http and asked.domain not in self._signed:
            reply = self._tried(self._signed, asked, lambda found: found.status != 401)
        return reply

    def _tried(self, ways: set[str], asked: _Question, is_better: Callable[[Reply], bool]) -> Reply:
        """Ask once more in another way, and keep to it for this shop if that is better."""
        ways.add(asked.domain)
        reply = self._once(asked)
        if not is_better(reply):
            ways.discard(asked.domain)
        return reply

    def _once(self, asked: _Question) -> Reply:
        plain = asked.domain in self._plain
        url = self._addresses.rest(asked.domain, asked.route, asked.query, plain=plain)
        headers = {"Authorization": self._authorisation(asked, url)} if asked.token else {}
        return self._http.send_json(
            asked.method,
            url,
            asked.content,
            headers=headers,
            max_bytes=MAX_BYTES,
            idempotent=asked.method in _SAFE_TO_REPEAT,
        )

    def _authorisation(self, asked: _Question, url: str) -> str:
        if asked.domain not in self._signed:
            return "Basic " + base64.b64encode(asked.token.encode()).decode()
        nonce, now = random_token(), int(time.time())
        return signed_header(asked.method, url, asked.token, nonce=nonce, timestamp=now)


def _is_missing_page(reply: Reply) -> bool:
    return reply.status == 404 and not problem_code(reply)


def _check_token(token: str) -> None:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AccessRevokedError("access_revoked")
