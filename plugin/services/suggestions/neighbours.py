"""Learns from past orders which products belong together, and suggests some for a cart.

Everything here is arithmetic on baskets: no database, no shop, no language. Whoever calls it
decides which orders count (cancelled ones should not) and which products may be suggested at all
(`exclude` those that are sold out, unlisted or unwanted).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from heapq import nsmallest
from typing import NamedTuple

from plugin.services.suggestions.co_occurrence import Basket, Ledger, Pairs, write_ledger
from plugin.services.suggestions.damping import LEAST_TOGETHER, Scoring, choose_alpha

__all__ = [
    "LEAST_TOGETHER",
    "Basket",
    "Neighbour",
    "Neighbours",
    "Popular",
    "Suggestion",
    "learn",
    "suggest",
]

POPULAR_FOR = timedelta(days=30)
POPULAR = 50


class Neighbour(NamedTuple):
    """A product bought together with another: how close (0 and up), and in how many orders."""

    product: str
    score: float
    together: int


class Popular(NamedTuple):
    """A product and the number of orders that held it in the latest 30 days of the history."""

    product: str
    orders: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What was learned: up to 50 neighbours per product, closest first.

    A product without a neighbour has no entry. `popular` (best first) is no reason for a cart
    and `suggest` never fills up with it; it serves a placement that says "popular" in words.
    `alpha` is the damping of best-sellers that suited this shop, `baskets` what it was learned
    from.
    """

    of: Mapping[str, tuple[Neighbour, ...]]
    popular: tuple[Popular, ...]
    alpha: float
    baskets: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product for a cart and the true reason: `together` orders held it along with `reason`.

    `reason` is the cart product that speaks most for it; `score` orders suggestions of one cart.
    """

    product: str
    score: float
    reason: str
    together: int


def learn(baskets: Iterable[Basket]) -> Neighbours:
    """Learns from the baskets of one shop's past orders, read once and in any order.

    Pairs that fewer than three orders share are left out. Takes about 10 s per 20,000 long
    orders; memory grows with the number of order lines.
    """
    ledger = write_ledger(baskets)
    alpha = choose_alpha(ledger)
    return Neighbours(
        of=_closest(ledger, alpha),
        popular=_popular(ledger),
        alpha=alpha,
        baskets=len(ledger.baskets),
    )


def suggest(
    neighbours_of: Mapping[str, Sequence[Neighbour]],
    cart: Sequence[str],
    limit: int,
    exclude: Set[str] = frozenset(),
) -> list[Suggestion]:
    """The products that belong best to the whole cart, best first, at most `limit`.

    `neighbours_of` needs only the entries of the cart's products. Never suggests what is in the
    cart or in `exclude`, and nothing that fewer than three orders explain: the list may be
    shorter than `limit`, or empty.
    """
    held = set(cart)
    sources = sorted(held & neighbours_of.keys())
    totals: dict[str, float] = {}
    for source in sources:
        for product, score, together in neighbours_of[source]:
            if together >= LEAST_TOGETHER:
                totals[product] = totals.get(product, 0.0) + score
    for product in totals.keys() & (held | exclude):
        del totals[product]
    ranked = nsmallest(limit, [(-total, product) for product, total in totals.items()])
    reasons = _reasons({product for _, product in ranked}, sources, neighbours_of)
    return [Suggestion(product, -total, *reasons[product]) for total, product in ranked]


def _reasons(
    chosen: set[str], sources: Sequence[str], neighbours_of: Mapping[str, Sequence[Neighbour]]
) -> dict[str, tuple[str, int]]:
    """Per product the source with the largest share in its score, and the orders of both."""
    shares: dict[str, float] = {}
    reasons: dict[str, tuple[str, int]] = {}
    for source in sources:
        for product, score, together in neighbours_of[source]:
            if product not in chosen or together < LEAST_TOGETHER:
                continue
            if score > shares.get(product, -1.0):
                shares[product] = score
                reasons[product] = (source, together)
    return reasons


def _closest(ledger: Ledger, alpha: float) -> dict[str, tuple[Neighbour, ...]]:
    names = ledger.products
    pairs = Pairs(ledger.baskets, len(names))
    scoring = Scoring(pairs, alpha)
    closest: dict[str, tuple[Neighbour, ...]] = {}
    for number, name in enumerate(names):
        best = scoring.best(number, pairs.row(number, LEAST_TOGETHER))
        if best:
            closest[name] = tuple(Neighbour(names[n], score, orders) for n, score, orders in best)
    return closest


def _popular(ledger: Ledger) -> tuple[Popular, ...]:
    if not ledger.times:
        return ()
    since = ledger.times[-1] - POPULAR_FOR
    recent = zip(ledger.times, ledger.baskets, strict=True)
    orders = Counter(product for at, basket in recent if at > since for product in basket)
    best = nsmallest(POPULAR, orders.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Popular(ledger.products[number], count) for number, count in best)
