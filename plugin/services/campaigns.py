"""Campaigns: drafts that two people may edit, versions that stay, checks before publishing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import config_changes, look, targeting
from plugin.services.campaign_checks import Case, Check, run_checks
from plugin.services.campaign_drafts import clean, known, settings_of, whole
from plugin.services.campaign_list import (
    LONGEST_NAME,
    MOST_CAMPAIGNS,
    create,
    delete,
    duplicate,
    move,
    rename,
)
from plugin.services.campaign_repairs import Cure, cures_of
from plugin.services.context import Context
from plugin.store import campaigns as store
from plugin.store.campaigns import Campaign, PublishedCampaign

__all__ = [
    "LONGEST_NAME",
    "MOST_CAMPAIGNS",
    "Campaign",
    "PublishedCampaign",
    "all_of",
    "checks",
    "create",
    "cures",
    "delete",
    "duplicate",
    "ensure_defaults",
    "find",
    "live_settings",
    "move",
    "pause",
    "publish",
    "published",
    "rename",
    "repair",
    "resume",
    "save_draft",
    "settings_of",
    "stretch_of",
    "version_settings",
]


def ensure_defaults(connection: Connection, context: Context, shop_id: int) -> None:
    """Give a shop one draft of each widget it has none of yet; nothing is published by this."""
    present = {campaign.widget for campaign in store.all_campaigns(connection, shop_id)}
    for name, widget in context.widgets.items():
        if name not in present:
            draft = widget.settings().model_dump(mode="json")
            store.insert_campaign(connection, shop_id, name, draft, context.now())


def published(connection: Connection, shop_id: int) -> list[PublishedCampaign]:
    """Return the live version of each running campaign, in the merchant's order."""
    return store.published_campaigns(connection, shop_id)


def version_settings(
    connection: Connection, shop_id: int, campaign_id: int, version: int
) -> PublishedCampaign | None:
    """Return a version that is or was live; evidence of consent refers to such versions."""
    return store.version_of(connection, shop_id, campaign_id, version)


def all_of(context: Context, shop: Shop) -> list[Campaign]:
    """Return the campaigns of widgets this installation has: widgets in the order of the manifest,
    campaigns of one widget in the merchant's.
    """
    order = list(context.widgets)
    with context.db.read() as connection:
        found = store.all_campaigns(connection, shop.id)
    ours = [known(context, item) for item in found if item.widget in context.widgets]
    return sorted(ours, key=lambda campaign: order.index(campaign.widget))


def find(context: Context, shop: Shop, campaign_id: int) -> Campaign:
    """Return a campaign of this shop; NotFoundError for one of another shop."""
    with context.db.read() as connection:
        campaign = store.campaign_by_id(connection, shop.id, campaign_id)
    return known(context, campaign)


def checks(context: Context, shop: Shop, campaign: Campaign) -> list[Check]:
    """Return every publish check of the draft, passed and failed."""
    return run_checks(_case(context, shop, campaign))


def cures(context: Context, shop: Shop, campaign: Campaign, check: Check) -> list[Cure]:
    """Return the ways out of a failed check of the draft that one press takes."""
    return cures_of(_case(context, shop, campaign), campaign.draft, check)


def repair(
    context: Context, shop: Shop, campaign_id: int, check: str, cure: str, *, revision: int
) -> None:
    """Take one way out of a failed check of a draft that the merchant saw as `revision`.

    What has been mended meanwhile stays as it is. ConflictError("draft_changed") or
    ConflictError("look_changed") if it is another by now.
    """
    campaign = find(context, shop, campaign_id)
    failed = [one for one in checks(context, shop, campaign) if not one.passed]
    ways = [
        way for one in failed if one.name == check for way in cures(context, shop, campaign, one)
    ]
    for way in (way for way in ways if way.name == cure):
        if way.fixed is not None:
            look.mend(context, shop, way.fixed, seen=look.get(context, shop))
        elif way.draft is not None:
            save_draft(context, shop, campaign_id, way.draft, revision=revision)


