"""Answers the storefront as the app does, well or in one of the bad ways a network knows.

The first part of an address says how: `/ok/…` answers well, `/500-config/…` answers the config
with status 500 and everything else well. So one server serves all cases at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]

from bench.campaigns import BUILT, config
from bench.line import Line

SLOW_SECONDS = 10.0
#: A script that does next to nothing, as large as our loader.
CONTROL = "control.js"
#: What the server itself does; the others ("refused", "blocked", "policy") are the browser's.
SERVED_FAULTS = ("silent", "500", "html", "cut", "slow")
ENDPOINTS = ("tickets", "events", "subscriptions")
_MAINTENANCE = b"<!doctype html><title>Wartung</title><p>Wir sind gleich wieder da."


@dataclass
class App:
    """What the stand-in answers with, and what it was asked: (case, target) in order."""

    config: dict[str, Any] = field(default_factory=config)
    asked: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    address: str = ""
    line: Line = field(default_factory=Line)

    def well(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body of a good answer."""
        if path.startswith("/static/v1/"):
            body = bundle(path.rsplit("/", 1)[1])
            return (200, "text/javascript", body) if body else (404, "text/plain", b"")
        if path.startswith("/v1/config/"):
            return 200, "application/json", dumps(self.config).encode()
        if path.endswith("/tickets"):
            return 201, "application/json", b'{"ticket":"dGlja2V0.c2lnbmF0dXJl"}'
        if path.endswith("/subscriptions"):
            return 202, "application/json", b'{"state":"pending"}'
        return 204, "application/json", b""


@cache
def bundle(name: str) -> bytes:
    """A built file as a server with brotli sends it; nothing where there is no such file."""
    if name == CONTROL:
        return bytes(brotli.compress(_control()))
    file = BUILT / name
    return bytes(brotli.compress(file.read_bytes())) if file.is_file() else b""


def _control() -> bytes:
    """The control's own lines, and of the loader as much, never run, as makes up its size."""
    own = (Path(__file__).parent / "pages" / CONTROL).read_bytes()
    loader = (BUILT / "bleib.js").read_bytes().replace(b"*/", b"* ")
    return own + b"/*" + loader[: len(loader) - len(own) - 4] + b"*/"


def target_of(path: str) -> str:
    """What a request is for: "loader", a chunk by its name, "config", or the endpoint."""
    name = path.rsplit("/", 1)[1]
    if path.startswith("/static/v1/"):
        return "loader" if name == "bleib.js" else name.split(".")[0]
    return "config" if path.startswith("/v1/config/") else name


def case_of(path: str) -> tuple[str, str]:
    """The case an address names, "ok" where it names none, and what is left of the address."""
    first, _, rest = path[1:].partition("/")
    return ("ok", path) if first in ("static", "v1") else (first, f"/{rest}")


class _Handler(BaseHTTPRequestHandler):
    app: App
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        # A page that is gone before its answer is the browser's way, not an error.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def do_GET(self) -> None:
        """Answers any method alike: what differs is the address."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        case, path = case_of(urlsplit(self.path).path)
        fault, _, faulty = case.partition("-")
        target = target_of(path)
        self.app.asked.append((case, target))
        status, kind, body = self.app.well(path)
        if target == faulty and fault in SERVED_FAULTS:
            return self._badly(fault, kind, body)
        return self._send(status, kind, body, len(body))

    do_POST = do_GET  # noqa: N815 - the base class looks it up by this name

    def _badly(self, fault: str, kind: str, body: bytes) -> None:
        if fault == "silent":
            self.app.over.wait()
            self.close_connection = True
        elif fault == "slow":
            self.app.over.wait(SLOW_SECONDS)
            self._send(200, kind, body, len(body))
        elif fault == "500":
            self._send(500, "application/json", b'{"error":"broken"}', 18)
        elif fault == "html":
            self._send(200, "text/html; charset=utf-8", _MAINTENANCE, len(_MAINTENANCE))
        else:
            self._send(200, kind, body[: len(body) // 2], max(len(body), 2))
            self.close_connection = True

    def _send(self, status: int, kind: str, body: bytes, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Access-Control-Allow-Origin", "*")
        if kind == "text/javascript":
            self.send_header("Content-Encoding", "br")
            self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        for piece in self.app.line.carry(f"{self.app.address}{self.path}", [body]):
            self.wfile.write(piece)


@contextmanager
def answering(app: App, port: int = 0) -> Iterator[App]:
    """Serves the app on loopback until the block ends."""
    handler = type("Handler", (_Handler,), {"app": app})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    app.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield app
    finally:
        app.over.set()
        server.shutdown()
        server.server_close()
