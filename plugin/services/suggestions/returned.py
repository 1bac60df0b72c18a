"""Which products come back so often that suggesting them does nobody a favour."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from plugin.store.returned import Returns

#: Fewer sold pieces say nothing.
_FEWEST_SOLD = 20
#: How many times the shop's usual share is too often, and the least share that is.
_TIMES_USUAL = 1.5
_LEAST_SHARE = 0.1
#: Two-sided 95 percent of the normal distribution.
_Z = 1.96


def too_often(found: Sequence[Returns]) -> list[str]:
    """Return the products that come back clearly more often than is usual in the shop.

    Clearly: even the lower end of the 95 % interval of their share (Wilson) lies above one and a
    half times the usual share, and above a tenth.
    """
    sold = sum(one.sold for one in found)
    usual = sum(one.returned for one in found) / sold if sold else 0.0
    limit = max(usual * _TIMES_USUAL, _LEAST_SHARE)
    return [
        one.product_id
        for one in found
        if one.sold >= _FEWEST_SOLD and lower_end(one.returned, one.sold) > limit
    ]


def lower_end(part: int, whole: int) -> float:
    """Return the lower end of the 95 % interval of a share (Wilson 1927)."""
    share, square = part / whole, _Z * _Z / whole
    middle = share + square / 2
    spread = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole))
    return (middle - spread) / (1 + square)
