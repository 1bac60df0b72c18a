"""What Bleib brought: those who may see it against the shop's holdout, and campaign by campaign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from plugin.model import Shop
from plugin.services.arms import HOLDOUT, WHOLE, weights_of
from plugin.services.context import Context
from plugin.services.experiments import LEAST_EXPOSURES
from plugin.services.insight import verdicts
from plugin.services.insight.comparing import Comparison
from plugin.services.insight.counts import day_of
from plugin.services.insight.margins import HUNDREDTHS
from plugin.services.insight.results import ArmSums, CampaignEarned, CurveDay, Earned, State
from plugin.services.insight.splits import uneven
from plugin.services.statistics import Interval
from plugin.store import campaigns, margin_days
from plugin.store.campaigns import Campaign
from plugin.store.margin_days import ArmDay

_WEEK = 7
#: In these states a line would be as wrong as an amount.
_NO_LINE = ("no_costs", "uneven")


def earned(
    context: Context,
    shop: Shop,
    start: date,
    end: date,
    rows: Sequence[CampaignEarned] | None = None,
) -> Earned:
    """Return what the whole suite brought from `start` to `end`, both included.

    Only days from the first to the last one on which somebody was held out, for before and after
    nothing was measured. `rows` is what `by_campaign` says of these days, where it was asked
    already.
    """
    with context.db.read() as connection:
        found = margin_days.arm_days(connection, shop.id, start, end, campaign=WHOLE)
        published = campaigns.published_campaigns(connection, shop.id)
    days = verdicts.measured(found)
    given = verdicts.sums_of(row for row in days if row.arm != HOLDOUT)
    held = verdicts.sums_of(row for row in days if row.arm == HOLDOUT)
    measuring = bool(days) or any(HOLDOUT in weights_of(context, one) for one in published)
    estimate, state = _estimate(days, given, held, measuring=measuring or not published)
    if uneven(found, {row.version: row.version for row in found}):
        estimate, state = None, "uneven"
    first = min((row.day for row in days), default=None)
    last = min(end, day_of(shop, context.now()))
    exposures = given.exposures + held.exposures
    return Earned(
        start=start,
        end=end,
        currency=shop.currency,
        state=state,
        estimate=estimate,
        given=given,
        held=held,
        curve=() if state in _NO_LINE or verdicts.unpriced(given, held) else _curve(days),
        cause=_cause(rows or by_campaign(context, shop, start, end)) if state == "loss" else None,
        ready_on=verdicts.ready_on(given, held, first, last) if state == "too_few" else None,
        per_day=verdicts.per_day(exposures, first, last),
        held_percent=100 * held.exposures / exposures if exposures else 0.0,
    )


def by_campaign(context: Context, shop: Shop, start: date, end: date) -> tuple[CampaignEarned, ...]:
    """Return what each campaign that was ever live brought, in the merchant's order.

    Each against its own holdout: the amounts do not add up to that of `earned`.
    """
    with context.db.read() as connection:
        found = margin_days.by_campaign(margin_days.arm_days(connection, shop.id, start, end))
        all_of = campaigns.all_campaigns(connection, shop.id)
        live = {one.id: one for one in campaigns.published_campaigns(connection, shop.id)}
        met = sorted({(row.campaign, row.version) for rows in found.values() for row in rows})
        versions = campaigns.some_versions(connection, shop.id, met)
    drawn: dict[int, dict[int, int]] = defaultdict(dict)
    for one in versions:
        drawn[one.id][one.version] = weights_of(context, one).get(HOLDOUT, 0)
    rows = []
    for campaign in all_of:
        if campaign.version:
            now = live.get(campaign.id)
            holding = now is not None and HOLDOUT in weights_of(context, now)
            days, shares = found.get(campaign.id, []), drawn[campaign.id]
            rows.append(_of_campaign(context, campaign, days, shares, holding=holding))
    return tuple(rows)


def _of_campaign(
    context: Context,
    campaign: Campaign,
    found: Sequence[ArmDay],
    drawn: Mapping[int, int],
    *,
    holding: bool,
) -> CampaignEarned:
    days = verdicts.measured(found)
    given = verdicts.sums_of(row for row in days or found if row.arm != HOLDOUT)
    held = verdicts.sums_of(row for row in days if row.arm == HOLDOUT)
    estimate, state = _estimate(days, given, held, measuring=bool(days) or holding)
    if uneven(found, drawn):
        estimate, state = None, "uneven"
    widget = context.widgets.get(campaign.widget)
    serves = widget is not None and "experiment" not in widget.settings.model_fields
    return CampaignEarned(
        campaign=campaign.id,
        widget=campaign.widget,
        name=campaign.name,
        state="service" if serves else state,
        estimate=None if serves else estimate,
        given=given,
        held=held,
    )


def _estimate(
    days: Sequence[ArmDay], given: ArmSums, held: ArmSums, *, measuring: bool
) -> tuple[Interval | None, State]:
    if not measuring:
        return None, "no_holdout"
    if verdicts.too_few(given, held):
        return None, "too_few"
    if verdicts.costs_missing(given, held):
        return None, "no_costs"
    both = verdicts.compared(days, None)
    if not both.weight:  # never on the same day: that compares nothing
        return None, "too_few"
    estimate = verdicts.scaled(both.difference(), given.exposures / HUNDREDTHS)
    return estimate, verdicts.clear(estimate)


def _cause(rows: Sequence[CampaignEarned]) -> int | None:
    lost = [row for row in rows if row.estimate is not None and row.estimate.value < 0]
    worst = min(lost, key=lambda row: row.estimate.value if row.estimate else 0.0, default=None)
    return None if worst is None else worst.campaign


def _curve(days: Sequence[ArmDay]) -> tuple[CurveDay, ...]:
    """Return a point for each week and one for the last day, of all days up to it.

    In the first two weeks there is one for each day: a week is too long to wait for a line.

    Two at least: one point is no line.
    """
    if not days:
        return ()
    comparison, points = Comparison(), list[CurveDay]()
    first, last = days[0].day, days[-1].day
    step = _WEEK if (last - first).days >= 2 * _WEEK else 1
    for day, rows in groupby(days, key=lambda row: row.day):
        verdicts.add_day(comparison, rows)
        full = (day - first).days % step == step - 1
        compares = comparison.weight and comparison.other.tries >= LEAST_EXPOSURES
        if (full or day == last) and compares:
            points.append(_point(day, comparison))
    return tuple(points) if len(points) > 1 else ()


def _point(day: date, comparison: Comparison) -> CurveDay:
    # Hundredths of a try are units of a hundred tries.
    shown = comparison.one.total / comparison.one.tries
    more = comparison.difference()
    return CurveDay(day, shown, shown - more.value, shown - more.high, shown - more.low)
