"""A socket that notes where it would go, a resolver with given answers."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from plugin.errors import PlatformError
from plugin.http_out.sockets import _Socket

TOKEN = "shpat_very-secret-token"


class ConnectGuard:
    """Notes every address a socket is connected to and lets none through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []

        def connect(_: socket.socket, address: tuple[str, int]) -> None:
            self.tried.append(address[0])
            raise OSError("refused by the test")

        monkeypatch.setattr(_Socket, "connect", connect)


def problem_of(act: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        act()
    return caught.value
