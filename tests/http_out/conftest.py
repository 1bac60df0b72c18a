"""Servers that misbehave as told, and clients of them."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest

from plugin.http_out import HttpOut
from tests.fakes.raw_server import Handler, RawServer, raw_server


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    running = []

    def start(handler: Handler, tls: ssl.SSLContext | None = None) -> RawServer:
        manager = raw_server(handler, tls)
        running.append(manager)
        return manager.__enter__()

    yield start
    for manager in running:
        manager.__exit__(None, None, None)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client_for(pauses: list[float]) -> Iterator[Callable[[RawServer], HttpOut]]:
    made = []

    def make(server: RawServer) -> HttpOut:
        client = HttpOut([server.url], pause=pauses.append)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
