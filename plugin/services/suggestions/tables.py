"""Which products a product speaks for, and how strongly: rows of weights, cut to the strongest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import Integers, spread

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Table:
    """Row i is `indptr[i]` to `indptr[i + 1]` of `other` (the product spoken for) and `weight`."""

    indptr: Integers
    other: Integers
    weight: Weights

    def of(self, rows: Integers) -> tuple[Integers, Integers]:
        """The places of all weights of some rows, and for each which of the rows it is of."""
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        return spread(self.indptr[rows], lengths), np.repeat(np.arange(len(rows)), lengths)

    def scaled(self) -> Table:
        """The same with the strongest weight of a row 1 on average, so that tables compare."""
        filled = np.flatnonzero(np.diff(self.indptr))
        if not len(filled):
            return self
        scale = float(np.maximum.reduceat(self.weight, self.indptr[filled]).mean())
        return Table(self.indptr, self.other, self.weight / np.float32(scale or 1.0))


def strongest(indptr: Integers, values: NDArray[np.float64] | Weights, most: int) -> Integers:
    """The places of the `most` largest values of each row, ascending."""
    kept = np.ones(len(values), np.bool_)
    for row in np.flatnonzero(np.diff(indptr) > most).tolist():
        start, end = int(indptr[row]), int(indptr[row + 1])
        weakest = np.argpartition(values[start:end], end - start - most)[: end - start - most]
        kept[start + weakest] = False
    return np.flatnonzero(kept)


def cut(indptr: Integers, places: Integers) -> Integers:
    """The starts of the rows when only some places (ascending) are kept."""
    return np.searchsorted(places, indptr).astype(np.int64)


def by_row(rows: Integers, others: Integers, weights: Weights, products: int) -> Table:
    """A table of loose weights, rows and others ascending."""
    order = np.argsort(rows * products + others, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=products))))
    return Table(starts, others[order], weights[order])
