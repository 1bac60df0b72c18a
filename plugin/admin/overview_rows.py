"""The widgets of the overview: state, what was shown, and each estimate on one shared axis."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plugin.admin.frame import words
from plugin.admin.range_marks import Axis, Mark, axis_of_rows, mark
from plugin.contracts.widget import Widget
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.insight import CampaignEarned, Totals

#: Whom everyone sees: nothing to compare with.
_SERVICE = "service"


@dataclass(frozen=True)
class Row:
    """One campaign: `shown` is None where it never ran, `why` says why there is no mark."""

    campaign: Campaign
    name: str
    state: str
    shown: int | None
    mark: Mark | None
    why: str


@dataclass(frozen=True)
class Rows:
    """All rows and the axis that they share; None while no row has an estimate."""

    rows: tuple[Row, ...]
    axis: Axis | None


def rows_of(
    context: Context,
    figures: Totals,
    beside: Sequence[CampaignEarned],
    listed: Sequence[Campaign],
    blocked: Collection[int],
) -> Rows:
    """Return the campaigns of a shop with what each brought over the days of `figures`.

    `blocked` are those whose draft cannot be published as it is.
    """
    earned = {one.campaign: one for one in beside}
    stated = [one.estimate for one in earned.values() if one.estimate is not None]
    axis = axis_of_rows(stated) if stated else None
    rows = []
    for one in listed:
        state = "blocked" if one.state == "draft" and one.id in blocked else one.state
        rows.append(_row(context, one, state, earned.get(one.id), axis, figures))
    return Rows(tuple(sorted(rows, key=_place)), axis)


def _place(row: Row) -> float:
    """Return where a row stands: what brought most first, then what is not compared."""
    return math.inf if row.mark is None else -float(row.mark.value)


def _row(
    context: Context,
    campaign: Campaign,
    state: str,
    earned: CampaignEarned | None,
    axis: Axis | None,
    figures: Totals,
) -> Row:
    widget = context.widgets[campaign.widget]
    estimate = None if earned is None else earned.estimate
    if campaign.version == 0:
        why, shown = "draft", None
    else:
        why = "too_few" if earned is None else _why(earned, widget)
        shown = _shown(campaign, earned, figures)
    return Row(
        campaign=campaign,
        name=words().name_of(campaign, widget),
        state=state,
        shown=shown,
        mark=None if estimate is None or axis is None else mark(estimate, axis),
        why=why,
    )


def _why(earned: CampaignEarned, widget: Widget) -> str:
    """Return why there is no mark: to sign up is no service, even where everyone may."""
    asks = earned.state == _SERVICE and widget.collects_consent
    return "form" if asks else str(earned.state)


def _shown(campaign: Campaign, earned: CampaignEarned | None, figures: Totals) -> int:
    """Return how often a campaign was shown; what nobody draws for is counted by its widget."""
    if earned is None or earned.state == _SERVICE:
        return figures.of(campaign.widget).total("impression")
    return earned.given.exposures
