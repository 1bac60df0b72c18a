"""How often, and how tellingly, the products of a shop were bought in the same order.

A pair counts less in a long order than in a short one: two products that shared a basket of four
say more about each other than two that shared a wholesaler's basket of ninety. Each order gives
each of its pairs the weight 1 / sqrt(number of products).

Sums are integers (weights in fixed point), so the result does not depend on the order in which
baskets arrive, and taking an order out again leaves what would be there without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

LONGEST_BASKET = 100
"""Products of one order that are looked at; the cost of an order grows with the square of this."""

WEIGHT_ONE = 1 << 16
"""The weight 1 in fixed point."""

_CELLS = 1 << 20
"""Sums that are held at a time: a few megabytes, whatever the size of the catalogue."""

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Basket:
    """The products of one order and the moment it was placed (aware, UTC)."""

    products: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums over all orders of a shop.

    `products` in ascending order number everything else. `own` is the weighted number of orders
    that hold a product, `held` the plain number. The pairs stand in compressed rows, in both
    directions, others ascending: row i is `indptr[i]` to `indptr[i + 1]` of `indices` (the other
    product), `weight` (in `WEIGHT_ONE`) and `together` (the plain number of common orders).
    """

    products: tuple[str, ...]
    orders: int
    own: Integers
    held: Numbers
    indptr: Integers
    indices: Numbers
    weight: Integers
    together: Numbers


def weight_of(size: int) -> int:
    """What an order with `size` distinct products adds to each of its pairs, in fixed point."""
    return round(WEIGHT_ONE / sqrt(size))


def kept(products: Iterable[str]) -> list[str]:
    """The distinct products of an order, ascending, of which at most `LONGEST_BASKET` count.

    Of a longer order a random part is kept that depends on nothing but its own content.
    """
    distinct = sorted(set(products))
    if len(distinct) <= LONGEST_BASKET:
        return distinct
    content = crc32("\n".join(distinct).encode("utf-8", "surrogatepass"))
    chance = Random(content)  # noqa: S311 - the same part every time, no secret
    return sorted(chance.sample(distinct, LONGEST_BASKET))


def count(baskets: Iterable[Basket]) -> Counts:
    """Count the baskets of one shop, read once and in any order; empty ones do not count.

    Takes about half a second for 18,000 long orders; memory grows with the number of pairs.
    """
    orders = [products for basket in baskets if (products := kept(basket.products))]
    names = tuple(sorted({product for order in orders for product in order}))
    number = {name: place for place, name in enumerate(names)}
    return _counted(names, [[number[name] for name in order] for order in orders])


def without(counts: Counts, baskets: Sequence[Basket]) -> Counts:
    """The counts as they were before these baskets, which must be among those counted.

    Products keep their numbers, also those that nobody had bought before.
    """
    number: Mapping[str, int] = {name: place for place, name in enumerate(counts.products)}
    orders = [[number[product] for product in kept(basket.products)] for basket in baskets]
    taken = _counted(counts.products, [order for order in orders if order])
    places = np.searchsorted(_keys(counts), _keys(taken))
    weight, together = counts.weight.copy(), counts.together.copy()
    weight[places] -= taken.weight
    together[places] -= taken.together
    rest = np.flatnonzero(together)
    below = np.concatenate(([0], np.cumsum(together > 0)))
    return Counts(
        products=counts.products,
        orders=counts.orders - taken.orders,
        own=counts.own - taken.own,
        held=counts.held - taken.held,
        indptr=below[counts.indptr],
        indices=counts.indices[rest],
        weight=weight[rest],
        together=together[rest],
    )


def spread(starts: Integers, lengths: Integers) -> Integers:
    """The places of several stretches of an array, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - ends + lengths, lengths) + np.arange(total)


def _keys(counts: Counts) -> Integers:
    rows = np.repeat(np.arange(len(counts.products)), np.diff(counts.indptr))
    keys: Integers = rows * len(counts.products) + counts.indices
    return keys


def _counted(products: tuple[str, ...], orders: Sequence[Sequence[int]]) -> Counts:
    many = len(products)
    sizes = np.array([len(order) for order in orders], np.int64)
    items = np.array([product for order in orders for product in order], np.int64)
    starts = np.cumsum(sizes) - sizes
    weights = np.array([weight_of(len(order)) for order in orders], np.float64)
    order_of_item = np.repeat(np.arange(len(orders)), sizes)
    by_product = np.argsort(items, kind="stable")
    orders_of = order_of_item[by_product]
    held = np.bincount(items, minlength=many)
    ends = np.concatenate(([0], np.cumsum(held)))
    lengths = np.zeros(many, np.int64)
    found: list[tuple[Numbers, Integers, Numbers]] = []
    rows_at_once = max(1, _CELLS // max(many, 1))
    for low in range(0, many, rows_at_once):
        high = min(low + rows_at_once, many)
        some = orders_of[ends[low] : ends[high]]
        row = np.repeat(np.arange(high - low), held[low:high])
        cells = np.repeat(row * many, sizes[some]) + items[spread(starts[some], sizes[some])]
        together = np.bincount(cells, minlength=(high - low) * many)
        together[np.arange(high - low) * many + np.arange(low, high)] = 0  # with itself
        weight = np.bincount(cells, np.repeat(weights[some], sizes[some]), len(together))
        pairs = np.flatnonzero(together)
        lengths[low:high] = np.bincount(pairs // many, minlength=high - low)
        found.append(
            (
                (pairs % many).astype(np.int32),
                weight[pairs].astype(np.int64),
                together[pairs].astype(np.int32),
            )
        )
    return Counts(
        products=products,
        orders=len(orders),
        own=np.bincount(items, weights[order_of_item], many).astype(np.int64),
        held=held.astype(np.int32),
        indptr=np.concatenate(([0], np.cumsum(lengths))),
        indices=np.concatenate([part[0] for part in found] or [np.zeros(0, np.int32)]),
        weight=np.concatenate([part[1] for part in found] or [np.zeros(0, np.int64)]),
        together=np.concatenate([part[2] for part in found] or [np.zeros(0, np.int32)]),
    )
