"""The widgets of the overview: state, what was shown, and each estimate on one shared axis."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from plugin.admin.frame import words
from plugin.admin.range_marks import Axis, Mark, axis_of_rows, mark
from plugin.model import Shop
from plugin.services import campaigns, insight
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.insight import CampaignEarned, Overview

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


def rows_of(context: Context, shop: Shop, figures: Overview, blocked: Collection[int]) -> Rows:
    """Return the campaigns of a shop with what each brought over the days of `figures`.

    `blocked` are those whose draft cannot be published as it is.
    """
    earned = {
        one.campaign: one for one in insight.by_campaign(context, shop, figures.start, figures.end)
    }
    stated = [one.estimate for one in earned.values() if one.estimate is not None]
    axis = axis_of_rows(stated) if stated else None
    rows = []
    for one in campaigns.all_of(context, shop):
        state = "blocked" if one.state == "draft" and one.id in blocked else one.state
        rows.append(_row(context, one, state, earned.get(one.id), axis, figures))
    return Rows(tuple(rows), axis)


def _row(
    context: Context,
    campaign: Campaign,
    state: str,
    earned: CampaignEarned | None,
    axis: Axis | None,
    figures: Overview,
) -> Row:
    widget = context.widgets[campaign.widget]
    estimate = None if earned is None else earned.estimate
    if campaign.version == 0:
        why, shown = "draft", None
    else:
        why = "too_few" if earned is None else str(earned.state)
        shown = _shown(campaign, earned, figures)
    return Row(
        campaign=campaign,
        name=words().name_of(campaign, widget),
        state=state,
        shown=shown,
        mark=None if estimate is None or axis is None else mark(estimate, axis),
        why=why,
    )


def _shown(campaign: Campaign, earned: CampaignEarned | None, figures: Overview) -> int:
    """Return how often a campaign was shown; what nobody draws for is counted by its widget."""
    if earned is None or earned.state == _SERVICE:
        return figures.of(campaign.widget).total("impression")
    return earned.given.exposures
