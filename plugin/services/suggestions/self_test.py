"""Tries every setting on the latest orders of a shop, foretold from those before.

Each of these orders is asked twice: what goes with a small part of it (one to three products), and
what goes with all but one of its products? A setting is worth how often and how high up the
product comes that was bought in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as every

import numpy as np

from plugin.services.suggestions import ridge
from plugin.services.suggestions.closeness import closest
from plugin.services.suggestions.co_occurrence import Basket, Counts, Integers, kept, without
from plugin.services.suggestions.mixture import SIZES, Setting, Share, sharpened
from plugin.services.suggestions.trend import trends
from plugin.services.suggestions.trial import Cases, Trial, score

ALPHAS = (0.0, 0.15, 0.3, 0.5)
POWERS = (1, 2)
NEARS = tuple(every(ALPHAS, POWERS))
RIDGES = ((5.0, 0.2), (5.0, 1.0), (5.0, 3.0))
TRENDS = (0.0, 0.25, 0.5)
SHARES = (
    Share(1.0, 0.0),
    Share(1.0, 0.5),
    Share(1.0, 1.0),
    Share(0.5, 1.0),
    Share(0.25, 1.0),
    Share(0.0, 1.0),
)
WITHOUT_EVIDENCE = Setting(0.3, 2, 5.0, 1.0, 0.0, (Share(1.0, 0.5),) * (len(SIZES) + 1))
FEWEST_CASES = 30
_SHARE_HELD_BACK = 10
_MOST_HELD_BACK = 2_500
_SMALL_CASES = 2_000
_LARGE_CASES = 800
_LONGEST_CART = 50
_ROUNDS = 4


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
    """The setting that best foretells the latest orders from those before."""
    latest = held_back(counts, recent)
    earlier = without(counts, latest)
    asked = [
        cases(earlier, latest, small=True, most=_SMALL_CASES),
        cases(earlier, latest, small=False, most=_LARGE_CASES),
    ]
    many = {name: len(some.carts) for name, some in zip(("small", "large"), asked, strict=True)}
    if many["small"] < FEWEST_CASES:
        return Chosen(WITHOUT_EVIDENCE, {}, many)
    near = [
        sharpened(table, power)
        for table in (closest(earlier, alpha) for alpha in ALPHAS)
        for power in POWERS
    ]
    ridged = [table.scaled() for table in ridge.tables(earlier, RIDGES)]
    tables = [*near, *ridged]
    lately = trends(earlier, recent[: len(recent) - len(latest)])
    trials = [Trial(some, score(some, tables, len(counts.products)), lately) for some in asked]
    first, second, shares = _best(trials)
    trend = _best_trend(trials, first, second, shares)
    (alpha, power), (penalty, denoising) = NEARS[first], RIDGES[second]
    setting = Setting(alpha, power, penalty, denoising, trend, shares)
    hits = {
        name: round(some.hits(first, len(NEARS) + second, shares, trend), 4)
        for name, some in zip(many, trials, strict=True)
    }
    return Chosen(setting, hits, many)


def _best(trials: Sequence[Trial]) -> tuple[int, int, tuple[Share, ...]]:
    """The closeness, the ridge and the shares that gain most together."""
    found: list[tuple[float, int, int, tuple[Share, ...]]] = []
    for near, ridged in every(range(len(NEARS)), range(len(RIDGES))):
        gained = np.array(
            [
                sum(trial.gain(near, len(NEARS) + ridged, share) for trial in trials)
                for share in SHARES
            ]
        )
        best = gained.argmax(axis=0)
        total = float(gained.max(axis=0).sum())
        found.append((total, near, ridged, tuple(SHARES[place] for place in best)))
    _, near, ridged, shares = max(found, key=lambda one: one[0])
    return near, ridged, shares


def _best_trend(
    trials: Sequence[Trial], near: int, ridged: int, shares: tuple[Share, ...]
) -> float:
    def gained(trend: float) -> float:
        return sum(trial.whole_gain(near, len(NEARS) + ridged, shares, trend) for trial in trials)

    return max(TRENDS, key=gained)
