"""Answers the storefront's config request in front of Flask: the one route of every page view.

Flask spends more on dispatching than this answer costs (measured by `make bench-server`), and the
answer needs neither session nor form nor template. Everything else goes through unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from plugin.api.headers import TLS_ONLY
from plugin.errors import BleibError
from plugin.services.context import Context
from plugin.services.storefront_config import config_bytes

_PREFIX = "/v1/config/"
_COMMON = [
    ("Content-Type", "application/json"),
    ("Access-Control-Allow-Origin", "*"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
]
#: How long the kill switch takes at most, in seconds: what a cache may still hand out, what a
#: process remembers, and how long an open page waits before it looks (_runtime/visit.ts).
STOPPED_WITHIN = 60
#: For so many seconds any cache may hand out a config without asking; a stale one never, because
#: a shop that was stopped must not come back.
MAX_AGE = 20
_CACHED = ("Cache-Control", f"public, max-age={MAX_AGE}")
_UNCACHED = ("Cache-Control", "no-store")
_UNKNOWN = b'{"error":"unknown_shop"}'
_BUSY = b'{"error":"database_busy"}'


class FastConfig:
    """WSGI middleware for `GET /v1/config/<key>`."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], context: Context) -> None:
        self._inner = inner
        self._context = context
        secure = context.config.secure
        self._common = [*_COMMON, *([TLS_ONLY] if secure else [])]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer the config route, hand on everything else."""
        path = environ["PATH_INFO"]
        if not path.startswith(_PREFIX) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._inner(environ, start_response)
        try:
            found = config_bytes(self._context, path[len(_PREFIX) :])
        except BleibError:
            return self._answer(
                environ, start_response, "503 Service Unavailable", _BUSY, [_UNCACHED]
            )
        if found is None:
            return self._answer(environ, start_response, "404 Not Found", _UNKNOWN, [_UNCACHED])
        body, etag = found
        extra = [("ETag", etag), _CACHED]
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", self._common[1:] + extra)
            return [b""]
        return self._answer(environ, start_response, "200 OK", body, extra)

    def _answer(
        self,
        environ: dict[str, Any],
        start_response: Any,  # noqa: ANN401
        status: str,
        body: bytes,
        extra: list[tuple[str, str]],
    ) -> Iterable[bytes]:
        start_response(status, [*self._common, *extra, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
