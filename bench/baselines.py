"""Well-known ways to suggest products, as plainly as they are usually written down."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from heapq import nlargest
from math import sqrt

from bench.protocol import RANKED, Method
from plugin.services.suggestions.co_occurrence import Basket

_LANE_BYTES = 4
_FIXED_POINT = 1 << 20


def popularity(baskets: Sequence[Basket]) -> Method:
    """The products of most orders, whatever is in the cart."""
    orders = Counter(product for basket in baskets for product in set(basket.products))
    ranking = [product for product, _ in orders.most_common()]

    def method(cart: Sequence[str]) -> list[str]:
        candidates = ranking[: RANKED + len(cart)]
        return [product for product in candidates if product not in cart][:RANKED]

    return method


def recent_popularity(baskets: Sequence[Basket]) -> Method:
    """Popularity in the latest tenth of the baskets (ordered by time)."""
    return popularity(baskets[-max(1, len(baskets) // 10) :])


class CoOccurrence:
    """How many orders hold both of two products; nothing weighted, nothing left out.

    A row is kept as one long integer with a lane of 32 bits per product: adding integers adds
    rows, at the speed of C.
    """

    def __init__(self, baskets: Sequence[Basket]) -> None:
        orders = [set(basket.products) for basket in baskets]
        self._products = sorted(set().union(*orders))
        numbers = {product: number for number, product in enumerate(self._products)}
        self._baskets = [sorted(numbers[product] for product in order) for order in orders]
        self._orders_of: dict[str, list[int]] = {product: [] for product in self._products}
        for number, order in enumerate(orders):
            for product in order:
                self._orders_of[product].append(number)
        self._sizes = [len(self._orders_of[product]) for product in self._products]

    def by_count(self) -> Method:
        """Ranks by the number of common orders, summed over the cart."""
        return self._method(lambda counts, _: counts)

    def by_cosine(self) -> Method:
        """Ranks by common orders / sqrt(orders of one * orders of the other), summed."""

        def cosines(counts: list[int], size: int) -> list[int]:
            return [
                round(_FIXED_POINT * count / sqrt(size * other)) if count else 0
                for count, other in zip(counts, self._sizes, strict=True)
            ]

        return self._method(cosines)

    def _method(self, score: Callable[[list[int], int], list[int]]) -> Method:
        rows: dict[str, int] = {}

        def row(product: str) -> int:
            if product not in rows:
                scores = score(self._counts(product), len(self._orders_of[product]))
                rows[product] = int.from_bytes(array("I", scores).tobytes(), "little")
            return rows[product]

        def method(cart: Sequence[str]) -> list[str]:
            total = sum(row(product) for product in cart)
            lanes = memoryview(total.to_bytes(_LANE_BYTES * len(self._products), "little"))
            scores = lanes.cast("I")
            best = nlargest(RANKED + len(cart), range(len(scores)), key=scores.__getitem__)
            found = [self._products[number] for number in best if scores[number]]
            return [product for product in found if product not in cart][:RANKED]

        return method

    def _counts(self, product: str) -> list[int]:
        counts = [0] * len(self._products)
        for order in self._orders_of[product]:
            for other in self._baskets[order]:
                counts[other] += 1
        return counts
