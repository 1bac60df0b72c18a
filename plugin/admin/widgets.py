"""Widgets: what runs, for whom, and what is in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.contracts.widget import Widget
from plugin.errors import InvalidFieldError
from plugin.services import campaigns, insight
from plugin.services.campaigns import Campaign
from plugin.services.insight import WidgetFigures

#: Days of the one counted result in each row.
_COUNTED_DAYS = 28


@dataclass(frozen=True)
class Row:
    """One campaign of the list."""

    campaign: Campaign
    widget: Widget
    state: str
    open_checks: int
    result: tuple[str, str]

    @property
    def on(self) -> bool:
        """Tell whether shoppers see it."""
        return self.campaign.state == "published"


@blueprint.get("/widgets")
def widgets() -> Response:
    """List the shop's campaigns."""
    context, shop = current_context(), this_shop()
    today = insight.day_of(shop, context.now())
    figures = insight.overview(context, shop, today - timedelta(days=_COUNTED_DAYS - 1), today)
    rows = []
    for campaign in campaigns.all_of(context, shop):
        widget = context.widgets[campaign.widget]
        failed = sum(not check.passed for check in campaigns.checks(context, shop, campaign))
        result = _result(widget, figures.of(campaign.widget), words())
        rows.append(Row(campaign, widget, _state(campaign, failed), failed, result))
    return page("widgets.html", rows=rows)


@blueprint.post("/widgets/<int:campaign_id>/on")
def widget_on(campaign_id: int) -> Response:
    """Let the published version run again, or publish for the first time."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    if campaign.version:
        campaigns.resume(context, shop, campaign_id)
        return to("widgets", done="on")
    try:
        campaigns.publish(context, shop, campaign_id, revision=campaign.revision)
    except InvalidFieldError:
        return to("editor", campaign_id=campaign_id, blocked=1, _anchor="checks")
    return to("widgets", done="on")


@blueprint.post("/widgets/<int:campaign_id>/off")
def widget_off(campaign_id: int) -> Response:
    """Take a campaign off the storefront."""
    campaigns.pause(current_context(), this_shop(), campaign_id)
    return to("widgets", done="off")


def _state(campaign: Campaign, failed: int) -> str:
    if campaign.state in ("published", "paused"):
        return campaign.state
    return "blocked" if failed else "draft"


def _result(widget: Widget, figures: WidgetFigures, wording: Words) -> tuple[str, str]:
    """Return number and meaning of what counts for this kind of widget."""
    for kind, beside in (("confirmed", "sign_up"), ("bought", "add"), ("view", "impression")):
        if kind in widget.counted:
            first, second = (wording.number(figures.total(name)) for name in (kind, beside))
            return first, wording.t(f"widgets.result.{kind}", other=second)
    return wording.number(figures.total("impression")), wording.t("widgets.result.shown")
