"""Shows the page of an order again, in front of Flask, while nothing of it has changed.

People look several times at a page that changes a few times in its life. Drawing it costs
dozens of times what looking up its state costs (measured by `python -m bench.parcel_page`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from plugin.errors import BleibError
from plugin.services.context import Context
from plugin.services.parcels import freshness

_PREFIX = "/s/"
_TOKEN_LENGTH = 22
#: The page's language, and what an open page has seen already.
_QUERY = re.compile(r"(lang=\w{2})?&?(?:seen=([0-9a-f]{16}))?", re.ASCII)
_SEEN = re.compile(rb'data-seen="([0-9a-f]{16})"')
_LONGEST_LANGUAGES = 100
_MOST_KEPT = 1000
#: Names one request, not the page.
_UNKEPT = "x-request-id"

_Headers = list[tuple[str, str]]
_State = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An answer as it was given, and the state of the order that it tells."""

    state: _State
    status: str
    headers: _Headers
    body: bytes

    @property
    def mark(self) -> str:
        """Return what an open page tells that it has seen, "" for another answer than the page."""
        found = _SEEN.search(self.body)
        return found[1].decode() if found else ""


class FastOrderPage:
    """WSGI middleware for `GET /s/<token>` and for what is posted below it."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], context: Context) -> None:
        self._inner = inner
        self._context = context
        self._kept: dict[tuple[str, str, str], _Drawn] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer a page that is known and unchanged, hand on everything else."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(_PREFIX):
            return self._inner(environ, start_response)
        method = environ["REQUEST_METHOD"]
        token, _, below = path[len(_PREFIX) :].partition("/")
        if method == "POST" and below:
            return self._post(environ, start_response, token)
        asked = _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
        if method != "GET" or below or asked is None or _is_odd(environ, token):
            return self._inner(environ, start_response)
        return self._show(environ, start_response, token, asked)

    def _show(
        self,
        environ: dict[str, Any],
        start_response: Any,  # noqa: ANN401
        token: str,
        asked: re.Match[str],
    ) -> Iterable[bytes]:
        try:
            state = freshness.page_state(self._context, token)
        except BleibError:
            state = None
        if state is None:
            return self._inner(environ, start_response)
        language, seen = asked[1] or "", asked[2]
        place = (token, language, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        drawn = self._kept.get(place)
        if drawn is None or drawn.state != state:
            drawn = self._draw({**environ, "QUERY_STRING": language}, state)
            self._keep(place, drawn)
        if seen and drawn.mark == seen:
            start_response("204 NO CONTENT", _without_content(drawn.headers))
            return []
        start_response(drawn.status, drawn.headers)
        return [drawn.body]

    def _draw(self, environ: dict[str, Any], state: _State) -> _Drawn:
        status, headers, body = _answer(self._inner, environ)
        return _Drawn(state, status, headers, body)

    def _keep(self, place: tuple[str, str, str], drawn: _Drawn) -> None:
        if not drawn.status.startswith("200"):
            return
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        headers = [(name, value) for name, value in drawn.headers if name.lower() != _UNKEPT]
        self._kept[place] = _Drawn(drawn.state, drawn.status, headers, drawn.body)

    def _post(
        self,
        environ: dict[str, Any],
        start_response: Any,  # noqa: ANN401
        token: str,
    ) -> Iterable[bytes]:
        status, headers, body = _answer(self._inner, environ)
        if status < "4":
            # Another process may hold the page as well: the state that both read says it is old.
            freshness.touch(self._context, token)
        start_response(status, headers)
        return [body]


def _is_odd(environ: dict[str, Any], token: str) -> bool:
    languages: str = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    return len(token) != _TOKEN_LENGTH or len(languages) > _LONGEST_LANGUAGES


def _without_content(headers: _Headers) -> _Headers:
    return [(name, value) for name, value in headers if not name.lower().startswith("content-")]


def _answer(
    inner: Callable[..., Iterable[bytes]], environ: dict[str, Any]
) -> tuple[str, _Headers, bytes]:
    begun: list[tuple[str, _Headers]] = []

    def start(status: str, headers: _Headers, _problem: object = None) -> None:
        begun.append((status, headers))

    parts = inner(environ, start)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = begun[-1]
    return status, headers, body
