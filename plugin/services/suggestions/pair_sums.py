"""Sums over baskets: how often, and how tellingly, each two products were in one basket.

A sum is one integer for each pair: the weight of the baskets in fixed point above the plain number
of baskets. Integers add up to the same in whatever order they come, and what was added can be
taken back without a trace; that is what lets one order be counted, changed and cancelled without
counting all others again. A product's own sum is the pair of it with itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import LONGEST_BASKET, weight_of

#: Raised with whatever changes what is counted of an order: then all are counted anew.
RULE = 1

Integers = NDArray[np.int64]
#: Pairs of baskets that are summed at a time: memory stays below 300 MB whatever the history.
_AT_ONCE = 4_000_000
#: The plain number of baskets stands in so many of the lower bits of a value.
_BASKET_BITS = 24
_LITTLE = np.dtype("<u4")
#: A key holds two product numbers; above the size of a basket it still fits an integer.
_NUMBER_BITS = 28
_SIZE_BITS = 7
_SIZES = (1 << _SIZE_BITS) - 1
MOST_PRODUCTS = 1 << _NUMBER_BITS
_BEST_OF_SPEED = 1


class Sums(NamedTuple):
    """Sums of pairs: `first << 28 | second` with first <= second, ascending; and their values."""

    keys: Integers
    values: Integers

    @property
    def first(self) -> Integers:
        """The smaller product number of each pair."""
        return self.keys >> _NUMBER_BITS

    @property
    def second(self) -> Integers:
        """The larger product number of each pair; the same for a product's own sum."""
        return self.keys & (MOST_PRODUCTS - 1)

    @property
    def weight(self) -> Integers:
        """The summed weight of the baskets, fixed point."""
        return self.values >> _BASKET_BITS

    @property
    def together(self) -> Integers:
        """The number of baskets."""
        return self.values & ((1 << _BASKET_BITS) - 1)


NOTHING = Sums(np.empty(0, np.int64), np.empty(0, np.int64))


def step(size: int) -> int:
    """Return what a basket of that size adds to each of its pairs."""
    return (weight_of(size) << _BASKET_BITS) + 1


def written(numbers: Sequence[int]) -> bytes:
    """Return a basket as bytes: how many products, then their numbers in ascending order."""
    return np.array([len(numbers), *sorted(numbers)], _LITTLE).tobytes() if numbers else b""


def read(baskets: bytes) -> Iterator[tuple[int, ...]]:
    """Return the baskets of a string of written ones."""
    numbers = np.frombuffer(baskets, _LITTLE).tolist()
    for start, size in _places(numbers):
        yield tuple(numbers[start : start + size])


def _places(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(numbers):
        size = numbers[at]
        yield at + 1, size
        at += size + 1


def pairs_of(baskets: bytes) -> int:
    """Return how many pairs a string of written baskets has."""
    return sum(_pairs(size) for _, size in _places(np.frombuffer(baskets, _LITTLE).tolist()))


def _pairs(size: int) -> int:
    return size * (size + 1) // 2  # a product with itself among them


def summed(baskets: bytes) -> Sums:
    """Return the sums over a string of written baskets."""
    numbers = np.frombuffer(baskets, _LITTLE)
    places = np.array(list(_places(numbers.tolist())), np.int64).reshape(-1, 2)
    return added(_counted(some) for some in _portions(numbers, places))


def _portions(numbers: NDArray[np.uint32], places: Integers) -> Iterator[Integers]:
    """Cut what is to be counted into arrays that fit into memory."""
    gathered: list[Integers] = []
    held = 0
    for size in np.unique(places[:, 1]).tolist():
        starts = places[places[:, 1] == size, 0]
        most = max(1, _AT_ONCE // _pairs(size))
        for at in range(0, len(starts), most):
            gathered.append(_marked(numbers, starts[at : at + most], size))
            held += len(gathered[-1])
            if held >= _AT_ONCE:
                yield np.concatenate(gathered)
                gathered, held = [], 0
    if gathered:
        yield np.concatenate(gathered)


def _marked(numbers: NDArray[np.uint32], starts: Integers, size: int) -> Integers:
    """Return every pair of baskets of one size, each with the size in its lowest bits."""
    upper, lower = np.triu_indices(size)
    baskets = numbers[starts[:, None] + np.arange(size)].astype(np.int64)
    first = baskets[:, upper] << (_NUMBER_BITS + _SIZE_BITS)
    pairs: Integers = (first | (baskets[:, lower] << _SIZE_BITS) | size).ravel()
    return pairs


def _counted(marked: Integers) -> Sums:
    # One plain sort does it all, because the size, and with it the weight, is in the number.
    marked.sort()
    ends = np.flatnonzero(np.append(marked[1:] != marked[:-1], True))
    steps = np.array([0, *map(step, range(1, LONGEST_BASKET + 1))], np.int64)
    runs = marked[ends]
    values = np.diff(ends, prepend=-1) * steps[runs & _SIZES]
    keys = runs >> _SIZE_BITS
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return Sums(keys[starts], np.add.reduceat(values, starts))


def added(parts: Iterable[Sums]) -> Sums:
    """Return the sums of several sums; pairs of which nothing is left are dropped."""
    some = [part for part in parts if len(part.keys)]
    if len(some) < 2:
        return some[0] if some else NOTHING
    keys = np.concatenate([part.keys for part in some])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    values = np.add.reduceat(np.concatenate([part.values for part in some])[order], starts)
    left = values != 0
    return Sums(keys[starts[left]], values[left])


def with_changes(sums: Sums, changes: Sums) -> Sums:
    """Return sums with a few changes added: in less memory than `added`, however large they are."""
    places = np.searchsorted(sums.keys, changes.keys)
    known = places < len(sums.keys)
    known[known] = sums.keys[places[known]] == changes.keys[known]
    values = sums.values.copy()
    values[places[known]] += changes.values[known]
    keys = np.insert(sums.keys, places[~known], changes.keys[~known])
    values = np.insert(values, places[~known], changes.values[~known])
    left = values != 0
    return Sums(keys, values) if left.all() else Sums(keys[left], values[left])


def taken_away(sums: Sums) -> Sums:
    """Return what undoes these sums when it is added."""
    return Sums(sums.keys, -sums.values)


def packed(sums: Sums) -> bytes:
    """Return sums as bytes: about six for a pair, because neighbouring keys hardly differ."""
    gaps = np.diff(sums.keys, prepend=0)
    columns = np.stack([gaps, sums.values]).astype("<i8").view(np.uint8)
    # Bytes of equal rank stand together: most of the upper ones are zero.
    turned = np.ascontiguousarray(columns.reshape(2, len(gaps), 8).transpose(0, 2, 1))
    return zlib.compress(turned.tobytes(), _BEST_OF_SPEED)


def unpacked(data: bytes) -> Sums:
    """Return the sums that `packed` wrote."""
    turned = np.frombuffer(zlib.decompress(data), np.uint8).reshape(2, 8, -1)
    columns = np.ascontiguousarray(turned.transpose(0, 2, 1)).reshape(-1).view("<i8")
    gaps, values = columns.astype(np.int64).reshape(2, -1)
    return Sums(np.cumsum(gaps), values)
