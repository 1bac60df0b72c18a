"""A cache with a limit in bytes in which no owner can push out more than its share of the others.

What was used longest ago goes first. An owner at its share makes room among its own; so a shop
with a huge catalogue, or one that robots ask for a million carts, costs its neighbours at most
that share of the memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

#: What Python needs for keeping an entry, beside key and value.
_ENTRY_BYTES = 400


class FairCache(Generic[Value]):
    """Values by owner and key; safe for several threads."""

    def __init__(self, most_bytes: int, share: float) -> None:
        self._most = most_bytes
        self._share = int(most_bytes * share)
        self._of: OrderedDict[Hashable, OrderedDict[Hashable, tuple[Value, int]]] = OrderedDict()
        self._held: dict[Hashable, int] = {}
        self._total = 0
        self._lock = Lock()

    @property
    def largest(self) -> int:
        """The bytes of the largest value that is kept."""
        return self._share - _ENTRY_BYTES

    @property
    def held_bytes(self) -> int:
        """How much it holds now, by the sizes it was told."""
        return self._total

    def get(self, owner: Hashable, key: Hashable) -> Value | None:
        """Return what was put, None if it was never or is gone."""
        with self._lock:
            entries = self._of.get(owner)
            found = None if entries is None else entries.get(key)
            if entries is None or found is None:
                return None
            entries.move_to_end(key)
            self._of.move_to_end(owner)
            return found[0]

    def put(self, owner: Hashable, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of `size` bytes; one larger than the owner's share is not kept."""
        size += _ENTRY_BYTES
        with self._lock:
            self._drop(owner, key)
            if size > self._share:
                return
            while self._held.get(owner, 0) + size > self._share:
                self._drop_oldest(owner)
            while self._total + size > self._most:
                self._drop_oldest(next(iter(self._of)))
            self._of.setdefault(owner, OrderedDict())[key] = (value, size)
            self._of.move_to_end(owner)
            self._held[owner] = self._held.get(owner, 0) + size
            self._total += size

    def _drop_oldest(self, owner: Hashable) -> None:
        self._drop(owner, next(iter(self._of[owner])))

    def _drop(self, owner: Hashable, key: Hashable) -> None:
        entries = self._of.get(owner)
        found = None if entries is None else entries.pop(key, None)
        if entries is None or found is None:
            return
        self._held[owner] -= found[1]
        self._total -= found[1]
        if not entries:
            del self._of[owner], self._held[owner]
