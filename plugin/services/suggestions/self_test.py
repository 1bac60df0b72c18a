"""Tries every setting on the latest orders of a shop, foretold from those before.

Each of these orders is asked twice: what goes with a small part of it (one to three products), and
what goes with all but one of its products? A setting is worth how often and how high up the
product comes that was bought in the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as every

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions import ridge
from plugin.services.suggestions.closeness import closest
from plugin.services.suggestions.co_occurrence import Basket, Counts, Integers, kept, without
from plugin.services.suggestions.mixture import SIZES, Setting, Share, Trend, sharpened
from plugin.services.suggestions.tables import Table
from plugin.services.suggestions.trend import trends
from plugin.services.suggestions.trial import Cases, Trial, score

ALPHAS = (0.0, 0.15, 0.3, 0.5)
POWERS = (1, 2)
NEARS = tuple(every(ALPHAS, POWERS))
RIDGES = ((5.0, 0.2), (5.0, 1.0), (5.0, 3.0))
OTHER_TRENDS = (0.0, 0.3)
SHARES = (
    Share(1.0, 0.0),
    Share(1.0, 0.5),
    Share(1.0, 1.0),
    Share(0.5, 1.0),
    Share(0.25, 1.0),
    Share(0.0, 1.0),
)
WITHOUT_EVIDENCE = Setting(0.3, 2, 5.0, 1.0, Trend(0.0, 0.0), (Share(1.0, 0.5),) * (len(SIZES) + 1))
FEWEST_CASES = 30
_SHARE_HELD_BACK = 10
_MOST_HELD_BACK = 2_500
_FEW = (1_200, 400)
_MANY = (4_000, 1_600)
_LONGEST_CART = 50
_ROUNDS = 4
_QUICK_SOURCES = 50
_TREND = 0.15
_CLEARLY = 1.01


@dataclass(frozen=True, slots=True)
class Chosen:
    """The setting, and how it was found.

    `hits` are the shares of carts whose missing product was among the ten: of small parts of an
    order ("small") and of whole orders but one ("large"). Empty without evidence.
    """

    setting: Setting
    hits: dict[str, float]
    cases: dict[str, int]


def held_back(counts: Counts, recent: Sequence[Basket]) -> Sequence[Basket]:
    """The latest tenth of the orders: what the test may ask about."""
    most = min(_MOST_HELD_BACK, counts.orders // _SHARE_HELD_BACK)
    return recent[len(recent) - min(most, len(recent)) :]


def cases(
    counts: Counts, baskets: Sequence[Basket], small: bool, most: int, seed: int = 0
) -> Cases:
    """Carts made from orders, as often as it takes to have enough, at most four times each."""
    number = {name: place for place, name in enumerate(counts.products)}
    known = [
        [place for name in kept(basket.products) if counts.own[place := number[name]]]
        for basket in baskets
    ]
    usable = [products for products in known if len(products) >= 2]
    chance = np.random.default_rng(seed)
    carts: list[Integers] = []
    bought: list[int] = []
    for _ in range(_ROUNDS if usable else 0):
        for place in chance.permutation(len(usable)):
            if len(carts) >= most:
                break
            mixed = chance.permutation(usable[place])
            size = int(chance.integers(1, 4)) if small else _LONGEST_CART
            carts.append(np.sort(mixed[1:][:size]))
            bought.append(int(mixed[0]))
    return Cases(carts, np.array(bought, np.int64))


def choose(counts: Counts, recent: Sequence[Basket]) -> Chosen:
    """The setting that best foretells the latest orders from those before.

    Few cases choose closeness and ridge among all; many then weigh the two that are left.
    """
    latest = held_back(counts, recent)
    earlier = without(counts, latest)
    lately = trends(earlier, recent[: len(recent) - len(latest)])
    near = [
        sharpened(table, power)
        for table in (closest(earlier, alpha) for alpha in ALPHAS)
        for power in POWERS
    ]
    few = _asked(earlier, latest, _FEW)
    many = _asked(earlier, latest, _MANY)
    numbers = {name: len(some.carts) for name, some in many.items()}
    if numbers["small"] < FEWEST_CASES:
        return Chosen(WITHOUT_EVIDENCE, {}, numbers)
    ridged = [table.scaled() for table in ridge.tables(earlier, RIDGES, _QUICK_SOURCES)]
    first, second = _best_tables(_trials(few, [*near, *ridged], lately))
    trials = _trials(many, [near[first], ridged[second]], lately)
    shares = _best_shares(trials)
    trend = _best_trend(trials, shares)
    (alpha, power), (penalty, denoising) = NEARS[first], RIDGES[second]
    setting = Setting(alpha, power, penalty, denoising, trend, shares)
    rates = [round(trial.hits(shares, trend), 4) for trial in trials]
    return Chosen(setting, dict(zip(many, rates, strict=True)), numbers)


def _asked(earlier: Counts, latest: Sequence[Basket], most: tuple[int, int]) -> dict[str, Cases]:
    return {
        "small": cases(earlier, latest, small=True, most=most[0]),
        "large": cases(earlier, latest, small=False, most=most[1]),
    }


def _trials(
    asked: Mapping[str, Cases], tables: Sequence[Table], lately: NDArray[np.float64]
) -> list[Trial]:
    products = len(lately)
    return [Trial(some, score(some, tables, products), lately) for some in asked.values()]


def _best_tables(trials: Sequence[Trial]) -> tuple[int, int]:
    """The closeness and the ridge that gain most together, each range with its best share."""

    def gained(pair: tuple[int, int]) -> float:
        near, ridged = pair[0], len(NEARS) + pair[1]
        return float(_gains(trials, near, ridged).max(axis=0).sum())

    return max(every(range(len(NEARS)), range(len(RIDGES))), key=gained)


def _best_shares(trials: Sequence[Trial]) -> tuple[Share, ...]:
    return tuple(SHARES[place] for place in _gains(trials, 0, 1).argmax(axis=0))


def _best_trend(trials: Sequence[Trial], shares: tuple[Share, ...]) -> Trend:
    """A little of what sells better lately, unless another trend is clearly better.

    First for the ridge, then for closeness. Seasons are real and short: the tenth of the orders
    that is asked about tells too little of them to follow every difference.
    """

    def gained(trend: Trend) -> float:
        return sum(trial.whole_gain(shares, trend) for trial in trials)

    best, most = Trend(_TREND, _TREND), gained(Trend(_TREND, _TREND)) * _CLEARLY
    for kind in ("ridge", "near"):
        for exponent in OTHER_TRENDS:
            tried = replace(best, **{kind: exponent})
            gain = gained(tried)
            if gain > most:
                best, most = tried, gain
    return best


def _gains(trials: Sequence[Trial], near: int, ridged: int) -> NDArray[np.float64]:
    """What each share gains (rows) on carts of each range of sizes."""
    return np.array([sum(trial.gain(near, ridged, share) for trial in trials) for share in SHARES])
