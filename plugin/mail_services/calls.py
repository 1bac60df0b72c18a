"""Calls to an e-mail service: what was asked, what came back, and what each status means."""

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
from plugin.json_in import parse
from plugin.shape import Node

_MAX_BYTES = 5_000_000
_GOOD = range(200, 300)
_log = structlog.get_logger("mail_services")


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
        idempotent: bool = False,
    ) -> Reply:
        """Send JSON by any method."""

    def post_bytes(
        self, url: str, body: bytes, *, headers: Mapping[str, str], max_bytes: int = _MAX_BYTES
    ) -> Reply:
        """Send bytes as they are."""


@dataclass(frozen=True)
class Question:
    """One request; `allowed` are statuses that mean something good to the caller."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    content: Any = field(default=None, repr=False)
    allowed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back; `json` is None for an empty body."""

    status: int
    json: Any = field(repr=False)

    def object(self) -> Node:
        """Return the JSON object; PlatformError("mail_service_odd") for anything else."""
        if not isinstance(self.json, dict):
            raise odd()
        return self.json

    def objects(self) -> list[Node]:
        """Return the JSON list of objects; PlatformError("mail_service_odd") otherwise."""
        if not isinstance(self.json, list) or not all(isinstance(one, dict) for one in self.json):
            raise odd()
        return self.json


def odd() -> PlatformError:
    """Return the error of an answer that is not what the service's documentation says."""
    return PlatformError("mail_service_odd")


def ask(http: Sends, asked: Question) -> Answer:
    """Return a good answer, or one whose status is among `allowed`.

    AccessRevokedError("mail_service_revoked"), PlatformError ("mail_service_busy" with the time
    to wait, "mail_service_away", "mail_service_odd"), PlatformRefusedError
    ("mail_service_forbidden", "mail_service_refused").
    """
    url = asked.url + (f"?{urlencode(asked.query)}" if asked.query else "")
    try:
        reply = http.send_json(
            asked.method,
            url,
            asked.content,
            headers={"Accept": "application/json", **asked.headers},
            max_bytes=_MAX_BYTES,
            idempotent=True,
        )
    except PlatformError as error:
        raise _away(error) from None
    return read(reply, asked.allowed)


def read(reply: Reply, allowed: tuple[int, ...] = ()) -> Answer:
    """Return what a reply says, or raise what its status means."""
    if reply.status not in _GOOD and reply.status not in allowed:
        _log.info("mail_service.declined", status=reply.status)
        raise _problem(reply)
    return Answer(reply.status, _parsed(reply.body) if reply.body.strip() else None)


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return parse(body, max_bytes=_MAX_BYTES)
    except (BadInputError, TooLargeError):
        raise odd() from None


def _problem(reply: Reply) -> PlatformError:
    if reply.status == 401:
        return AccessRevokedError("mail_service_revoked")
    if reply.status == 403:
        return PlatformRefusedError("mail_service_forbidden")
    if reply.status in (429, 503):  # rapidmail says 503 where others say 429
        return PlatformError("mail_service_busy", retry_after=retry_after(reply.headers) or 60)
    if reply.status >= 500:
        return PlatformError("mail_service_away")
    return PlatformRefusedError("mail_service_refused")


def _away(error: PlatformError) -> PlatformError:
    if isinstance(error, PlatformRefusedError):
        return PlatformRefusedError("mail_service_refused")
    return PlatformError("mail_service_away")


def clean(secret: str) -> str:
    """Return a credential as it may stand in a header; AccessRevokedError for an odd one."""
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise AccessRevokedError("mail_service_revoked")
    return secret
