"""How a test stands: its arms by contribution margin, a verdict, and what the test can find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from plugin.model import Shop
from plugin.services import experiments
from plugin.services.arms import COURTESY, HOLDOUT
from plugin.services.context import Context
from plugin.services.experiments import Arm
from plugin.services.insight import verdicts
from plugin.services.insight.counts import day_of
from plugin.services.insight.results import ArmSums, ReadArm, Reading, Verdict
from plugin.services.statistics import Interval
from plugin.store import campaigns, margin_days
from plugin.store.margin_days import ArmDay

#: A test is read at the end of each second week: whole weeks, for weekends buy otherwise.
READING_DAYS = 14


def reading_of(
    context: Context, shop: Shop, campaign_id: int, version: int | None = None
) -> Reading:
    """Return how the newest version of a campaign stands, or an earlier one.

    Over all its days: who may choose the days will find some that please. NotFoundError for a
    campaign of another shop, or a version that was never published.
    """
    result = experiments.result(context, shop, campaign_id, version)
    today = day_of(shop, context.now())
    with context.db.read() as connection:
        place = (connection, shop.id, campaign_id, result.version)
        since = margin_days.first_day(*place) or today
        replaced = campaigns.replaced_at(*place)
        # What still comes of an earlier version comes of few: it is no rate to reckon with.
        last = max(since, day_of(shop, replaced)) if replaced else today
        days = margin_days.arm_days(
            connection, shop.id, since, today, campaign=campaign_id, version=result.version
        )
    names = [arm.name for arm in result.arms]
    invalid = result.sample_ratio.suspicious
    sums = {name: verdicts.sums_of(row for row in days if row.arm == name) for name in names}
    arms = tuple(_arm(arm, sums, days, invalid=invalid) for arm in result.arms)
    one, against = ("b", "a") if "b" in names else ("a", HOLDOUT)
    difference = None if invalid else _difference(sums, days, one, against)
    exposures = sum(arm.sums.exposures for arm in arms)
    following = next_reading(since, today)
    verdict: Verdict = "invalid" if invalid else "undecidable"
    if difference is not None:
        margin = sums[against].margin_per_100 or 0.0
        verdict = verdicts.verdict_of(difference, margin, only_a=one == "a")
    return Reading(
        campaign=campaign_id,
        version=result.version,
        since=since,
        currency=shop.currency,
        arms=arms,
        verdict=verdict,
        difference=difference,
        detectable=_detectable(days, difference, one, against, (since, today, following)),
        per_day=verdicts.per_day(exposures, since, last),
        next_reading=following,
        even=None if result.sample_ratio.p is None else not invalid,
        apart=sum(row.exposures for row in days if row.arm == COURTESY),
    )


def next_reading(since: date, today: date) -> date:
    """Return the next last day of two whole weeks of a test."""
    done = ((today - since).days + 1) // READING_DAYS
    return since + timedelta(days=(done + 1) * READING_DAYS - 1)


def _arm(arm: Arm, sums: dict[str, ArmSums], days: Sequence[ArmDay], *, invalid: bool) -> ReadArm:
    held = arm.name == HOLDOUT
    return ReadArm(
        arm=arm.name,
        weight=arm.weight,
        sums=sums[arm.name],
        conversions=dict(arm.outcomes),
        against_holdout=None if held or invalid else _difference(sums, days, arm.name, HOLDOUT),
    )


def _difference(
    sums: dict[str, ArmSums], days: Sequence[ArmDay], one: str, against: str
) -> Interval | None:
    """Return the difference of 100 exposures in the shop's currency, None where it were a guess."""
    if one not in sums or against not in sums:
        return None
    groups = sums[one], sums[against]
    if verdicts.too_few(*groups) or verdicts.costs_missing(*groups):
        return None
    # Hundredths of a try are units of a hundred tries.
    both = verdicts.compared(days, one, against)
    return both.difference() if both.weight else None  # never on the same day: nothing compared


def _detectable(
    days: Sequence[ArmDay],
    difference: Interval | None,
    one: str,
    against: str,
    when: tuple[date, date, date],
) -> float | None:
    if difference is None:
        return None
    since, today, following = when
    found = verdicts.compared(days, one, against)
    grown = ((following - since).days + 1) / ((today - since).days + 1)
    return found.detectable(found.weight * grown)
