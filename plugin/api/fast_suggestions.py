"""Answers the storefront's question for suggestions in front of Flask: asked for every cart.

Flask spends more on dispatching than an answer from memory costs (measured by
`bench.suggestions_server`). What cannot be answered goes on to Flask, which says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from plugin.api.headers import TLS_ONLY
from plugin.errors import BleibError
from plugin.services.context import Context
from plugin.services.suggestions.serving import LIFE_SECONDS, answer_bytes

_PREFIX = "/v1/"
_SUFFIX = "/suggestions"
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", f"public, max-age={LIFE_SECONDS}"),
    ("Access-Control-Allow-Origin", "*"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
]


class FastSuggestions:
    """WSGI middleware for `GET /v1/<key>/suggestions`."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], context: Context) -> None:
        self._inner = inner
        self._context = context
        self._headers = [*_HEADERS, *([TLS_ONLY] if context.config.secure else [])]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer the question for suggestions, hand on everything else."""
        path: str = environ["PATH_INFO"]
        if (
            not path.endswith(_SUFFIX)
            or not path.startswith(_PREFIX)
            or environ["REQUEST_METHOD"] != "GET"
        ):
            return self._inner(environ, start_response)
        key = path[len(_PREFIX) : -len(_SUFFIX)]
        try:
            body = answer_bytes(self._context, key, environ.get("QUERY_STRING", ""))
        except BleibError:
            body = None
        if body is None:
            return self._inner(environ, start_response)
        start_response("200 OK", [*self._headers, ("Content-Length", str(len(body)))])
        return [body]
