"""Whatever the other side does, a request ends in bounded time and size."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable

import pytest

from plugin.http_out import HttpOut
from tests.fakes.raw_server import RawServer, always, answer
from tests.http_out.clients import problem_of


@pytest.mark.parametrize(
    "start", [b"Content-Length: 100000\r\n\r\n", b"X-Long: "], ids=["body", "head"]
)
def test_x12_trickling_answer_ends_at_the_total_deadline(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut], start: bytes
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + start)
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    server = serve(trickle)
    begun = time.monotonic()
    error = problem_of(lambda: client_for(server).get(server.url + "/", seconds=0.5))
    assert error.code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_x12_trickling_file_ends_when_the_waiting_is_used_up(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    server = serve(trickle)
    lines = client_for(server).stream_lines(server.url + "/", seconds=0.5)
    begun = time.monotonic()
    assert problem_of(lambda: list(lines)).code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_x13_bomb_stops_at_the_cap_of_decompressed_bytes(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 60_000
    server = serve(always(answer(bomb, headers=("Content-Encoding: gzip",))))
    error = problem_of(lambda: client_for(server).get(server.url + "/", max_bytes=1_000_000))
    assert error.code == "platform_answer_too_large"


def test_bomb_among_lines_stops_at_the_cap(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    server = serve(always(answer(bomb, headers=("Content-Encoding: gzip",))))
    client = client_for(server)
    whole = client.stream_lines(server.url + "/", max_bytes=1_000_000)
    line = client.stream_lines(server.url + "/", max_line=1_000_000)
    assert problem_of(lambda: list(whole)).code == "platform_answer_too_large"
    assert problem_of(lambda: list(line)).code == "platform_answer_too_large"


def test_compressed_answer_is_read(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    body = gzip.compress("Grüße".encode())
    server = serve(always(answer(body, headers=("Content-Encoding: gzip",))))
    assert client_for(server).get(server.url + "/").body.decode() == "Grüße"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"",
    ],
)
def test_broken_answer_is_a_platform_error(
    raw: bytes, serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def handle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)

    server = serve(handle)
    error = problem_of(lambda: client_for(server).post_json(server.url + "/", {}))
    assert error.code in ("platform_answer_invalid", "platform_unreachable")
    assert error.advice == "retry"
