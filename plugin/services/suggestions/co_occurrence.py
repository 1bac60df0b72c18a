"""How often, and how tellingly, the products of a shop were bought in the same order.

A pair counts less in a long order than in a short one: two products that shared a basket of four
say more about each other than two that shared a wholesaler's basket of ninety. Each order gives
each of its pairs the weight 1 / sqrt(number of products).

Sums are kept as integers (weights in fixed point, the plain number of orders in the low bits of
the same integer), so the result does not depend on the order in which baskets arrive, and one
addition serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

LONGEST_BASKET = 100
"""Products of one order that are looked at; the cost of an order grows with the square of this."""

ORDER_BITS = 24
_ORDERS = (1 << ORDER_BITS) - 1
_WEIGHT_ONE = 1 << 16


@dataclass(frozen=True, slots=True)
class Basket:
    """The products of one order and the moment it was placed (aware, UTC)."""

    products: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each two products of a shop were in one order, as a sparse symmetric table.

    Row `n` of product `products[n]` (sorted by id) stands in `indptr[n]:indptr[n + 1]` of the
    other arrays, by ascending number: the other product, the summed weight of the orders (fixed
    point, 2**16 is one) and their plain number. `own` is the weight of each product's own orders.
    """

    products: tuple[str, ...]
    own: NDArray[np.int64]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weight: NDArray[np.int64]
    together: NDArray[np.int32]


Pair = tuple[int, float, int]
"""A product seen beside another: its number, the weighted sum, the plain number of orders.

A bare tuple, because a learning run makes millions of them.
"""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All baskets of a shop as numbers, in the order of time.

    Products are numbered in the order of their identifiers and equal times are ordered by
    content, so the same baskets give the same ledger however they arrive.
    """

    products: tuple[str, ...]
    baskets: tuple[tuple[int, ...], ...]
    times: tuple[datetime, ...]


def write_ledger(baskets: Iterable[Basket]) -> Ledger:
    """Reads the baskets once. Duplicate lines count once, empty baskets do not count.

    Of an order with more than `LONGEST_BASKET` products a random part is kept that depends on
    nothing but the order's own content.
    """
    first_seen: dict[str, int] = {}
    raw: list[tuple[datetime, list[int]]] = []
    for basket in baskets:
        numbers = [first_seen.setdefault(p, len(first_seen)) for p in kept(basket.products)]
        if numbers:
            raw.append((basket.at, numbers))
    products = tuple(sorted(first_seen))
    renumbered = [0] * len(products)
    for number, product in enumerate(products):
        renumbered[first_seen[product]] = number
    ordered = sorted((at, tuple(sorted(renumbered[n] for n in numbers))) for at, numbers in raw)
    return Ledger(
        products=products,
        baskets=tuple(numbers for _, numbers in ordered),
        times=tuple(at for at, _ in ordered),
    )


def kept(products: Iterable[str]) -> list[str]:
    """Return the distinct products that are looked at, sorted: of very long orders a part."""
    distinct = sorted(set(products))
    if len(distinct) <= LONGEST_BASKET:
        return distinct
    content = crc32("\n".join(distinct).encode("utf-8", "surrogatepass"))
    chance = Random(content)  # noqa: S311 - the same part every time, no secret
    return chance.sample(distinct, LONGEST_BASKET)


class Pairs:
    """Weighted co-occurrence of numbered products.

    Rows are computed when asked for and not kept: memory grows with the number of order lines,
    never with the square of the catalogue. `own` holds each product's weighted number of orders.
    """

    def __init__(self, baskets: Sequence[Sequence[int]], products: int) -> None:
        self._baskets = baskets
        self._steps = [step(len(basket)) for basket in baskets]
        self._orders_of: list[list[int]] = [[] for _ in range(products)]
        self._sums = [0] * products
        own = [0] * products
        for order, basket in enumerate(baskets):
            step = self._steps[order]
            for product in basket:
                self._orders_of[product].append(order)
                own[product] += step
        self.own = tuple((total >> ORDER_BITS) / _WEIGHT_ONE for total in own)

    def row(self, product: int, least_together: int) -> list[Pair]:
        """Every other product that shared at least `least_together` orders with this one."""
        sums, baskets, steps = self._sums, self._baskets, self._steps
        orders = self._orders_of[product]
        for order in orders:
            step = steps[order]
            for other in baskets[order]:
                sums[other] += step
        touched: set[int] = set().union(*(baskets[order] for order in orders))
        found = [(other, sums[other]) for other in touched]
        for other in touched:
            sums[other] = 0
        return [
            (other, (total >> ORDER_BITS) / _WEIGHT_ONE, total & _ORDERS)
            for other, total in found
            if total & _ORDERS >= least_together and other != product
        ]


def step(size: int) -> int:
    """What one order adds to each of its pairs: its weight above the count of one."""
    return (round(_WEIGHT_ONE / sqrt(size)) << ORDER_BITS) + 1
