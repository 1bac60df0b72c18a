"""Means of amounts that the database holds as sums of whole numbers."""

from __future__ import annotations

import math

from plugin.services.statistics import Z95, Interval
from plugin.store.customer_orders import PARTS

#: Squares are of hundredths of a unit.
_SQUARED = 100 * 100


def mean_of(total: int, squares: float, count: int) -> Interval | None:
    """Return the mean of `count` amounts in units, with its interval of 95 %; None below 2.

    That of the normal distribution: for amounts that are many. `total` and `squares` as they are
    stored (store/customer_orders.py).
    """
    if count < 2:
        return None
    mean = total / PARTS / count
    variance = max(squares / _SQUARED - count * mean * mean, 0.0) / (count - 1)
    half = Z95 * math.sqrt(variance / count)
    return Interval(mean, mean - half, mean + half)
