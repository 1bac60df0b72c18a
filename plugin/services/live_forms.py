"""Which published form a sign-up is for, and which one stands on the page without script."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.targeting import Schedule
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services.campaign_drafts import settings_of
from plugin.services.context import Context
from plugin.store import campaigns
from plugin.store.campaigns import PublishedCampaign

#: So long a page stays open with a form that a newer version has replaced.
OLD_FORM = timedelta(hours=12)


def live_form(
    connection: Connection, context: Context, shop: Shop, campaign_id: int, version: int
) -> PublishedCampaign:
    """Return the version that a form was drawn from, if somebody may still see it.

    ConflictError("campaign_not_published") for a version that is not, for one that asks for no
    sign-up and for a stopped shop: nobody picks a better offer of the past.
    """
    running = {found.id for found in campaigns.published_campaigns(connection, shop.id)}
    found = campaigns.version_of(connection, shop.id, campaign_id, version)
    if (
        found is None
        or found.id not in running
        or not _asks(context, found)
        or shop.stopped_at is not None
        or not _may_be_open(connection, context, shop, found)
    ):
        raise ConflictError("campaign_not_published")
    return found


def page_form(
    connection: Connection, context: Context, shop: Shop, campaign_id: int | None = None
) -> PublishedCampaign | None:
    """Return the form of the shop's sign-up page: the one asked for, else the first in the page.

    A window's form only where no other runs. None where none runs, or not at this time.
    """
    if shop.stopped_at is not None:
        return None
    found = [
        form
        for form in campaigns.published_campaigns(connection, shop.id)
        if _asks(context, form) and _runs_now(context, form) and campaign_id in (None, form.id)
    ]
    found.sort(key=lambda form: context.widgets[form.widget].interrupts)
    return found[0] if found else None


def _asks(context: Context, form: PublishedCampaign) -> bool:
    widget = context.widgets.get(form.widget)
    asks = form.settings.get("content", "sign_up") == "sign_up"
    return widget is not None and widget.collects_consent and asks


def _runs_now(context: Context, form: PublishedCampaign) -> bool:
    settings = settings_of(context.widgets[form.widget], form.settings)
    schedule, now = getattr(settings, "schedule", None), context.now()
    if not isinstance(schedule, Schedule):
        return True
    begun = schedule.starts is None or schedule.starts <= now
    return begun and (schedule.ends is None or now < schedule.ends)


def _may_be_open(
    connection: Connection, context: Context, shop: Shop, form: PublishedCampaign
) -> bool:
    replaced = campaigns.replaced_at(connection, shop.id, form.id, form.version)
    return replaced is None or context.now() - replaced <= OLD_FORM
