"""What may be said of two groups, and when: the same rules for the overview and for every test."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from plugin.services.arms import HOLDOUT
from plugin.services.experiments import LEAST_EXPOSURES
from plugin.services.insight.comparing import Comparison
from plugin.services.insight.margins import HUNDREDTHS
from plugin.services.insight.results import ArmSums, State, Verdict
from plugin.services.statistics import Interval, Sums
from plugin.store.margin_days import ArmDay

#: Below this many orders with a known margin in one of two groups no amount of money is stated.
LEAST_ORDERS = 10
#: Where the cost of more orders than this share is unknown, no margin is stated.
MOST_UNKNOWN = 0.05
#: Differences below this share of the compared margin need no decision: a test whose range lies
#: within it to both sides says that there is none.
NEGLIGIBLE = 0.1
#: A date that lies further ahead is none to wait for.
_FARTHEST_DAYS = 365


def sums_of(days: Iterable[ArmDay]) -> ArmSums:
    """Add up what was counted."""
    rows = list(days)
    revenue, discount, margin = (
        Decimal(sum(getattr(row, name) for row in rows)) / HUNDREDTHS
        for name in ("revenue", "discount", "margin")
    )
    return ArmSums(
        exposures=sum(row.exposures for row in rows),
        orders=sum(row.orders for row in rows),
        revenue=revenue,
        discount=discount,
        margin=margin,
        unknown=sum(row.unknown for row in rows),
    )


def tried(days: Iterable[ArmDay]) -> Sums:
    """Return the margins of one group as values of its exposures, in hundredths."""
    margin, squares, exposures = 0, 0.0, 0
    for row in days:
        margin += row.margin
        squares += row.squares
        exposures += row.exposures
    return Sums(margin, squares, exposures)


def measured(days: Sequence[ArmDay]) -> list[ArmDay]:
    """Return the days from the first to the last on which somebody was held out.

    Before and after it nobody measured, and what was not measured is not multiplied with.
    """
    held = [row.day for row in days if row.arm == HOLDOUT and row.exposures]
    return [row for row in days if held and min(held) <= row.day <= max(held)]


def too_few(one: ArmSums, other: ArmSums) -> bool:
    """Tell whether any amount would be a guess."""
    return min(one.exposures, other.exposures) < LEAST_EXPOSURES or (
        min(one.orders, other.orders) < LEAST_ORDERS
    )


def costs_missing(one: ArmSums, other: ArmSums) -> bool:
    """Tell whether there are orders enough, but not of known cost."""
    known = min(sums.orders - sums.unknown for sums in (one, other))
    return known < LEAST_ORDERS or unpriced(one, other)


def unpriced(one: ArmSums, other: ArmSums) -> bool:
    """Tell whether the cost of too many orders is unknown for any margin."""
    return one.unknown + other.unknown > MOST_UNKNOWN * (one.orders + other.orders)


def clear(estimate: Interval) -> State:
    """Return on which side of zero a range lies."""
    if estimate.low > 0:
        return "gain"
    return "loss" if estimate.high < 0 else "unclear"


def scaled(each: Interval, times: float) -> Interval:
    """Return a range of so many tries."""
    return Interval(*(value * times for value in each))


def verdict_of(difference: Interval, against: float, *, only_a: bool) -> Verdict:
    """Return what a test says; `against` is the margin of the group that is compared with.

    With a variant b the difference is that of b to a, else that of a to the holdout.
    """
    if difference.low > 0:
        return "a_more" if only_a else "b_more"
    if difference.high < 0:
        return "less" if only_a else "a_more"
    widest = max(-difference.low, difference.high)
    return "no_difference" if widest <= NEGLIGIBLE * abs(against) else "undecidable"


def ready_on(given: ArmSums, held: ArmSums, first: date | None, today: date) -> date | None:
    """Return when there will be enough at the rate so far; None where nobody can tell."""
    if first is None or not held.exposures:
        return None
    days = max((today - first).days, 1)
    orders = held.orders + given.orders
    # Few orders of the holdout say little about its rate: that of all says more.
    share = held.exposures / (held.exposures + given.exposures)
    waits = [(LEAST_EXPOSURES - held.exposures) * days / held.exposures]
    if held.orders < LEAST_ORDERS:
        if not orders:
            return None
        waits.append((LEAST_ORDERS - held.orders) * days / (orders * share))
    wait = max(math.ceil(max(waits)), 1)
    return today + timedelta(days=wait) if wait <= _FARTHEST_DAYS else None


def per_day(exposures: int, first: date | None, last: date) -> int:
    """Return the exposures of a day."""
    return 0 if first is None else round(exposures / ((last - first).days + 1))


def compared(days: Iterable[ArmDay], arm: str | None, against: str = HOLDOUT) -> Comparison:
    """Compare an arm (None: every one but the holdout) with another, day by day and by version."""
    found = Comparison()
    by_day: dict[date, list[ArmDay]] = {}
    for row in days:
        by_day.setdefault(row.day, []).append(row)
    for _, rows in sorted(by_day.items()):
        add_day(found, rows, arm, against)
    return found


def add_day(
    comparison: Comparison, rows: Iterable[ArmDay], arm: str | None = None, against: str = HOLDOUT
) -> None:
    """Add one day to a comparison, each version for itself: another share is another draw."""
    strata: dict[int, list[ArmDay]] = {}
    for row in rows:
        strata.setdefault(row.version, []).append(row)
    for _, some in sorted(strata.items()):
        one = [row for row in some if (row.arm == arm if arm else row.arm != HOLDOUT)]
        comparison.add(tried(one), tried(row for row in some if row.arm == against))
