"""The one HTTP client for calls to other machines: bounded in place, time and size."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import structlog

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.http_out.addresses import Guard, Resolver, system_resolver
from plugin.http_out.messages import (
    FAILURES,
    Call,
    Reply,
    error_code,
    origin_of,
    pause_before_retry,
)
from plugin.http_out.sockets import GuardedAdapter, within
from plugin.manifest import load_manifest

SECONDS = 10.0
MAX_BYTES = 5_000_000
STREAM_SECONDS = 600.0
STREAM_MAX_BYTES = 4_000_000_000
MAX_LINE_BYTES = 1_000_000
_CHUNK = 65_536
_TRIES = 3
_PORT = 443
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

log = structlog.get_logger(__name__)


class HttpOut:
    """Speaks HTTPS with public hosts on port 443, and with given loopback origins.

    Follows no redirect unless asked and then only within the origin, keeps no cookies, ignores
    proxies and credentials of the environment. Names are resolved and checked at the moment of
    connecting. `origins` are addresses like "http://localhost:8701" (development);
    `authorities` is a PEM file in place of the public certificate authorities.
    """

    def __init__(
        self,
        origins: Iterable[str] = (),
        *,
        resolve: Resolver = system_resolver,
        authorities: str | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._public = GuardedAdapter(Guard(resolve, _PORT), authorities)
        self._loopback = {
            origin: GuardedAdapter(_loopback_guard(origin), authorities)
            for origin in map(origin_of, origins)
        }
        # The library logs request lines at debug level, and a signed address is a secret.
        logging.getLogger("urllib3").setLevel(logging.INFO)

    def close(self) -> None:
        """Close all kept connections."""
        for adapter in (self._public, *self._loopback.values()):
            adapter.close()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        redirects: int = 0,
    ) -> Reply:
        """Fetch an address; `redirects` is how many are followed within the same origin.

        Raises PlatformError when no complete answer came within `seconds` or `max_bytes`,
        PlatformRefusedError("address_not_allowed") when the address may not be reached.
        """
        deadline = time.monotonic() + seconds
        for _ in range(redirects + 1):
            reply = self._send(Call("GET", url, headers or {}, None, True, max_bytes), deadline)
            target = urljoin(url, reply.headers.get("location", ""))
            if reply.status not in _REDIRECTS or origin_of(target) != origin_of(url):
                break
            url = target
        return reply

    def post_json(
        self,
        url: str,
        content: Any,  # noqa: ANN401 - any JSON value
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        idempotent: bool = False,
    ) -> Reply:
        """Send JSON; tries again only if `idempotent`, or if the other side was too busy to act.

        Raises as `get` does.
        """
        return self.send_json(
            "POST",
            url,
            content,
            headers=headers,
            seconds=seconds,
            max_bytes=max_bytes,
            idempotent=idempotent,
        )

    def send_json(
        self,
        method: str,
        url: str,
        content: Any = None,  # noqa: ANN401 - any JSON value; None sends no body
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        idempotent: bool = False,
        tries: int = _TRIES,
    ) -> Reply:
        """Send JSON by any method, as `post_json` does, at most `tries` times."""
        body, all_headers = None, dict(headers or {})
        if content is not None:
            body = json.dumps(content, separators=(",", ":")).encode()
            all_headers = {"Content-Type": "application/json", **all_headers}
        call = Call(method, url, all_headers, body, idempotent, max_bytes)
        return self._send(call, time.monotonic() + seconds, tries)

    def post_bytes(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        tries: int = _TRIES,
    ) -> Reply:
        """Send bytes exactly as they are, with their content type among the headers.

        Not sent twice by itself, except where the other side was too busy to act. Raises as `get`
        does.
        """
        call = Call("POST", url, headers, body, False, max_bytes)
        return self._send(call, time.monotonic() + seconds, tries)

    def stream_lines(
        self,
        url: str,
        *,
        seconds: float = STREAM_SECONDS,
        max_bytes: int = STREAM_MAX_BYTES,
        max_line: int = MAX_LINE_BYTES,
    ) -> Iterator[bytes]:
        """Yield the lines of a file without ever holding it.

        `seconds` bounds the time spent waiting for the other side, not the reader's own work.
        Raises PlatformError when the file does not arrive whole, PlatformRefusedError
        ("file_gone") when it is not there.
        """
        call = Call("GET", url, {}, None, True, max_bytes)
        pending = b""
        for chunk in self._chunks(call, seconds):
            *lines, pending = (pending + chunk).split(b"\n")
            if len(pending) > max_line or any(len(line) > max_line for line in lines):
                raise PlatformError("platform_answer_too_large")
            yield from lines
        if pending:
            yield pending

    def _chunks(self, call: Call, seconds: float) -> Iterator[bytes]:
        begun = time.monotonic()
        deadline = begun + seconds
        response = self._attempt(deadline, lambda: self._begin(call, deadline))
        try:
            if response.status_code != 200:
                raise _file_problem(response.status_code)
            content = response.iter_content(_CHUNK)
            size = 0
            left = deadline - time.monotonic()
            while True:
                begun = time.monotonic()
                end = begun + left
                chunk = self._attempt(end, lambda end=end: _next(content, end))  # type: ignore[misc]
                left -= time.monotonic() - begun
                if not chunk:
                    return
                size += len(chunk)
                if size > call.max_bytes:
                    raise PlatformError("platform_answer_too_large")
                yield chunk
        finally:
            response.close()

    def _send(self, call: Call, deadline: float, tries: int = _TRIES) -> Reply:
        for attempt in range(tries):
            problem: PlatformError | None = None
            reply: Reply | None = None
            try:
                reply = self._attempt(deadline, lambda: self._whole(call, deadline))
            except PlatformError as error:
                problem = error
            wait = pause_before_retry(call, attempt, reply, problem)
            if wait is None or attempt + 1 == tries or time.monotonic() + wait >= deadline:
                break
            log.info("http.retry", host=urlsplit(call.url).hostname, wait=round(wait, 2))
            self._pause(wait)
        if reply is None:
            raise problem or PlatformError("platform_unreachable")
        return reply

    def _attempt(self, deadline: float, act: Callable[[], Any]) -> Any:  # noqa: ANN401
        # The error is raised outside the handler: the library's own carries the whole address.
        code = ""
        try:
            return act()
        except FAILURES as error:
            code = error_code(error, deadline)
        raise PlatformError(code)

    def _whole(self, call: Call, deadline: float) -> Reply:
        with within(deadline):
            response = self._begin(call, deadline)
            try:
                parts = []
                size = 0
                for chunk in response.iter_content(_CHUNK):
                    size += len(chunk)
                    if size > call.max_bytes:
                        raise PlatformError("platform_answer_too_large")
                    parts.append(chunk)
                headers = {str(k).lower(): str(v) for k, v in response.headers.items()}
                return Reply(response.status_code, headers, b"".join(parts))
            finally:
                response.close()

    def _begin(self, call: Call, deadline: float) -> requests.Response:
        adapter = self._adapter(call.url)
        headers = {
            "User-Agent": f"Bleib/{load_manifest().version}",
            "Accept-Encoding": "gzip",
            **call.headers,
        }
        request = requests.Request(call.method, call.url, headers=headers, data=call.body)
        with within(deadline):
            return adapter.send(request.prepare(), stream=True, timeout=SECONDS)

    def _adapter(self, url: str) -> GuardedAdapter:
        origin = origin_of(url)
        if origin in self._loopback:
            return self._loopback[origin]
        parts = urlsplit(origin)
        if parts.scheme != "https" or (parts.port or 443) != _PORT:
            raise PlatformRefusedError("address_not_allowed")
        return self._public


def _loopback_guard(origin: str) -> Guard:
    parts = urlsplit(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Guard(system_resolver, port, loopback_host=parts.hostname)


def _next(content: Iterator[bytes], deadline: float) -> bytes:
    with within(deadline):
        return next(content, b"")


def _file_problem(status: int) -> PlatformError:
    if status in (400, 401, 403, 404, 410):
        return PlatformRefusedError("file_gone")
    return PlatformError("platform_failed")
