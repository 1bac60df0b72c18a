"""Two ways of counting in one model: closeness for small carts, ridge the more a cart holds.

How much each counts depends on the number of products in the cart, and is chosen per shop.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import Integers
from plugin.services.suggestions.tables import Table, Weights

SIZES = (1, 3, 9)
"""Carts of 1, of 2 to 3, of 4 to 9 and of more products each have shares of their own."""

KEPT = 72
"""Weights that are kept of a product, of both kinds together."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a cart's score is made of: so much closeness, so much ridge."""

    near: float
    ridge: float


@dataclass(frozen=True, slots=True)
class Trend:
    """How much a product gains that sells better lately: exponents of its trend."""

    near: float
    ridge: float


@dataclass(frozen=True, slots=True)
class Setting:
    """All that is chosen for a shop.

    `alpha` damps best-sellers, `power` sharpens closeness, `penalty` and `denoising` belong to the
    ridge; `shares` has one share for each range of `SIZES` and one for what lies above.
    """

    alpha: float
    power: int
    penalty: float
    denoising: float
    trend: Trend
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


def mix(near: Table, ridge: Table, trends: NDArray[np.float64], setting: Setting) -> Mixed:
    """Of both tables (scaled alike) the `KEPT` pairs that stand highest for carts of any size."""
    products = len(near.indptr) - 1
    keys = [_keys(table, products) for table in (near, ridge)]
    pairs = np.sort(np.concatenate(keys))
    pairs = pairs[np.diff(pairs, append=-1) != 0]
    weights = np.zeros((2, len(pairs)), np.float32)
    for kind, (table, own) in enumerate(zip((near, ridge), keys, strict=True)):
        weights[kind, np.searchsorted(pairs, own)] = table.weight
    rows, others = np.divmod(pairs, max(products, 1))
    lately = trends[others]
    weights[0] *= lately**setting.trend.near
    weights[1] *= lately**setting.trend.ridge
    starts = np.asarray(np.searchsorted(rows, rows), np.int64)
    standing = np.min([_standing(weights, share, rows, starts) for share in {*setting.shares}], 0)
    order = np.lexsort((standing, rows))
    kept = order[(np.arange(len(pairs)) - starts < KEPT) & (standing[order] < len(pairs))]
    lengths = np.bincount(rows[kept], minlength=products)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    return Mixed(indptr, others[kept], weights[0, kept], weights[1, kept])


def _standing(weights: Weights, share: Share, rows: Integers, starts: Integers) -> Integers:
    """Which place each pair has in its row for carts of one share; useless ones stand last."""
    matter = np.abs(share.near * weights[0] + share.ridge * weights[1])
    standing = np.empty(len(rows), np.int64)
    falling = 2.0 * rows - matter / max(float(matter.max(initial=0)), 1e-9)
    standing[np.argsort(falling, kind="stable")] = np.arange(len(rows)) - starts
    return np.where(matter > 0, standing, len(rows))


def _keys(table: Table, products: int) -> Integers:
    rows = np.repeat(np.arange(products), np.diff(table.indptr))
    keys: Integers = rows * products + table.other
    return keys
