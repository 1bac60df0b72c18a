"""Turns counts into closeness: common orders, damped by how often the other is bought anyway.

`closeness(i -> j) = C / (sqrt(n_i) * n_j ** alpha + 1)`. With a small alpha best-sellers stand in
front, with a large one the specific neighbours do. Neither is right everywhere (gift shops want
0.3 to 0.5, groceries 0.15), so the shop's own latest orders decide.
"""

from __future__ import annotations

import numpy as np

from plugin.services.suggestions.co_occurrence import WEIGHT_ONE, Counts
from plugin.services.suggestions.tables import Table, cut, strongest

NEIGHBOURS = 50
_SHRINK = 1.0


def closest(counts: Counts, alpha: float) -> Table:
    """The closest 50 of each product."""
    own = counts.own / WEIGHT_ONE
    rows = np.repeat(np.arange(len(own)), np.diff(counts.indptr))
    damped = np.sqrt(own)[rows] * (own**alpha)[counts.indices] + _SHRINK
    closeness = counts.weight / WEIGHT_ONE / damped
    places = strongest(counts.indptr, closeness, NEIGHBOURS)
    return Table(
        indptr=cut(counts.indptr, places),
        other=counts.indices[places].astype(np.int64),
        weight=closeness[places].astype(np.float32),
    )
