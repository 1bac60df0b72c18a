"""A small load generator: a number of requests over a few connections, kept alive where possible.

`python -m bench.load PORT PATH REQUESTS CONNECTIONS STATUS [HEADER]`, prints the seconds it took.
`@FILE` in place of the path takes the paths that stand in the file, a line each, in turn.
It runs in a process of its own, so that its work is not counted as the server's.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import cycle
from pathlib import Path
from time import perf_counter

_TIMEOUT = 10.0
_ENOUGH = 65_536


class WrongAnswerError(Exception):
    """The server answered with another status than expected, or not at all."""


class Connection:
    """One client connection, opened anew whenever the server closes it."""

    def __init__(self, port: int, requests: Iterator[bytes], status: int) -> None:
        self._port = port
        self._requests = requests
        self._status = f"HTTP/1.1 {status} ".encode()
        self._socket: socket.socket | None = None

    def ask(self) -> None:
        """Sends the next request and reads the whole answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), _TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(next(self._requests))
        head = self._read_answer(self._socket)
        if not head.startswith(self._status):
            raise WrongAnswerError(head[:200].decode("latin-1"))
        if b"\r\nconnection: close" in head.lower():
            self.close()

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read_answer(self, source: socket.socket) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive(source)
        head, _, body = received.partition(b"\r\n\r\n")
        missing = _length(head) - len(body)
        while missing > 0:
            missing -= len(self._receive(source))
        return head

    def _receive(self, source: socket.socket) -> bytes:
        part = source.recv(_ENOUGH)
        if not part:
            raise WrongAnswerError("the server closed the connection within an answer")
        return part


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


def run(port: int, texts: Sequence[bytes], requests: int, connections: int, status: int) -> float:
    """Sends so many requests, shared among the connections, and returns the seconds they took."""
    turns = cycle(texts)

    def work(count: int) -> None:
        with closing(Connection(port, turns, status)) as connection:
            for _ in range(count):
                connection.ask()

    shares = [requests // connections + (n < requests % connections) for n in range(connections)]
    began = perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(work, shares))
    return perf_counter() - began


def main(arguments: Sequence[str]) -> None:
    """Reads the command line, runs, prints the seconds."""
    port, path, requests, connections, status, *headers = arguments
    paths = Path(path[1:]).read_text("utf-8").split() if path.startswith("@") else [path]
    texts = [_request(port, one, headers) for one in paths]
    print(run(int(port), texts, int(requests), int(connections), int(status)))


def _request(port: str, path: str, headers: Sequence[str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


if __name__ == "__main__":
    main(sys.argv[1:])
