"""Turns co-occurrence into scores, and finds how strongly a shop's best-sellers must be damped.

`score(i -> j) = (C / (sqrt(n_i) * n_j ** alpha + 1)) ** 2`. With a small alpha best-sellers stand
in front, with a large one the specific neighbours do. Neither is right everywhere (gift shops
want 0.3 to 0.5, groceries 0.15), so the shop's own latest orders decide. The square lets one
strong neighbour outweigh several lukewarm ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import log2, sqrt
from random import Random
from typing import NamedTuple

from plugin.services.suggestions.co_occurrence import Ledger, Pair, Pairs

ALPHAS = (0.15, 0.3, 0.5)
ALPHA_WITHOUT_EVIDENCE = 0.3
LEAST_TOGETHER = 3
"""Fewer common orders are chance, and no reason that one could honestly tell a shopper."""

NEIGHBOURS = 50
_SHRINK = 1.0
_HELD_BACK = 10
_FEWEST_CASES = 30
_MOST_CASES = 2_500
_LONGEST_CONTEXT = 3
_RANKED = 10


class Scored(NamedTuple):
    """A numbered neighbour with its score (higher is closer) and the number of common orders."""

    number: int
    score: float
    together: int


class Scoring:
    """Scores the rows of one set of pairs with one alpha."""

    def __init__(self, pairs: Pairs, alpha: float) -> None:
        self._roots = [sqrt(own) for own in pairs.own]
        self._damped = [own**alpha for own in pairs.own]

    def best(self, product: int, row: Iterable[Pair]) -> list[Scored]:
        """The closest `NEIGHBOURS` of the product's row, best first, ties by number."""
        root, damped = self._roots[product], self._damped
        closest = nsmallest(
            NEIGHBOURS,
            [
                (-((weight / (root * damped[other] + _SHRINK)) ** 2), other, together)
                for other, weight, together in row
            ],
        )
        return [Scored(number, -score, together) for score, number, together in closest]


@dataclass(frozen=True, slots=True)
class _Case:
    """A cart as it may have looked, and the product that was bought with it in the end."""

    cart: tuple[int, ...]
    bought: int


def choose_alpha(ledger: Ledger) -> float:
    """The alpha of `ALPHAS` that best foretells the latest tenth of the orders from the rest.

    Each of these orders is asked once: which of its products would have been suggested to a cart
    of one to three others? With fewer than 30 such orders there is no evidence and the middle
    value is taken.
    """
    end = len(ledger.baskets) - len(ledger.baskets) // _HELD_BACK
    pairs = Pairs(ledger.baskets[:end], len(ledger.products))
    cases = _cases(ledger.baskets[end:], pairs)
    if len(cases) < _FEWEST_CASES:
        return ALPHA_WITHOUT_EVIDENCE
    scorings = [Scoring(pairs, alpha) for alpha in ALPHAS]
    tables: list[dict[int, list[Scored]]] = [{} for _ in ALPHAS]
    for product in sorted({product for case in cases for product in case.cart}):
        row = pairs.row(product, LEAST_TOGETHER)
        for scoring, table in zip(scorings, tables, strict=True):
            table[product] = scoring.best(product, row)
    gains = [sum(_gain(table, case) for case in cases) for table in tables]
    ranked = zip(gains, (alpha == ALPHA_WITHOUT_EVIDENCE for alpha in ALPHAS), ALPHAS, strict=True)
    return max(ranked)[-1]


def _cases(baskets: Sequence[tuple[int, ...]], pairs: Pairs) -> list[_Case]:
    chance = Random(0)  # noqa: S311 - the same carts every time, no secret
    cases = []
    for basket in baskets[-_MOST_CASES:]:
        known = [product for product in basket if pairs.own[product]]
        if len(known) < 2:
            continue
        chance.shuffle(known)
        cart = known[1 : 1 + chance.randint(1, _LONGEST_CONTEXT)]
        cases.append(_Case(tuple(cart), known[0]))
    return cases


def _gain(table: dict[int, list[Scored]], case: _Case) -> float:
    """1 / log2(rank + 1) of the product bought in the end, 0 below rank ten (NDCG at 10)."""
    totals: dict[int, float] = {}
    for product in case.cart:
        for number, score, _ in table[product]:
            totals[number] = totals.get(number, 0.0) + score
    bought = totals.get(case.bought, 0.0)
    ahead = sum(1 for number, total in totals.items() if total > bought and number not in case.cart)
    return 1 / log2(ahead + 2) if bought and ahead < _RANKED else 0.0
