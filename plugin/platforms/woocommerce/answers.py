"""Reads the shop's answers: what a status means, what a body holds."""

from __future__ import annotations

from typing import Any

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    BleibError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.http_out import Reply, retry_after
from plugin.json_in import parse
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.shape import Node

MAX_BYTES = 10_000_000
_LONGEST_CODE = 100


class RefusedByShopError(PlatformRefusedError):
    """The shop declined with a reason of its own; `reason` is WooCommerce's code."""

    def __init__(self, reason: str) -> None:
        super().__init__("platform_refused")
        self.reason = reason


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
    known = isinstance(code, str) and code.isprintable() and len(code) <= _LONGEST_CODE
    return str(code) if known else ""


def check_status(reply: Reply) -> None:
    """Raise what a status other than 200 and 201 means."""
    status = reply.status
    if status in (200, 201):
        return
    code = problem_code(reply)
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
