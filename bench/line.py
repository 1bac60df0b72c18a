"""A slow line, made by whoever answers: the browser that is measured need not play one.

Chromium's own slow line needs its network domain, and with it every request of a script is
followed up to the line of code that began it: time that no shopper spends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Protocol, runtime_checkable

RTT = 0.15
BYTES_PER_SECOND = 1_600_000 // 8
_PIECE = 4096


@runtime_checkable
class _Closing(Protocol):
    def close(self) -> None: ...


@dataclass
class Line:
    """One line for all servers of a visit: every answer begins late, and all share its width."""

    rtt: float = 0.0
    bytes_per_second: int = 0
    #: Addresses that were asked for, in order, and the bytes of the bodies that came.
    asked: list[str] = field(default_factory=list)
    sizes: list[tuple[str, int]] = field(default_factory=list)
    _width: threading.Lock = field(default_factory=threading.Lock)
    _heard: float = field(default_factory=monotonic)
    _open: int = 0

    def carry(self, url: str, body: Iterable[bytes]) -> Iterator[bytes]:
        """Passes an answer on as the line lets it."""
        self.asked.append(url)
        self._open += 1
        size = 0
        try:
            sleep(self.rtt)
            for part in body:
                for at in range(0, len(part), _PIECE):
                    piece = part[at : at + _PIECE]
                    size += len(piece)
                    self._wait_for(piece)
                    yield piece
        finally:
            if isinstance(body, _Closing):
                body.close()
            self.sizes.append((url, size))
            self._open -= 1
            self._heard = monotonic()

    def _wait_for(self, piece: bytes) -> None:
        if self.bytes_per_second:
            with self._width:
                sleep(len(piece) / self.bytes_per_second)

    def forget(self) -> None:
        """Begins a new visit."""
        self.asked, self.sizes, self._heard = [], [], monotonic()

    def quiet(self, seconds: float, patience: float) -> None:
        """Waits until nothing is under way and nothing was for a while."""
        end = monotonic() + patience
        while monotonic() < end and (self._open > 0 or monotonic() - self._heard < seconds):
            sleep(0.02)
