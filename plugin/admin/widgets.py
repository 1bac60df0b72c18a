"""Widgets: what runs, for whom, and what is in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response

from plugin.admin import sentences
from plugin.admin.campaigns_beside import pages_said
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.wording import Words
from plugin.api import current_context
from plugin.contracts.widget import Widget
from plugin.errors import InvalidFieldError
from plugin.services import campaigns, insight
from plugin.services.campaign_overlap import overlaps
from plugin.services.campaigns import Campaign
from plugin.services.insight import Overview, WidgetFigures
from plugin.services.why_links import why_url

#: Days of the one counted result in each row.
_COUNTED_DAYS = 28
#: What a shop without a campaign is offered: it interrupts nobody and costs no discount.
FIRST = "shipment_status"


@dataclass(frozen=True)
class Row:
    """One campaign of the list; `day` is the one its state speaks of."""

    campaign: Campaign
    widget: Widget
    state: str
    day: datetime | None
    open_checks: int
    result: tuple[str, str]
    name: str
    says: str
    place: int
    last: int

    @property
    def on(self) -> bool:
        """Tell whether shoppers see it."""
        return self.campaign.state == "published"


@blueprint.get("/widgets")
def widgets() -> Response:
    """List the shop's campaigns."""
    return list_page()


def list_page(status: int = 200, misnamed: dict[int, str] | None = None) -> Response:
    """Return the list; `misnamed` holds names that were refused, by campaign."""
    context, shop = current_context(), this_shop()
    today = insight.day_of(shop, context.now())
    figures = insight.overview(context, shop, today - timedelta(days=_COUNTED_DAYS - 1), today)
    listed = campaigns.all_of(context, shop)
    of_kind: dict[str, list[Campaign]] = {}
    for campaign in listed:
        of_kind.setdefault(campaign.widget, []).append(campaign)
    rows = [_row(campaign, of_kind[campaign.widget], figures) for campaign in listed]
    return page(
        "widgets.html",
        status,
        rows=rows,
        clash=_clash(rows),
        misnamed=misnamed or {},
        longest=campaigns.LONGEST_NAME,
        why=why_url(context, shop),
    )


def _clash(rows: list[Row]) -> tuple[str, Row] | None:
    """Return what the first two windows in each other's way want, and which of them comes first."""
    by_id = {row.campaign.id: row for row in rows}
    for one in overlaps(current_context(), this_shop()):
        if one.first in by_id:
            first = by_id[one.first]
            return pages_said("widgets.clash", first.name, one.pages), first
    return None


def _row(campaign: Campaign, alike: list[Campaign], figures: Overview) -> Row:
    context, wording = current_context(), words()
    widget = context.widgets[campaign.widget]
    failed = sum(not check.passed for check in campaigns.checks(context, this_shop(), campaign))
    settings = campaigns.settings_of(widget, campaign.draft)
    state, day = state_of(campaign, failed)
    return Row(
        campaign,
        widget,
        state,
        day,
        failed,
        _result(widget, figures.of(campaign.widget), wording),
        wording.name_of(campaign, widget),
        sentences.in_short(settings, wording) or wording.of_widget(widget, "summary"),
        alike.index(campaign),
        len(alike) - 1,
    )


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


@blueprint.post("/widgets/first")
def widget_first() -> Response:
    """Begin with what helps every buyer: add the parcel status and let it run."""
    context, shop = current_context(), this_shop()
    name = words().of_widget(context.widgets[FIRST], "name")
    added = campaigns.create(context, shop, FIRST, name)
    try:
        campaigns.publish(context, shop, added.id, revision=added.revision)
    except InvalidFieldError:
        return to("editor", campaign_id=added.id, blocked=1, _anchor="checks")
    return to("widgets", done="on")


@blueprint.post("/widgets/<int:campaign_id>/off")
def widget_off(campaign_id: int) -> Response:
    """Take a campaign off the storefront."""
    campaigns.pause(current_context(), this_shop(), campaign_id)
    return to("widgets", done="off")


def state_of(campaign: Campaign, failed: int) -> tuple[str, datetime | None]:
    """Return what a campaign is doing, for `campaign_state`, and the day that goes with it.

    `failed` is how many publish checks its draft does not pass.
    """
    if campaign.state == "published":
        context, shop = current_context(), this_shop()
        starts, ends = campaigns.stretch_of(context, shop, campaign)
        if ends is not None and ends <= context.now():
            return "ended", ends
        if starts is not None and starts > context.now():
            return "planned", starts
        return "published", campaign.published_at
    if campaign.state == "paused":
        return "paused", None
    return ("blocked" if failed else "draft"), None


def _result(widget: Widget, figures: WidgetFigures, wording: Words) -> tuple[str, str]:
    """Return number and meaning of what counts for this kind of widget."""
    for kind, beside in (("confirmed", "sign_up"), ("bought", "add"), ("view", "impression")):
        if kind in widget.counted:
            first, second = (wording.number(figures.total(name)) for name in (kind, beside))
            return first, wording.t(f"widgets.result.{kind}", other=second)
    return wording.number(figures.total("impression")), wording.t("widgets.result.shown")
