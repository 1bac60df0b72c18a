"""Shows the page of an order again, in front of Flask, while nothing of it has changed.

People look several times at a page that changes a few times in its life. Drawing it costs
dozens of times what looking up its state costs (measured by `python -m bench.parcel_page`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from plugin.api.kept_pages import KeptPages, Place, pack
from plugin.api.parcel_page import HOLDS_UNTIL
from plugin.errors import BleibError
from plugin.services.context import Context
from plugin.services.parcels import freshness

_PREFIX = "/s/"
_TOKEN_LENGTH = 22
#: The page's language, and what an open page has seen already.
_QUERY = re.compile(r"(lang=\w{2})?&?(?:seen=([0-9a-f]{16}))?", re.ASCII)
_SEEN = re.compile(rb'data-seen="([0-9a-f]{16})"')
_LONGEST_LANGUAGES = 100
#: Names one request, or the length that is known anyway.
_UNKEPT = {"x-request-id", "content-length"}

_Headers = list[tuple[str, str]]


class FastOrderPage:
    """WSGI middleware for `GET /s/<token>` and for what is posted below it."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], context: Context) -> None:
        self._inner = inner
        self._context = context
        self._pages = KeptPages()
        self._states = freshness.PageStates(context)

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
            state = self._states.of(token)
        except BleibError:
            state = None
        if state is None:
            return self._inner(environ, start_response)
        language, seen = asked[1] or "", asked[2]
        place = (token, language, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        kept = self._pages.get(place)
        if kept is None or not kept.tells(state, self._context.now()):
            environ = {**environ, "QUERY_STRING": language}
            return self._draw(environ, start_response, place, state, seen)
        if seen and kept.mark == seen:
            return _nothing_new(start_response, kept.headers)
        start_response(kept.status, kept.headers)
        return [kept.body]

    def _draw(
        self,
        environ: dict[str, Any],
        start_response: Any,  # noqa: ANN401
        place: Place,
        state: tuple[object, ...],
        seen: str | None,
    ) -> Iterable[bytes]:
        status, headers, body = _answer(self._inner, environ)
        until, found = environ.get(HOLDS_UNTIL), _SEEN.search(body)
        mark = found[1].decode() if found else ""
        if status.startswith("200") and until is not None:
            lasting = tuple(pair for pair in headers if pair[0].lower() not in _UNKEPT)
            self._pages.put(place, pack(state, until, status, lasting, mark, body))
        if seen and mark == seen:
            return _nothing_new(start_response, headers)
        start_response(status, headers)
        return [body]

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


def _nothing_new(start_response: Any, headers: Sequence[tuple[str, str]]) -> Iterable[bytes]:  # noqa: ANN401
    about = [(name, value) for name, value in headers if not name.lower().startswith("content-")]
    start_response("204 NO CONTENT", about)
    return []


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
