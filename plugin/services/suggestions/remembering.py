"""What a process remembers of a shop's products and settings until they change.

A cart that nobody has asked for before still holds products that somebody has: what is known of
them need not be read again, and no connection is opened. Everything is remembered for one version
of the shop, which each change raises (`store.models.touch`; for settings
`store.shops.touch_config`); with another version the shop's memory begins anew.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import snapshots
from plugin.store.models import Versions

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

#: Of all shops, and of one kind in one shop: what takes more begins anew, the rest stays.
_MOST_BYTES = 64 * 1024 * 1024
_MOST_OF_KIND = 8 * 1024 * 1024
#: What an entry takes beside its value, about.
_ENTRY_BYTES = 150
_UNREAD: Any = object()


@dataclass(frozen=True, slots=True)
class Kind(Generic[Key, Value]):
    """A kind of things that are remembered by id; `size` is what one takes in bytes, about.

    `read` says what the database holds of some ids; it may leave some out. `seconds`: for how
    long it holds where it changes by time alone; None: until the version changes.
    """

    name: str
    read: Callable[[Connection, Context, Shop, Sequence[Key]], Mapping[Key, Value]]
    size: int = 100
    seconds: int | None = None


@dataclass(slots=True)
class _Memory:
    """What is remembered of one shop; of each kind by key."""

    place: snapshots.Place
    versions: Versions
    kinds: dict[str, dict[Hashable, Any]] = field(default_factory=dict)
    #: Of kinds that end by time: the stretch of time that theirs is of.
    times: dict[str, int] = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)


class Memories:
    """The memories of all shops; the one that was asked for longest ago goes first."""

    def __init__(self) -> None:
        self._of: OrderedDict[snapshots.Place, _Memory] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, place: snapshots.Place, versions: Versions) -> _Memory:
        """Return what is remembered of a shop at these versions."""
        with self._lock:
            memory = self._of.get(place)
            if memory is None or memory.versions != versions:
                self._forget(place)
                memory = self._of[place] = _Memory(place, versions)
            self._of.move_to_end(place)
            return memory

    def grow(self, memory: _Memory, kind: str, size: int) -> None:
        """Make room for `size` more bytes of a kind in a shop."""
        with self._lock:
            if self._of.get(memory.place) is not memory:
                return  # It is gone when this question is answered.
            if memory.sizes[kind] + size > _MOST_OF_KIND:
                self._size -= memory.sizes.pop(kind)
                memory.kinds.pop(kind, None)
            memory.sizes[kind] += size
            self._size += size
            while self._size > _MOST_BYTES:
                self._forget(next(iter(self._of)))

    def _forget(self, place: snapshots.Place) -> None:
        gone = self._of.pop(place, None)
        self._size -= gone.sizes.total() if gone else 0


_memories = Memories()


@dataclass(frozen=True, slots=True)
class Known:
    """What can be known of one shop while one question is answered, from memory where possible."""

    context: Context
    shop: Shop
    _memory: _Memory

    def of(self, kind: Kind[Key, Value], ids: Iterable[Key]) -> dict[Key, Value]:
        """Return what is known of each id, in their order, without those of which nothing is.

        That nothing is known of one is remembered, too.
        """
        held = self._held(kind)
        known = {one: held.get(one, _UNREAD) for one in ids}
        unread = [one for one, value in known.items() if value is _UNREAD]
        if unread:
            with self.context.db.read() as connection:
                found = kind.read(connection, self.context, self.shop, unread)
            for one in unread:
                known[one] = found.get(one)
                self._keep(kind.name, one, known[one], kind.size)
        return {one: value for one, value in known.items() if value is not None}

    def kept(self, kind: str, key: Hashable, make: Callable[[], Value], size: int = 500) -> Value:
        """Return what `make` once said of a key; `size` is what that takes in bytes, about."""
        value = self._memory.kinds.get(kind, {}).get(key, _UNREAD)
        if value is _UNREAD:
            value = make()
            self._keep(kind, key, value, size)
        return cast(Value, value)

    def read(self, kind: str, said: Callable[[Connection, int], Value]) -> Value:
        """Return what the database once said of the shop as a whole."""
        return self.kept(kind, "", lambda: self._asked(said))

    def _asked(self, said: Callable[[Connection, int], Value]) -> Value:
        with self.context.db.read() as connection:
            return said(connection, self.shop.id)

    def _held(self, kind: Kind[Any, Any]) -> dict[Hashable, Any]:
        memory = self._memory
        if kind.seconds is not None:
            now = int(self.context.now().timestamp()) // kind.seconds
            if memory.times.get(kind.name) != now:
                memory.kinds.pop(kind.name, None)
                memory.times[kind.name] = now
        return memory.kinds.setdefault(kind.name, {})

    def _keep(self, kind: str, key: Hashable, value: object, size: int) -> None:
        _memories.grow(self._memory, kind, size + _ENTRY_BYTES)
        self._memory.kinds.setdefault(kind, {})[key] = value


def known(context: Context, shop: Shop) -> Known:
    """Return what is known of a shop at its present versions."""
    place = (context.config.database_url, shop.key)
    return Known(context, shop, _memories.of(place, snapshots.versions(context, shop)))
