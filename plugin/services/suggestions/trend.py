"""What sells better lately than it used to: seasons and fashions, from a shop's latest orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import WEIGHT_ONE, Basket, Counts, kept, weight_of

POPULAR_FOR = timedelta(days=30)
POPULAR = 50
_HALF_LIFE = 2_000
_SHARE_OF_ORDERS = 10
_CALM = 1.0


def trends(counts: Counts, recent: Sequence[Basket]) -> NDArray[np.float64]:
    """How much of a product's orders is recent, beside the whole shop's: 1 is as ever.

    Recent is what fades by half every tenth of the history (at most every 2,000 orders). Products
    of few orders stay near 1.
    """
    number = {product: place for place, product in enumerate(counts.products)}
    half = max(1.0, min(_HALF_LIFE, counts.orders / _SHARE_OF_ORDERS))
    lately = np.zeros(len(counts.products))
    for age, basket in enumerate(reversed(recent)):
        products = [
            place for name in kept(basket.products) if (place := number.get(name)) is not None
        ]
        lately[products] += 0.5 ** (age / half) * weight_of(max(1, len(products))) / WEIGHT_ONE
    ever = counts.own / WEIGHT_ONE
    usual = lately.sum() / ever.sum() if ever.any() else 0.0
    if not usual:
        return np.ones(len(counts.products))
    share: NDArray[np.float64] = (lately + _CALM) / (usual * ever + _CALM)
    return share


def popular(recent: Sequence[Basket]) -> list[tuple[str, int]]:
    """The products of most orders in the latest 30 days of the history, with how many."""
    if not recent:
        return []
    since = recent[-1].at - POPULAR_FOR
    orders = Counter(
        product for basket in recent if basket.at > since for product in kept(basket.products)
    )
    return sorted(orders.items(), key=lambda item: (-item[1], item[0]))[:POPULAR]
