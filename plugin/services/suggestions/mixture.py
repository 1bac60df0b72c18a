"""Two ways of counting in one model: closeness for small carts, ridge the more a cart holds.

How much each counts depends on the number of products in the cart, and is chosen per shop.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from plugin.services.suggestions.co_occurrence import Integers
from plugin.services.suggestions.tables import Table, Weights

SIZES = (1, 3, 9)
"""Carts of 1, of 2 to 3, of 4 to 9 and of more products each have shares of their own."""

KEPT = 64
"""Weights that are kept of a product, of both kinds together."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a cart's score is made of: so much closeness, so much ridge."""

    near: float
    ridge: float


@dataclass(frozen=True, slots=True)
class Setting:
    """All that is chosen for a shop.

    `alpha` damps best-sellers, `power` sharpens closeness, `penalty` and `denoising` belong to the
    ridge, `trend` says how much a product gains that sells better lately; `shares` one for each
    range of `SIZES` and one for what lies above.
    """

    alpha: float
    power: int
    penalty: float
    denoising: float
    trend: float
    shares: tuple[Share, ...]

    def recorded(self) -> dict[str, Any]:
        """As plain values, for the record of the choice."""
        return {**asdict(self), "shares": [asdict(share) for share in self.shares]}


def range_of(size: int) -> int:
    """Which of the shares counts for a cart of `size` products."""
    return sum(size > limit for limit in SIZES)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Both weights of each pair, in rows as in `Table`; what matters most stands first."""

    indptr: Integers
    other: Integers
    near: Weights
    ridge: Weights


def sharpened(near: Table, power: int) -> Table:
    """Closeness to the power, so that one strong companion outweighs several lukewarm ones."""
    return Table(near.indptr, near.other, near.weight**power).scaled()


def mix(near: Table, ridge: Table, trend: Weights, setting: Setting) -> Mixed:
    """The strongest `KEPT` pairs of both tables (scaled alike), by what they can matter at most."""
    products = len(near.indptr) - 1
    keys = [_keys(table, products) for table in (near, ridge)]
    pairs = np.sort(np.concatenate(keys))
    pairs = pairs[np.diff(pairs, append=-1) != 0]
    weights = np.zeros((2, len(pairs)), np.float32)
    for kind, (table, own) in enumerate(zip((near, ridge), keys, strict=True)):
        weights[kind, np.searchsorted(pairs, own)] = table.weight
    rows, others = np.divmod(pairs, max(products, 1))
    weights *= trend[others]
    matters = np.max([_matters(weights, share) for share in setting.shares], axis=0)
    order = np.lexsort((-matters, rows))
    place = np.arange(len(pairs)) - np.searchsorted(rows, rows)  # within the sorted row
    kept = order[(place < KEPT) & (matters[order] > 0)]
    lengths = np.bincount(rows[kept], minlength=products)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    return Mixed(indptr, others[kept], weights[0, kept], weights[1, kept])


def _matters(weights: Weights, share: Share) -> Weights:
    most: Weights = np.abs(share.near * weights[0] + share.ridge * weights[1])
    return most / np.float32(share.near + share.ridge)


def _keys(table: Table, products: int) -> Integers:
    rows = np.repeat(np.arange(products), np.diff(table.indptr))
    keys: Integers = rows * products + table.other
    return keys
