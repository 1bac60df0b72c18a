"""Servers for stages: any WSGI application on a loopback port, and the bad days of an API."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from tests.contract.stage import Seen, Trouble

Wsgi = Callable[..., Iterable[bytes]]
_PAGE = "<!doctype html><title>Wartung</title><h1>Gleich wieder da</h1>"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: what a test sees in the log is the app's."""


class Loopback:
    """Serves a WSGI application on a free port of this machine until it is stopped.

    `app` may be set after the server listens, for applications that must know their address.
    """

    def __init__(self, app: Wsgi | None = None, host: str = "localhost") -> None:
        self.app = app
        self.server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://{host}:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert self.app is not None
        return self.app(environ, start_response)

    def stop(self) -> None:
        """Stop listening; running answers are cut off."""
        self.server.shutdown()
        self._thread.join(timeout=5)
        self.server.server_close()


class Compiled(BytecodeCache):
    """Templates that an earlier stage of this process has compiled already."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is known of a template."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Stranger:
    """A host that is none of the shop's: it notes whoever comes."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._server = Loopback(self._answer, host="127.0.0.1")
        self.url = self._server.url
        self.stop = self._server.stop

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen.append(_seen(Request(environ)))
        return Response("{}", mimetype="application/json")(environ, start_response)


class Troublesome:
    """Stands in front of a platform's API: notes each call, and lets it go wrong when told to.

    `is_api` says which paths are the API; all others are passed on unnoticed. `own` replaces an
    answer by the platform's own form of it: "throttled" always, others where the general form
    would be no fair play.
    """

    def __init__(
        self,
        app: Wsgi,
        is_api: Callable[[str], bool],
        own: Mapping[Trouble, Callable[[Request], Response]],
        stranger: Stranger,
    ) -> None:
        self._app = app
        self._is_api = is_api
        self._stranger = stranger
        self._forms: dict[Trouble, Callable[[Request], Response]] = {
            "too_many": lambda _request: Response(
                "{}", status=429, headers={"Retry-After": "2"}, mimetype="application/json"
            ),
            "throttled": lambda _request: Response("{}", status=429),
            "failed": lambda _request: Response("Internal Server Error", status=500),
            "html": lambda _request: Response(_PAGE, mimetype="text/html"),
            "truncated": self._truncated,
            "half": self._half,
            "trickle": lambda _request: self._slow(b'{"data": ['),
            "silent": lambda _request: self._slow(b""),
            "stuck": self._stuck,
            "wrong_types": lambda request: self._changed(request, _wrong),
            "empty_page": lambda request: self._changed(request, _empty),
            "elsewhere": lambda request: Response(
                status=302, headers={"Location": stranger.url + request.full_path}
            ),
            **own,
        }
        self._line: list[Trouble] = []
        self._kept: dict[str, tuple[bytes, str, dict[str, str]]] = {}
        self._lock = threading.Lock()
        self.ended = threading.Event()
        self.seen: list[Seen] = []

    def trouble(self, kind: Trouble, times: int = 1) -> None:
        """Let the next calls go wrong."""
        with self._lock:
            self._line += [kind] * times

    def calm(self) -> None:
        """Forget the troubles still in line."""
        with self._lock:
            self._line.clear()
            self._kept.clear()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if not self._is_api(request.path):
            return self._app(environ, start_response)
        with self._lock:
            kind = self._line.pop(0) if self._line else None
            self.seen.append(_seen(request))
        if kind is None:
            return self._app(_again(request), start_response)
        return self._forms[kind](request)(environ, start_response)

    def _real(self, request: Request) -> Response:
        body, status, headers = run_wsgi_app(self._app, _again(request))
        return Response(b"".join(body), status=status, headers=headers)

    def _changed(self, request: Request, change: Callable[[Any], Any]) -> Response:
        answer = self._real(request)
        content = json.loads(answer.get_data() or b"null")
        answer.set_data(json.dumps(change(content)).encode())
        return answer

    def _half(self, request: Request) -> Response:
        answer = self._real(request)
        answer.set_data(answer.get_data()[: len(answer.get_data()) // 2])
        return answer

    def _truncated(self, request: Request) -> Response:
        answer = self._real(request)
        whole = answer.get_data()
        answer.response = [whole[: len(whole) // 2]]
        answer.headers["Content-Length"] = str(len(whole) + 1)
        return answer

    def _slow(self, beginning: bytes) -> Response:
        def drops() -> Iterator[bytes]:
            if beginning:
                yield beginning
            while not self.ended.wait(0.05):
                if beginning:
                    yield b" "

        return Response(drops(), mimetype="application/json")

    def _stuck(self, request: Request) -> Response:
        if request.path not in self._kept:
            answer = self._real(request)
            self._kept[request.path] = (answer.get_data(), answer.status, dict(answer.headers))
        body, status, headers = self._kept[request.path]
        return Response(body, status=status, headers=headers)


def _seen(request: Request) -> Seen:
    target = request.environ.get("RAW_URI") or request.full_path
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Seen(request.method, target, headers, request.get_data())


def _again(request: Request) -> dict[str, Any]:
    """Return the environment of the same request with its body unread."""

    environ = dict(request.environ)
    environ["wsgi.input"] = io.BytesIO(request.get_data())
    return environ


def _wrong(value: Any) -> Any:
    """Return JSON of the same shape in which no leaf has its type."""
    if isinstance(value, dict):
        return {name: _wrong(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_wrong(item) for item in value] or {"0": "list"}
    if isinstance(value, str):
        return 7
    return "odd" if value is not None else ["odd"]


def _empty(value: Any) -> Any:
    """Return the JSON with every list empty."""
    if isinstance(value, dict):
        return {name: _empty(item) for name, item in value.items()}
    return [] if isinstance(value, list) else value
