"""Calls to a tracking API: what was asked, what came back, and what each status means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import structlog

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    PlatformError,
    PlatformRefusedError,
    TooLargeError,
)
from plugin.http_out import Reply, retry_after
from plugin.json_in import parse_object
from plugin.shape import Node

_MAX_BYTES = 1_000_000
_GOOD = range(200, 300)
_log = structlog.get_logger("carrier_apis")


class Sends(Protocol):
    """The part of the outgoing client that the adapters use."""

    def send_json(
        self,
        method: str,
        url: str,
        content: Any = None,  # noqa: ANN401 - any JSON value
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = _MAX_BYTES,
        tries: int = 1,
    ) -> Reply:
        """Send JSON by any method."""

    def post_bytes(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        max_bytes: int = _MAX_BYTES,
        tries: int = 1,
    ) -> Reply:
        """Send bytes as they are."""


@dataclass(frozen=True)
class Question:
    """One request; `allowed` are statuses that mean something to the caller.

    `form` is sent as a form is, in place of `content` as JSON.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    allowed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    json: Node = field(repr=False)


def odd() -> PlatformError:
    """Return the error of an answer that is not what the API's documentation says."""
    return PlatformError("tracking_odd")


def ask(http: Sends, asked: Question) -> Answer:
    """Return a good answer, or one whose status is among `allowed`; never asks twice by itself.

    AccessRevokedError("tracking_revoked"), PlatformError ("tracking_busy" with the time to wait
    where it is told, "tracking_away", "tracking_odd"), PlatformRefusedError
    ("tracking_forbidden", "tracking_refused").
    """
    try:
        reply = _sent(http, asked)
    except PlatformRefusedError:
        raise PlatformRefusedError("tracking_refused") from None
    except PlatformError:
        raise PlatformError("tracking_away") from None
    if reply.status not in _GOOD and reply.status not in asked.allowed:
        _log.info("tracking.declined", status=reply.status)
        raise _problem(reply)
    try:
        return Answer(reply.status, parse_object(reply.body, max_bytes=_MAX_BYTES))
    except (BadInputError, TooLargeError):
        if reply.status in asked.allowed:
            return Answer(reply.status, {})  # an error page is no JSON, and says enough
        raise odd() from None


def _sent(http: Sends, asked: Question) -> Reply:
    url = asked.url + (f"?{urlencode(asked.query)}" if asked.query else "")
    headers = {"Accept": "application/json", **asked.headers}
    if asked.form is None:
        return http.send_json(asked.method, url, asked.content, headers=headers, tries=1)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return http.post_bytes(url, urlencode(asked.form).encode(), headers=headers, tries=1)


def _problem(reply: Reply) -> PlatformError:
    if reply.status == 401:
        return AccessRevokedError("tracking_revoked")
    if reply.status == 403:
        return PlatformRefusedError("tracking_forbidden")
    if reply.status == 429:
        return PlatformError("tracking_busy", retry_after=retry_after(reply.headers))
    if reply.status >= 500:
        return PlatformError("tracking_away")
    return PlatformRefusedError("tracking_refused")


def clean(secret: str) -> str:
    """Return a credential as it may stand in a header; AccessRevokedError for an odd one."""
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise AccessRevokedError("tracking_revoked")
    return secret
