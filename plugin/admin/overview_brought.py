"""The first panel of the overview: what Bleib brought in, or why no figure is stated yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from plugin.admin.held_line import HeldLine, held_line
from plugin.admin.range_marks import Axis, Mark, axis_around, mark
from plugin.model import Shop
from plugin.services import insight
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.insight import CampaignEarned, CurveDay, Earned

#: A holdout of this share is offered where a smaller one takes long, in percent.
_LARGER = 20
#: Waiting less than this is not worth showing nothing to more visitors.
_LONG = timedelta(days=21)


@dataclass(frozen=True)
class Waiting:
    """How far the holdout is towards a first figure, and what would be quicker.

    `needed` is rounded: it is an estimate itself. `sooner` is None where little would be gained.
    """

    needed: int
    share: float
    sooner: date | None
    larger: Decimal = Decimal(_LARGER) / 100


@dataclass(frozen=True)
class Brought:
    """Everything that the panel shows; `mark` and `axis` are None where nothing is stated."""

    earned: Earned
    held_share: Decimal
    axis: Axis | None
    mark: Mark | None
    line: HeldLine | None
    last: CurveDay | None
    waiting: Waiting | None
    cause: Campaign | None
    settled_by: Campaign | None


def brought_of(
    context: Context,
    shop: Shop,
    start: date,
    end: date,
    listed: list[Campaign],
    beside: Sequence[CampaignEarned] | None = None,
) -> Brought:
    """Return what Bleib brought from `start` to `end`, both included.

    `listed` are the campaigns of the shop; `beside` is what each of them brought, where that was
    asked already.
    """
    earned = insight.earned(context, shop, start, end, beside)
    estimate = earned.estimate
    axis = None if estimate is None else axis_around([estimate])
    first = earned.curve[0].day - timedelta(days=6) if earned.curve else start
    # Before the first days that were counted there is nothing to leave room for.
    drawn_from = max(start, first) if earned.state == "too_few" else start
    ready = earned.ready_on if earned.state == "too_few" else None
    return Brought(
        earned=earned,
        held_share=Decimal(str(round(earned.held_percent / 100, 3))),
        axis=axis,
        mark=None if estimate is None or axis is None else mark(estimate, axis),
        line=held_line(earned.curve, drawn_from, end, ready),
        last=earned.curve[-1] if earned.curve else None,
        waiting=waiting_of(earned) if earned.state == "too_few" else None,
        cause=next((one for one in listed if one.id == earned.cause), None),
        settled_by=_with_holdout_to_set(context, listed),
    )


def waiting_of(earned: Earned) -> Waiting | None:
    """Return how far a shop is that has too little yet; None where no day can be told.

    The variance of a difference goes with 1 / (n p (1 - p)) for n visitors of whom a share p sees
    nothing: a larger p needs fewer of them, and those who were drawn already keep their weight.
    """
    if earned.ready_on is None or earned.ready_on <= earned.end:
        return None
    left = (earned.ready_on - earned.end).days
    share = earned.held_percent / 100
    needed = earned.held.exposures + left * earned.per_day * share
    digits = max(len(str(int(needed))) - 2, 0)
    reached = min(earned.held.exposures / needed, 1.0) if needed else 0.0
    return Waiting(round(needed, -digits).__trunc__(), reached, _sooner(earned.end, left, share))


def _sooner(end: date, left: int, share: float) -> date | None:
    larger = _LARGER / 100
    if not 0 < share < larger:
        return None
    days = round(left * share * (1 - share) / (larger * (1 - larger)))
    return end + timedelta(days=days) if timedelta(days=left - days) >= _LONG else None


def _with_holdout_to_set(context: Context, listed: list[Campaign]) -> Campaign | None:
    """Return the campaign whose test section is opened first: one that runs and may have one."""
    able = [
        one for one in listed if "experiment" in context.widgets[one.widget].settings.model_fields
    ]
    return next((one for one in able if one.state == "published"), able[0] if able else None)
