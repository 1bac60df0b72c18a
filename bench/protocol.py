"""How suggestion methods are compared: on the latest orders of a file, which they never saw.

The first 90 % of the orders (by time) train, the rest tests, reduced to products known from
training; at most 5,000 test orders with two or more. For each of three seeds an order's products
are shuffled: the first is the target, the others are the context, cut to one to three for CART
(what a cart widget sees) and to fifty for LOO (leave one out).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

import numpy as np

from plugin.services.suggestions.co_occurrence import Basket

SEEDS = (1, 2, 3)
RANKED = 10
SHOWN = 4
_TRAINING = 0.9
_MOST_TESTS = 5_000
_LONGEST_CONTEXT = 50

Method = Callable[[Sequence[str]], Sequence[str]]
"""Takes a cart, gives up to ten products that are not in it, best first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A context, the product to be foretold, and everything of the order outside the context."""

    context: tuple[str, ...]
    target: str
    rest: frozenset[str]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Means over all cases: target among 4 and 10, its discounted rank, any hit among 4 shown.

    `coverage` is the share of the catalogue that was ever among the four shown.
    """

    hit_4: float
    hit_10: float
    ndcg_10: float
    any_4: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Split:
    """Training baskets, and test orders reduced to the products known from training."""

    training: list[Basket]
    catalogue: list[str]
    tests: list[list[str]]


def split(baskets: Sequence[Basket]) -> Split:
    """Splits baskets that are ordered by time."""
    end = int(len(baskets) * _TRAINING)
    training = list(baskets[:end])
    known = {product for basket in training for product in basket.products}
    reduced = [sorted(known.intersection(basket.products)) for basket in baskets[end:]]
    tests = [products for products in reduced if len(products) >= 2]
    return Split(training, sorted(known), tests[:_MOST_TESTS])


def carts(tests: Sequence[Sequence[str]], seeds: Sequence[int] = SEEDS) -> list[Case]:
    """The CART cases of all seeds: one to three products as context."""
    return _cases(tests, seeds, lambda chance: int(chance.integers(1, 4)))


def all_but_one(tests: Sequence[Sequence[str]], seeds: Sequence[int] = SEEDS) -> list[Case]:
    """The LOO cases of all seeds: everything else of the order, at most fifty, as context."""
    return _cases(tests, seeds, lambda _: _LONGEST_CONTEXT)


def _cases(
    tests: Sequence[Sequence[str]],
    seeds: Sequence[int],
    length: Callable[[np.random.Generator], int],
) -> list[Case]:
    cases = []
    for seed in seeds:
        chance = np.random.default_rng(seed)
        for test in tests:
            target, *others = (test[place] for place in chance.permutation(len(test)))
            context = tuple(others[: length(chance)])
            cases.append(Case(context, target, frozenset(test).difference(context)))
    return cases


def measure(method: Method, cases: Sequence[Case], catalogue: int) -> Accuracy:
    """Asks the method every case."""
    ranks: list[int] = []
    anything: list[bool] = []
    shown: set[str] = set()
    for case in cases:
        found = list(method(case.context))[:RANKED]
        ranks.append(found.index(case.target) + 1 if case.target in found else 0)
        anything.append(not case.rest.isdisjoint(found[:SHOWN]))
        shown.update(found[:SHOWN])
    return Accuracy(
        hit_4=fmean(0 < rank <= SHOWN for rank in ranks),
        hit_10=fmean(rank > 0 for rank in ranks),
        ndcg_10=fmean(1 / log2(rank + 1) if rank else 0.0 for rank in ranks),
        any_4=fmean(anything),
        coverage=len(shown) / catalogue,
    )
