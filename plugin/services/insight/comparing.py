"""How much more one group brings than another, for a merchant who looks at it every day.

Repeated confidence intervals (Jennison and Turnbull 1984, Controlled Clinical Trials 5:33-45;
1989, JRSS B 51:305-361) with the constant bound of Pocock (1977, Biometrika 64:191-199). Days are
strata with the weights of Mantel and Haenszel (1959): a share of the holdout that was changed, a
strong season or a version of another weight shift nothing, because only the same day is compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from plugin.services.statistics import Interval, Sums

#: How many standard errors an interval reaches to either side, so that of 100 comparisons that are
#: looked at on each of 90 days at most 5 ever leave the truth out. Calibrated by simulation with
#: the orders of shops (bench/insight.py), not taken from a table: orders are few and skew.
DAILY_Z = 2.95
#: The quantile of the normal distribution for finding four effects of five.
_Z80 = 0.8416212335729143
_NOTHING = Sums(0.0, 0.0, 0)


@dataclass
class Comparison:
    """Two groups, added up day by day; values are those of a try, nearly all of them 0.

    The variance of a try is taken from both groups together: a small group with few orders by
    chance would otherwise look sure of its small mean.
    """

    one: Sums = _NOTHING
    other: Sums = _NOTHING
    #: Of all days: by how much more the first group brought, times its weight, and these weights.
    _gap: float = 0.0
    weight: float = 0.0

    def add(self, one: Sums, other: Sums) -> None:
        """Add one day (of one version); a day on which one group was empty compares nothing."""
        self.one, self.other = _both(self.one, one), _both(self.other, other)
        tries = one.tries + other.tries
        if tries:
            self._gap += (other.tries * one.total - one.tries * other.total) / tries
            self.weight += one.tries * other.tries / tries

    @property
    def variance(self) -> float:
        """Return the variance of one try within the groups; at least 3 tries together."""
        around = sum(_around_mean(sums) for sums in (self.one, self.other))
        return around / (self.one.tries + self.other.tries - 2)

    def difference(self, z: float = DAILY_Z) -> Interval:
        """Return by how much more a try of the first group brings; both have been seen."""
        value = self._gap / self.weight
        half = z * math.sqrt(self.variance / self.weight)
        return Interval(value, value - half, value + half)

    def detectable(self, weight: float) -> float:
        """Return the smallest difference that is found four times of five once `weight` is reached.

        Or earlier: whoever looks every day need not wait until then. More comes as more orders of
        the same kind, so with the mean of the first group its variance grows as well.
        """
        reach = (DAILY_Z + _Z80) ** 2 * self.variance / weight
        tries = self.one.tries + self.other.tries
        mean = (self.one.total + self.other.total) / tries
        growth = self.one.tries / tries / mean if mean > 0 else 0.0
        # The solution of: difference squared = reach (1 + growth difference).
        return (reach * growth + math.sqrt((reach * growth) ** 2 + 4 * reach)) / 2


def _both(held: Sums, more: Sums) -> Sums:
    return Sums(held.total + more.total, held.squares + more.squares, held.tries + more.tries)


def _around_mean(sums: Sums) -> float:
    return max(sums.squares - sums.total * sums.total / sums.tries, 0.0) if sums.tries else 0.0
