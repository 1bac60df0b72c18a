"""Pages kept in memory as they were drawn: compressed, bounded by bytes, the least asked for go.

Two segments, both in the order of their last use. A page asked for once stands on probation, one
that is asked for again is protected, and what comes in pushes out from probation first. A shop has
tens of thousands of open orders and its notices bring everybody to their page once: in one segment
such a wave would throw out all the pages that people come back to.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock

Headers = tuple[tuple[str, str], ...]
#: Token, language, and the languages that the browser prefers.
Place = tuple[str, str, str]

#: Of each process; a page takes about three thousand bytes of it.
MOST_BYTES = 16 * 1024 * 1024
#: What a page costs besides its texts: entry, key, state and the objects around them.
_AROUND = 1200
#: A fifth is left to those who come for the first time.
_PROTECTED = 0.8
#: Higher levels save a twentieth of the bytes and cost three times the work.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given, the state that it tells, and from when on it may tell it no more.

    `mark` is what an open page tells that it has seen.
    """

    state: tuple[object, ...]
    until: datetime
    status: str
    lasting: Headers
    mark: str
    length: int
    packed: bytes

    def tells(self, state: tuple[object, ...], now: datetime) -> bool:
        """Tell whether it is what there is to see of this state at a moment."""
        return self.state == state and now < self.until

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*self.lasting, ("Content-Length", str(self.length))]

    @property
    def body(self) -> bytes:
        """Return the page."""
        return zlib.decompress(self.packed, bufsize=self.length or 1)

    @property
    def weight(self) -> int:
        """Return about how many bytes it takes, rather more than less."""
        return _AROUND + len(self.packed)


def pack(
    state: tuple[object, ...],
    until: datetime,
    status: str,
    headers: Headers,
    mark: str,
    body: bytes,
) -> Kept:
    """Return an answer as it is kept; `headers` without its length."""
    return Kept(state, until, status, _same(headers), mark, len(body), zlib.compress(body, _LEVEL))


@lru_cache(maxsize=256)
def _same(headers: Headers) -> Headers:
    """Return equal headers as one object: the pages of a shop have the same ones."""
    return headers


class KeptPages:
    """The pages that one process keeps; any number of threads may use it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._most_protected = int(most_bytes * _PROTECTED)
        self._lock = Lock()
        self._probation: OrderedDict[Place, Kept] = OrderedDict()
        self._protected: OrderedDict[Place, Kept] = OrderedDict()
        self._bytes = 0
        self._protected_bytes = 0

    def __len__(self) -> int:
        """Return how many pages are kept."""
        return len(self._probation) + len(self._protected)

    @property
    def weight(self) -> int:
        """Return about how many bytes all of them take."""
        return self._bytes

    def get(self, place: Place) -> Kept | None:
        """Return what is kept, None if nothing is; it is asked for once more."""
        with self._lock:
            page = self._protected.get(place)
            if page is not None:
                self._protected.move_to_end(place)
                return page
            page = self._probation.pop(place, None)
            if page is not None:
                self._protect(place, page)
            return page

    def put(self, place: Place, page: Kept) -> None:
        """Keep a page in place of what was kept there; those unasked for the longest time go."""
        if page.weight > self._most - self._most_protected:
            return
        with self._lock:
            known = self._protected.get(place)
            if known is None:
                self._drop(self._probation, place)
                self._probation[place] = page
            else:
                self._protected[place] = page
                self._protected_bytes += page.weight - known.weight
                self._bytes -= known.weight
            self._bytes += page.weight
            while self._bytes > self._most:
                oldest = self._probation or self._protected
                self._drop(oldest, next(iter(oldest)))

    def _protect(self, place: Place, page: Kept) -> None:
        self._protected[place] = page
        self._protected_bytes += page.weight
        while self._protected_bytes > self._most_protected:
            # It has another turn among those on probation.
            place, page = self._protected.popitem(last=False)
            self._protected_bytes -= page.weight
            self._probation[place] = page

    def _drop(self, segment: OrderedDict[Place, Kept], place: Place) -> None:
        page = segment.pop(place, None)
        if page is None:
            return
        self._bytes -= page.weight
        if segment is self._protected:
            self._protected_bytes -= page.weight
