"""The Admin API client: our stored documents in, checked data out, throttling obeyed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import structlog

from plugin.errors import AccessRevokedError, PlatformError
from plugin.http_out import HttpOut
from plugin.model import Access
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.addresses import Addresses
from plugin.platforms.shopify.answers import (
    MAX_BYTES,
    UserError,
    check_status,
    data_of,
    parse_answer,
    throttled,
    user_error,
)
from plugin.platforms.shopify.shape import Node

#: How long a call may take in all, in seconds: its requests, and waiting for the bucket to refill.
DEADLINE = 10.0
#: What must be left of it for one more request to make sense.
_LEAST = 1.0

log = structlog.get_logger(__name__)


@cache
def document(operation: str) -> str:
    """Return the text of one of our stored operations."""
    folder = files("plugin.platforms.shopify").joinpath("operations")
    return folder.joinpath(f"{operation}.graphql").read_text(encoding="utf-8")


class GraphQL:
    """Runs stored operations against a shop."""

    def __init__(
        self, http: HttpOut, addresses: Addresses, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._http = http
        self._addresses = addresses
        self._pause = pause

    def run(
        self,
        access: Access,
        operation: str,
        variables: Mapping[str, Any] | None = None,
        *,
        denied_ok: bool = False,
    ) -> Node:
        """Return the data of an operation.

        Fields we may not see come back as None; a whole answer we may not see is
        PlatformRefusedError("platform_scope_missing") unless `denied_ok`. PlatformError
        ("platform_busy") when the platform stays throttled, with `retry_after`. All of it takes
        DEADLINE seconds at most.
        """
        content = {"query": document(operation), "variables": dict(variables or {})}
        spent = 0.0
        while True:
            begun = time.monotonic()
            answer = self._post(access, content, seconds=DEADLINE - spent)
            spent += time.monotonic() - begun
            wait = throttled(answer)
            if wait is None:
                return data_of(answer, operation, denied_ok=denied_ok)
            if spent + wait > DEADLINE - _LEAST:
                raise PlatformError("platform_busy", retry_after=math.ceil(wait))
            log.info("shopify.throttled", shop=access.domain, operation=operation, wait=wait)
            self._pause(wait)
            spent += wait

    def change(
        self, access: Access, operation: str, field: str, variables: Mapping[str, Any]
    ) -> tuple[Node, tuple[UserError, ...]]:
        """Run a mutation; return its payload and why the platform declined, if it did."""
        payload = shape.node(self.run(access, operation, variables), field)
        problems = tuple(user_error(item) for item in shape.nodes(payload, "userErrors"))
        if problems:
            log.warning(
                "shopify.declined",
                shop=access.domain,
                operation=operation,
                problems=[(problem.code, problem.place) for problem in problems],
            )
        return payload, problems

    def _post(self, access: Access, content: Node, *, seconds: float) -> Node:
        reply = self._http.post_json(
            self._addresses.graphql(access.domain),
            content,
            headers={"X-Shopify-Access-Token": _header_safe(access.token)},
            seconds=seconds,
            max_bytes=MAX_BYTES,
            idempotent=content["query"].lstrip().startswith("query"),
        )
        check_status(reply)
        version = reply.headers.get("x-shopify-api-version")
        if version != self._addresses.registration.api_version:
            # Old versions fall forward silently; this line is how anyone learns of it.
            log.warning("shopify.version_moved", shop=access.domain, answered=version)
        return parse_answer(reply)


def _header_safe(token: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AccessRevokedError("access_revoked")
    return token
