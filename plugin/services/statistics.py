"""The few formulas that an experiment needs: Wilson, Newcombe, Welch, chi-square; plain Python.

Wilson 1927; Newcombe 1998 (Statistics in Medicine 17:873-890, method 10); Welch 1947. Intervals
that hold however often one looks: Robbins 1970 (Annals of Mathematical Statistics 41:1397-1409),
with estimated variances as Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

#: The quantile of the normal distribution for intervals that hold the truth 95 times of 100.
Z95 = 1.959963984540054
_ALPHA = 0.05
#: Where an interval that lasts is tightest, in tries of the smaller group: 1,000, divided by what
#: makes it so at 95 % (the root of x - ln(x) = 1 - ln(alpha squared), less 1).
_MIXTURE = 1000 / 8.2


class Interval(NamedTuple):
    """An estimate with its lower and upper bound."""

    value: float
    low: float
    high: float


def wilson(hits: int, tries: int, z: float = Z95) -> Interval:
    """Return a share with its Wilson score interval; `tries` is at least 1."""
    share = hits / tries
    square = z * z
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    spread = math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    half = z * spread / (1 + square / tries)
    # Rounding must not shut out a share of exactly 0 or 1.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == tries else min(1.0, middle + half)
    return Interval(share, low, high)


def newcombe(hits: int, tries: int, other_hits: int, other_tries: int, z: float = Z95) -> Interval:
    """Return how much larger the first share is than the second, with Newcombe's interval."""
    first, second = wilson(hits, tries, z), wilson(other_hits, other_tries, z)
    difference = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Interval(difference, difference - below, difference + above)


class Sums(NamedTuple):
    """Values of some of `tries` people, all others being 0: their sum and the sum of squares."""

    total: float
    squares: float
    tries: int


def mean_difference(one: Sums, other: Sums, z: float = Z95) -> Interval:
    """Return how much larger the first mean is than the second, with the interval of Welch.

    For many tries: the quantile is that of the normal distribution. At least 2 tries each.
    """
    difference = one.total / one.tries - other.total / other.tries
    half = z * math.sqrt(_variance_of_mean(one) + _variance_of_mean(other))
    return Interval(difference, difference - half, difference + half)


def lasting_difference(one: Sums, other: Sums) -> Interval:
    """Return how much larger the first mean is than the second, as often as one likes to look.

    Of 100 comparisons at most 5 will ever, at any look, have an interval without the truth. It is
    half as wide again as that of a single look. For many tries, at least 2 each, whose shares of
    the whole stay as they are.
    """
    difference = one.total / one.tries - other.total / other.tries
    tries = min(one.tries, other.tries)
    wider = (tries + _MIXTURE) / tries * math.log((tries + _MIXTURE) / _MIXTURE / _ALPHA**2)
    half = math.sqrt(wider * (_variance_of_mean(one) + _variance_of_mean(other)))
    return Interval(difference, difference - half, difference + half)


def _variance_of_mean(sums: Sums) -> float:
    around_mean = sums.squares - sums.total * sums.total / sums.tries
    return max(around_mean, 0.0) / (sums.tries - 1) / sums.tries


def chi_square(observed: Sequence[int], weights: Sequence[float]) -> float:
    """Return Pearson's statistic of counts against the weights they should have."""
    total, whole = sum(observed), sum(weights)
    expected = [total * weight / whole for weight in weights]
    return sum((seen - meant) ** 2 / meant for seen, meant in zip(observed, expected, strict=True))


def chi_square_p(statistic: float, freedom: int) -> float:
    """Return how likely a statistic at least this large is by chance, for 1 or 2 degrees.

    For those two the distribution has a closed form; no experiment here has more than three arms.
    """
    if freedom == 1:
        return math.erfc(math.sqrt(statistic / 2))
    if freedom == 2:
        return math.exp(-statistic / 2)
    raise ValueError("one or two degrees of freedom")
