"""Whether the figures hold what they say: shops without any effect, and with a planted one.

`python -m bench.insight [--shops N]`: each shop is looked at every day, through the code of the
merchant's pages (services/insight/comparing.py), and whatever it is ever told is counted.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.insight_shops import Kind, Shop, looks, moving, shop
from bench.report import Budget, print_table, verdict
from plugin.services.experiments import SUSPICIOUS_P
from plugin.services.insight.comparing import DAILY_Z, Comparison
from plugin.services.insight.reading import READING_DAYS
from plugin.services.statistics import Z95, Interval, split_evidence, split_p

SEED = 20261122
SHOPS = 2000
DAYS = 90
#: The day on which a test is asked what it finds until its next reading.
_ASKED = 28
_PLANTED = _ASKED + READING_DAYS


class Found(NamedTuple):
    """What all daily looks came to: how many shops were told something, and shares of these.

    `wrong`: ever told a difference that is none, or has the other sign. `covered`: the range held
    the truth at every look; `at_end`: at the last one.
    """

    told: int
    wrong: float
    covered: float
    at_end: float


def watched(some: Iterable[tuple[Shop, Iterable[Interval]]]) -> Found:
    """Count what the ranges of shops ever said wrongly."""
    told = wrong = covered = at_end = 0
    for one, seen in some:
        ranges = list(seen)
        if ranges:
            told += 1
            wrong += any(_wrong(each, one.truth) for each in ranges)
            covered += all(_holds(each, one.truth) for each in ranges)
            at_end += _holds(ranges[-1], one.truth)
    return Found(told, wrong / told, covered / told, at_end / told)


def _holds(found: Interval, truth: float) -> bool:
    return found.low <= truth <= found.high


def _wrong(found: Interval, truth: float) -> bool:
    return found.low > 0 >= truth or found.high < 0 <= truth


def ranges(seen: Iterable[tuple[int, Comparison]], z: float = DAILY_Z) -> Iterable[Interval]:
    """Return what a merchant reads at each look."""
    return (comparison.difference(z) for _, comparison in seen)


def without_effect(count: int, days: int, z: float = DAILY_Z) -> Found:
    """Look every day at shops in which nothing has any effect."""
    some = (shop(SEED, number, days) for number in range(count))
    return watched((one, ranges(looks(one), z)) for one in some)


def otherwise(count: int, days: int, kind: Kind) -> Found:
    """Look every day at shops without effect whose orders are not as calibrated for."""
    some = (shop(SEED + 3, number, days, 0.0, kind) for number in range(count))
    return watched((one, ranges(looks(one))) for one in some)


def called_uneven(count: int, days: int, window: int | None = None) -> float:
    """Return the share of shops whose sound split is called uneven on any of the days.

    With a `window`, at each look the split of so many latest days: that of the overview.
    """
    some = (shop(SEED, number, days) for number in range(count))
    return sum(_ever_uneven(one, window or days) for one in some) / count


def _ever_uneven(one: Shop, window: int) -> bool:
    shown, held = ([sums.tries for sums in group.sums] for group in (one.shown, one.held))
    for day in range(len(held)):
        latest = slice(max(day + 1 - window, 0), day + 1)
        evidence = split_evidence((sum(held[latest]), sum(shown[latest])), (10, 90))
        if split_p([evidence]) < SUSPICIOUS_P:
            return True
    return False


def moving_window(count: int, days: int) -> Found:
    """Look every day at the latest days of shops in which nothing has any effect."""
    some = (shop(SEED + 1, number, 2 * days) for number in range(count))
    return watched((one, ranges(moving(one, days))) for one in some)


def stated_size(one: Shop) -> float | None:
    """Return the difference that a test says, on its 28th day, to find until the next reading."""
    for day, comparison in looks(one):
        if day == _ASKED - 1:
            return comparison.detectable(comparison.weight * _PLANTED / _ASKED)
    return None


def planted(count: int) -> tuple[float, Found]:
    """Plant in shops the difference that their own test states; return how often it is found."""
    sized = [(number, stated_size(shop(SEED + 2, number, _PLANTED))) for number in range(count)]
    some = [shop(SEED + 2, number, _PLANTED, size) for number, size in sized if size is not None]
    told = [(one, list(ranges(looks(one)))) for one in some]
    found = sum(any(each.low > 0 for each in seen) for _, seen in told)
    return found / len(told), watched(told)


def main(arguments: Sequence[str]) -> int:
    """Simulates, prints the table and returns the exit code."""
    parser = ArgumentParser(prog="bench.insight")
    parser.add_argument("--shops", type=int, default=SHOPS)
    count = parser.parse_args(arguments).shops
    calm = without_effect(count, DAYS)
    year = without_effect(count, 365)
    moved = moving_window(count // 4, DAYS)
    naive = without_effect(count, DAYS, Z95)
    heavy, again = otherwise(count, DAYS, "heavy"), otherwise(count, DAYS, "again")
    uneven, moved_uneven = called_uneven(count, DAYS), called_uneven(count, 4 * DAYS, DAYS)
    power, effect = planted(count)
    head = ["looked at every day", "shops told", "false", "range held, all looks", "last look"]
    rows = [
        _row(f"without effect, {DAYS} days", calm),
        _row("without effect, 365 days", year),
        _row(f"without effect, the latest {DAYS} days for {DAYS} days", moved),
        _row(f"the same {DAYS} days, ranges for a single look", naive),
        _row(f"without effect, {DAYS} days, few orders are most of the margin", heavy),
        _row(f"without effect, {DAYS} days, all are recognised and buy again", again),
        _row(f"with the stated effect, {_PLANTED} days", effect),
    ]
    print_table(head, rows)
    print(f"\nfound with the effect that the test states on day {_ASKED}: {100 * power:.1f} %")
    print(f"sound splits that were ever called uneven in {DAYS} days: {100 * uneven:.2f} %")
    print(f"the latest {DAYS} days, looked at for {4 * DAYS} days: {100 * moved_uneven:.2f} %")
    return verdict(
        [
            Budget("false verdicts of 100 shops, 90 days", 100 * calm.wrong, 5),
            Budget("coverage in percent, 90 days", 100 * calm.covered, 94, at_least=True),
            Budget("coverage in percent, 90 days, no wider than needed", 100 * calm.covered, 97),
            Budget("effects found of 100", 100 * power, 80, at_least=True),
            Budget("sound splits of 1,000 ever called uneven", 1000 * uneven, 1),
        ]
    )


def _row(name: str, found: Found) -> list[str]:
    shares = (found.wrong, found.covered, found.at_end)
    return [name, f"{found.told:,}", *(f"{100 * share:.1f} %" for share in shares)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
