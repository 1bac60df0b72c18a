"""The few formulas that an experiment needs: Wilson, Newcombe, Welch, splits; plain Python.

Wilson 1927; Newcombe 1998 (Statistics in Medicine 17:873-890, method 10); Welch 1947. Intervals
that hold however often one looks: Robbins 1970 (Annals of Mathematical Statistics 41:1397-1409),
with estimated variances as Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021. A split that was
not as drawn, however often one looks: Lindon and Malek 2022 (Anytime-valid inference for
multinomial count data, NeurIPS 35).
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
#: How many tries the guess of another split weighs as much as. With a share of 10 % it looks for
#: splits that are a tenth off, as lost beacons and cached pages make them.
_SPLIT_PRIOR = 1000
#: Beyond it no power of e is a number.
_LARGEST_LOG = 700.0


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


def split_evidence(seen: Sequence[int], weights: Sequence[float]) -> float:
    """Return by what factor counts speak for another split than that of the (positive) weights.

    The likelihood under a Dirichlet distribution around the weights, by that under the weights. Of
    sound splits no more than one of k ever, at any look, has a factor of k or more.
    """
    tries, whole = sum(seen), sum(weights)
    log = math.lgamma(_SPLIT_PRIOR) - math.lgamma(_SPLIT_PRIOR + tries)
    for count, weight in zip(seen, weights, strict=True):
        share = weight / whole
        prior = _SPLIT_PRIOR * share
        log += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share)
    return math.exp(min(log, _LARGEST_LOG))


def split_p(evidence: Sequence[float]) -> float:
    """Return a p-value of some (at least one) splits together that holds at all looks.

    The mean of such factors is one as well (Vovk and Wang 2021, Annals of Statistics 49:1736-1754).
    """
    mean = sum(evidence) / len(evidence)
    return 1 / mean if mean > 1 else 1.0
