"""What sells better lately than it used to: seasons and fashions, from a shop's latest orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import WEIGHT_ONE, Basket, Counts, kept

POPULAR_FOR = timedelta(days=30)
POPULAR = 50
_HALF_LIFE = 2_000
_SHARE_OF_ORDERS = 10
_CALM = 1.0
_HALF_LIVES = 4


def trends(counts: Counts, recent: Sequence[Basket]) -> NDArray[np.float64]:
    """How much of a product's orders is recent, beside the whole shop's: 1 is as ever.

    Recent is what fades by half every tenth of the history (at most every 2,000 orders). Products
    of few orders stay near 1.
    """
    number = {product: place for place, product in enumerate(counts.products)}
    half = max(1.0, min(_HALF_LIFE, counts.orders / _SHARE_OF_ORDERS))
    some = [kept(basket.products) for basket in recent[-round(_HALF_LIVES * half) :]]
    sizes = np.array([len(products) for products in some], np.int64)
    held = np.array([number[name] for products in some for name in products], np.int64)
    faded = 0.5 ** (np.arange(len(some))[::-1] / half) / np.sqrt(np.maximum(sizes, 1))
    lately = np.bincount(held, np.repeat(faded, sizes), len(counts.products))
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
