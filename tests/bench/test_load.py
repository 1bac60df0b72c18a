"""The load generator reads whole answers, reuses connections, and accepts no wrong answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load

BODY = b"x" * 200_000


class Server(ThreadingHTTPServer):
    daemon_threads = True
    connections = 0
    requests = 0

    def process_request(self, request: object, client_address: object) -> None:
        self.connections += 1
        super().process_request(request, client_address)  # type: ignore[arg-type]


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.requests += 1
        unchanged = self.headers["If-None-Match"] == '"1"'
        self.send_response(304 if unchanged else 200)
        if self.path == "/closing":
            self.send_header("Connection", "close")
        if not unchanged:
            self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def answering() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_connections_are_kept_where_the_server_keeps_them() -> None:
    with answering() as server:
        load.main([str(server.server_port), "/", "21", "2", "200"])

    assert (server.requests, server.connections) == (21, 2)


def test_a_closed_connection_is_opened_anew() -> None:
    with answering() as server:
        load.main([str(server.server_port), "/closing", "6", "2", "200"])

    assert (server.requests, server.connections) == (6, 6)


def test_an_answer_without_a_body_is_complete() -> None:
    with answering() as server:
        load.main([str(server.server_port), "/", "10", "1", "304", 'If-None-Match: "1"'])

    assert (server.requests, server.connections) == (10, 1)


def test_another_status_than_expected_stops_the_run() -> None:
    with answering() as server, pytest.raises(load.WrongAnswerError):
        load.main([str(server.server_port), "/", "2", "1", "304"])
