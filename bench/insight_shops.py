"""Simulated shops for `bench.insight`: what is shown and what is held out, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plugin.services.experiments import LEAST_EXPOSURES
from plugin.services.insight.comparing import Comparison
from plugin.services.insight.verdicts import LEAST_ORDERS
from plugin.services.statistics import Sums

HOLDOUT = 0.1
#: Exposures a day, shares of them that order, and how much the margins of orders vary (standard
#: deviation by mean): from the smallest shop that can measure anything to a large one.
_TRAFFIC, _BUYING, _SPREAD = (60, 3000), (0.005, 0.04), (0.5, 1.5)
_MARGIN = 22.0
#: Of a tail that is as heavy as any with a variance that can be worked with: standard deviation
#: 2.2 times the mean, a fourth moment that does not exist.
_TAIL = 2.5
#: Of the buyers who are recognised, how often one buys again within so many days, on average.
_AGAIN, _WITHIN = 0.35, 60
#: "heavy": few orders are most of the margin. "again": all have allowed to be recognised and keep
#: their group, and many buy more than once, so that their orders hang together.
Kind = Literal["usual", "heavy", "again"]


class Group(NamedTuple):
    """One group of a shop, by day: margins as values of exposures, and how many orders."""

    sums: tuple[Sums, ...]
    orders: tuple[int, ...]


class Shop(NamedTuple):
    """One shop; `truth` is by how much more an exposure brings where something is shown."""

    shown: Group
    held: Group
    truth: float


def shop(seed: int, number: int, days: int, truth: float = 0.0, kind: Kind = "usual") -> Shop:
    """Make a shop; the same seed and number make the same one, with another effect or without.

    Weekends, a season and chance move the traffic; margins are log-normal, so that few orders make
    up much of the sum. What comes on top comes as more orders of the same kind.
    """
    chance = np.random.default_rng([seed, number])
    traffic = np.exp(chance.uniform(*np.log(_TRAFFIC)))
    buying, spread = chance.uniform(*_BUYING), chance.uniform(*_SPREAD)
    weekly = 1 + 0.3 * np.sin(np.arange(days) * 2 * np.pi / 7)
    season = np.linspace(1, chance.uniform(0.7, 1.5), days)
    seen = chance.poisson(traffic * weekly * season * chance.uniform(0.9, 1.1, days))
    held = chance.binomial(seen, HOLDOUT)
    more = buying + truth / _MARGIN
    return Shop(
        _group(chance, seen - held, more, spread, kind),
        _group(chance, held, buying, spread, kind),
        truth,
    )


def _group(
    chance: Generator, tries: NDArray[np.int64], buying: float, spread: float, kind: Kind
) -> Group:
    orders = chance.binomial(tries, min(buying, 1.0))
    if kind == "again":
        orders += _again(chance, orders)
    count, sigma = int(orders.sum()), np.sqrt(np.log1p(spread**2))
    if kind == "heavy":
        values = chance.pareto(_TAIL, count) * _MARGIN * (_TAIL - 1)
    else:
        values = chance.lognormal(np.log(_MARGIN) - sigma**2 / 2, sigma, count)
    ends = np.cumsum(orders)
    totals, squares = (np.concatenate([[0.0], np.cumsum(one)]) for one in (values, values**2))
    days = zip(
        (totals[ends] - totals[ends - orders]).tolist(),
        (squares[ends] - squares[ends - orders]).tolist(),
        tries.tolist(),
        strict=True,
    )
    return Group(tuple(Sums(*day) for day in days), tuple(orders.tolist()))


def _again(chance: Generator, orders: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return by day what buyers buy later: most of them nothing, a few of them often."""
    first = np.repeat(np.arange(len(orders)), orders)
    liking = chance.gamma(0.5, _AGAIN / 0.5, len(first))
    later = np.repeat(first, chance.poisson(liking))
    later = later + chance.integers(1, _WITHIN + 1, len(later))
    return np.bincount(later[later < len(orders)], minlength=len(orders))


def looks(one: Shop, start: int = 0) -> Iterator[tuple[int, Comparison]]:
    """Return each day on which a merchant is told something, with all days from `start` to it."""
    comparison, shown, held = Comparison(), 0, 0
    for day in range(start, len(one.shown.sums)):
        comparison.add(one.shown.sums[day], one.held.sums[day])
        shown += one.shown.orders[day]
        held += one.held.orders[day]
        if min(shown, held) >= LEAST_ORDERS and comparison.other.tries >= LEAST_EXPOSURES:
            yield day, comparison


def moving(one: Shop, window: int) -> Iterator[tuple[int, Comparison]]:
    """Return each look at the latest `window` days, once there are as many."""
    for day in range(window, len(one.shown.sums)):
        latest = Shop(
            Group(one.shown.sums[: day + 1], one.shown.orders[: day + 1]),
            Group(one.held.sums[: day + 1], one.held.orders[: day + 1]),
            one.truth,
        )
        for at, comparison in looks(latest, day + 1 - window):
            if at == day:
                yield at, comparison
