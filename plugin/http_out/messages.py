"""What goes out and what comes back, and what each failure means."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from plugin.errors import PlatformError
from plugin.http_out.waiting import retry_after

#: Everything the libraries below may raise when a call fails.
FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError, UnicodeError)
_BUSY = frozenset({429, 502, 503, 504})
_PASSING = frozenset({"platform_unreachable", "platform_answer_invalid"})
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers (names in lower case) and the whole body, decompressed."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Call:
    """A request, checked and sent by the client."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    idempotent: bool
    max_bytes: int


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, lower-case; "" if it is no plain address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if _ODD.search(url) or not parts.hostname or "@" in parts.netloc:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def error_code(error: Exception, deadline: float) -> str:
    """Return the stable code of a failed call; `deadline` on the monotonic clock (seconds)."""
    if isinstance(error, requests.exceptions.SSLError):
        return "platform_tls_invalid"
    if time.monotonic() >= deadline or isinstance(error, requests.Timeout | TimeoutError):
        return "platform_timeout"
    if isinstance(error, requests.ConnectionError):
        return "platform_unreachable"
    return "platform_answer_invalid"


def pause_before_retry(
    call: Call, attempt: int, reply: Reply | None, problem: PlatformError | None
) -> float | None:
    """Return the seconds to wait before the next try, None if there should be none.

    Either `reply` or `problem` is what the last try brought; `attempt` counts from 0.
    """
    again = call.idempotent
    if problem is not None:
        again = again and problem.code in _PASSING
    elif reply is not None:
        # 429 says that nothing was done, so even a change may be sent again.
        again = reply.status == 429 or (again and reply.status in _BUSY)
    if not again:
        return None
    asked = retry_after(reply.headers) if reply else None
    pause = 0.2 * 2**attempt * (1 + random.random())  # noqa: S311 - jitter, no secret
    return pause if asked is None else float(asked)
