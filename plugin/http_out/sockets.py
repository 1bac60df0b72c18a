"""Sockets that obey one total deadline, and the connections built from checked addresses."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from plugin.http_out.addresses import Guard

CONNECT_SECONDS = 5.0

_deadline: ContextVar[float] = ContextVar("deadline", default=0.0)


@contextmanager
def within(deadline: float) -> Iterator[None]:
    """Bind every socket operation inside to an end on the monotonic clock (seconds)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def _remaining() -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline")
    return left


# A socket's own timeout starts anew with each read, so a server that sends a byte now and then
# could hold us for ever; these set it to what is left before each operation.
class _Socket(socket.socket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401
        self.settimeout(_remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.settimeout(_remaining())
        super().sendall(*args, **kwargs)


class _TlsSocket(ssl.SSLSocket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401
        self.settimeout(_remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.settimeout(_remaining())
        super().sendall(*args, **kwargs)

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(_remaining())
        super().do_handshake(block)


@cache
def tls_context(authorities: str | None = None) -> ssl.SSLContext:
    """Return a verifying TLS context; `authorities` is a PEM file (default: the public ones).

    One for the process: reading the authorities takes longer than a handshake.
    """
    context = ssl.create_default_context(cafile=authorities or certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _TlsSocket
    return context


def _open(guard: Guard, host: str, port: int) -> socket.socket | None:
    for address in guard.addresses(host, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        plain = _Socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(min(CONNECT_SECONDS, _remaining()))
            plain.connect((address, port))
        except OSError:
            plain.close()
            continue
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return plain
    return None


class GuardedAdapter(HTTPAdapter):
    """Connects only where its guard allows; never retries, never looks at the environment."""

    def __init__(self, guard: Guard, authorities: str | None = None) -> None:
        self._guard = guard
        self._authorities = authorities
        super().__init__(pool_connections=50, pool_maxsize=8, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Build the pools with our own connections in place of the library's."""
        super().init_poolmanager(*args, ssl_context=tls_context(self._authorities), **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard)

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:  # noqa: ANN401
        """Demand a valid certificate; the context holds the authorities already."""
        conn.cert_reqs = "CERT_REQUIRED"


def _pools(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    def new_connection(connection: HTTPConnection) -> socket.socket:
        # Host names for TLS and for the Host header stay as they are: only the address to which
        # the socket connects is ours.
        found = _open(guard, connection.host, connection.port or 0)
        if found is not None:
            return found
        if _deadline.get() <= time.monotonic():
            raise ConnectTimeoutError(connection, "deadline")
        raise NewConnectionError(connection, "no address answers")

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return new_connection(self)

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return new_connection(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    if guard.loopback_host is None:
        return {"https": TlsPool}
    return {"http": PlainPool, "https": TlsPool}
