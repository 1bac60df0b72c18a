"""Asks tables of weights about carts whose end is known, and ranks what was bought in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import Integers
from plugin.services.suggestions.mixture import SIZES, Share, Trend, range_of
from plugin.services.suggestions.tables import Table, Weights

RANKED = 10
_CELLS = 1 << 20


@dataclass(frozen=True, slots=True)
class Cases:
    """Carts and the product that was bought with each in the end."""

    carts: list[Integers]
    bought: Integers

    @property
    def ranges(self) -> Integers:
        """Which range of cart sizes each belongs to."""
        return np.array([range_of(len(cart)) for cart in self.carts], np.int64)


@dataclass(frozen=True, slots=True)
class Scores:
    """What every table says of every product that any of them speaks for, case after case.

    `starts` are where the cases begin; `bought` is the place of the product bought in the end,
    -1 where no table knows it. `weights` has a row for each table.
    """

    starts: Integers
    case: Integers
    product: Integers
    bought: Integers
    weights: Weights


def score(cases: Cases, tables: Sequence[Table], products: int) -> Scores:
    """Ask every table about every case, some cases at a time so that memory stays small."""
    parts = list(_parts(cases, tables, products))
    sizes = [len(part.product) for part in parts]
    offsets = np.cumsum([0, *sizes])[:-1]
    return Scores(
        starts=np.concatenate([part.starts + at for part, at in zip(parts, offsets, strict=True)]),
        case=np.concatenate([part.case for part in parts]),
        product=np.concatenate([part.product for part in parts]),
        bought=np.concatenate(
            [
                np.where(part.bought < 0, -1, part.bought + at)
                for part, at in zip(parts, offsets, strict=True)
            ]
        ),
        weights=np.concatenate([part.weights for part in parts], axis=1),
    )


def _parts(cases: Cases, tables: Sequence[Table], products: int) -> Iterator[Scores]:
    at_once = max(1, _CELLS // products)
    for low in range(0, len(cases.carts), at_once):
        carts = cases.carts[low : low + at_once]
        many = len(carts)
        owner = np.repeat(np.arange(many), [len(cart) for cart in carts])
        held = np.concatenate(carts)
        sums = []
        for table in tables:
            places, of = table.of(held)
            cells = owner[of] * products + table.other[places]
            total = np.bincount(cells, table.weight[places], many * products)
            total[owner * products + held] = 0
            sums.append(total.astype(np.float32))
        any_said = np.flatnonzero(np.any([total != 0 for total in sums], axis=0))
        case, product = np.divmod(any_said, products)
        wanted = np.arange(many) * products + cases.bought[low : low + at_once]
        place = np.searchsorted(any_said, wanted)
        known = (
            any_said[np.minimum(place, len(any_said) - 1)] == wanted if len(any_said) else place < 0
        )
        yield Scores(
            starts=np.searchsorted(case, np.arange(many)),
            case=case + low,
            product=product,
            bought=np.where(known, place, -1),
            weights=np.array([total[any_said] for total in sums]),
        )


def ranks(scores: Scores, said: Weights) -> Integers:
    """How many products come before the one bought in the end; a large number where it is unknown.

    Of equals, half come before.
    """
    known = scores.bought >= 0
    mark = np.where(known, said[scores.bought], np.inf).astype(np.float32)
    rivals = np.flatnonzero(said >= mark[scores.case])
    cases = scores.case[rivals]
    ahead = said[rivals] > mark[cases]
    before = np.bincount(cases, 1.0 + ahead, len(mark))
    found: Integers = (before // 2).astype(np.int64)
    return np.where(known & (mark > 0), found, 1_000_000)


def gains(ranks: Integers) -> NDArray[np.float64]:
    """What a rank is worth: something for being among the ten, more for standing high up."""
    return np.where(ranks < RANKED, 0.5 + 1 / np.log2(ranks + 2.0), 0.0)


class Trial:
    """What every mixture gains on one set of cases; each is computed once."""

    def __init__(self, asked: Cases, scores: Scores, trends: NDArray[np.float64]) -> None:
        self._scores = scores
        self._ranges = asked.ranges
        self._trends = trends
        self._known: dict[tuple[int, int, Share], NDArray[np.float64]] = {}

    def gain(self, near: int, ridge: int, share: Share) -> NDArray[np.float64]:
        """For each range of cart sizes, what it adds to the mean gain of all cases."""
        key = (near if share.near else -1, ridge if share.ridge else -1, share)
        if key not in self._known:
            weights = self._scores.weights
            said = share.near * weights[near] + share.ridge * weights[ridge]
            found = gains(ranks(self._scores, said.astype(np.float32)))
            sums = np.bincount(self._ranges, found, len(SIZES) + 1)
            self._known[key] = sums / len(self._ranges)
        return self._known[key]

    def whole_gain(self, shares: Sequence[Share], trend: Trend) -> float:
        """The mean gain of all cases; of two tables, each range of sizes with its own share."""
        return float(gains(self._ranks(shares, trend)).mean())

    def hits(self, shares: Sequence[Share], trend: Trend) -> float:
        """The share of the cases whose product is among the ten."""
        return float((self._ranks(shares, trend) < RANKED).mean())

    def _ranks(self, shares: Sequence[Share], trend: Trend) -> Integers:
        near, ridge = self._scores.weights
        case, product = self._scores.case, self._scores.product
        said = self._of(case, [share.near for share in shares])
        said *= near * self._lately(trend.near)[product]
        more = self._of(case, [share.ridge for share in shares])
        more *= ridge * self._lately(trend.ridge)[product]
        return ranks(self._scores, said + more)

    def _of(self, case: Integers, of_range: Sequence[float]) -> Weights:
        part: Weights = np.array(of_range, np.float32)[self._ranges][case]
        return part

    def _lately(self, exponent: float) -> Weights:
        return (self._trends**exponent).astype(np.float32)