def _case(context: Context, shop: Shop, campaign: Campaign) -> Case:
    widget = context.widgets[campaign.widget]
    with context.db.read() as connection:
        versions = store.versions_of(connection, shop.id, campaign.id)
    ends = (targeting.announced_end(settings_of(widget, old.settings)) for old in versions)
    announced = next((end for end in ends if end is not None), None)
    settings = settings_of(widget, campaign.draft)
    return Case(context, shop, widget, settings, announced)


def live_settings(context: Context, shop: Shop, campaign: Campaign) -> dict[str, Any] | None:
    """Return the settings of the newest version, None if the campaign was never published."""
    with context.db.read() as connection:
        version = store.version_of(connection, shop.id, campaign.id, campaign.version)
    return None if version is None else whole(context.widgets[campaign.widget], version.settings)


def stretch_of(
    context: Context, shop: Shop, campaign: Campaign
) -> tuple[datetime | None, datetime | None]:
    """Return from when until when the newest version runs; None where that is open."""
    live = live_settings(context, shop, campaign)
    if live is None:
        return None, None
    schedule = getattr(settings_of(context.widgets[campaign.widget], live), "schedule", None)
    return getattr(schedule, "starts", None), getattr(schedule, "ends", None)


def save_draft(
    context: Context, shop: Shop, campaign_id: int, settings: dict[str, Any], *, revision: int
) -> Campaign:
    """Store a draft that was made from `revision`.

    InvalidFieldError("settings_invalid") if the settings do not fit the widget's model,
    ConflictError("draft_changed") if somebody saved since then: nothing is overwritten.
    """
    with context.db.write() as connection:
        campaign = known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        draft = clean(context.widgets[campaign.widget], settings)
        if draft == campaign.draft:
            return campaign
        if not store.replace_draft(
            connection, shop.id, campaign_id, draft=draft, revision=revision, now=context.now()
        ):
            raise ConflictError("draft_changed")
        return known(context, store.campaign_by_id(connection, shop.id, campaign_id))


def publish(
    context: Context, shop: Shop, campaign_id: int, *, revision: int | None = None
) -> Campaign:
    """Make the draft the live version and let it run.

    With `revision` only if the draft still is the one the merchant looked at: otherwise
    ConflictError("draft_changed"). InvalidFieldError("checks_failed") while a check is open.
    """
    found = find(context, shop, campaign_id)
    if any(not check.passed for check in checks(context, shop, found)):
        raise InvalidFieldError("checks_failed")
    with context.db.write() as connection:
        campaign = _locked(connection, context, shop, campaign_id)
        # The checks looked at `found`: what was saved since then was not checked.
        if campaign.revision != found.revision or revision not in (None, found.revision):
            raise ConflictError("draft_changed")
        if _is_live(connection, context, shop, campaign):
            store.set_state(connection, shop.id, campaign.id, "published")
        else:
            store.add_version(connection, shop.id, campaign.id, campaign.draft, context.now())
        config_changes.changed(connection, context, shop)
        return known(context, store.campaign_by_id(connection, shop.id, campaign_id))


def pause(context: Context, shop: Shop, campaign_id: int) -> None:
    """Take a campaign off the storefront; its versions stay."""
    _switch(context, shop, campaign_id, "paused")


def resume(context: Context, shop: Shop, campaign_id: int) -> None:
    """Let the newest published version run again; NotFoundError if there never was one."""
    _switch(context, shop, campaign_id, "published")


def _switch(context: Context, shop: Shop, campaign_id: int, state: str) -> None:
    with context.db.write() as connection:
        campaign = _locked(connection, context, shop, campaign_id)
        if campaign.version == 0:
            raise NotFoundError("campaign_never_published")
        store.set_state(connection, shop.id, campaign_id, state)
        config_changes.changed(connection, context, shop)


def _locked(connection: Connection, context: Context, shop: Shop, campaign_id: int) -> Campaign:
    # Whoever deleted it a moment ago must not find it running again.
    return known(context, store.campaign_by_id(connection, shop.id, campaign_id, lock=True))


def _is_live(connection: Connection, context: Context, shop: Shop, campaign: Campaign) -> bool:
    newest = store.version_of(connection, shop.id, campaign.id, campaign.version)
    widget = context.widgets[campaign.widget]
    return newest is not None and whole(widget, newest.settings) == campaign.draft
