"""Campaigns: drafts that two people may edit, versions that stay, checks before publishing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.engine import Connection

from plugin.contracts.widget import Widget
from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services import config_changes, targeting
from plugin.services.campaign_checks import Case, Check, run_checks
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
    "resume",
    "save_draft",
    "settings_of",
    "version_settings",
]

#: A storefront carries all of them in its pages.
MOST_CAMPAIGNS = 24
LONGEST_NAME = 60


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


def settings_of(widget: Widget, raw: dict[str, Any]) -> BaseModel:
    """Return stored settings as the widget's model; pydantic's ValidationError if they do not fit.

    They pass through JSON, because only there a strict model reads a decimal from its text.
    """
    return widget.settings.model_validate_json(json.dumps(raw))


def all_of(context: Context, shop: Shop) -> list[Campaign]:
    """Return the campaigns of widgets this installation has: widgets in the order of the manifest,
    campaigns of one widget in the merchant's.
    """
    order = list(context.widgets)
    with context.db.read() as connection:
        found = store.all_campaigns(connection, shop.id)
    known = [_known(context, item) for item in found if item.widget in context.widgets]
    return sorted(known, key=lambda campaign: order.index(campaign.widget))


def find(context: Context, shop: Shop, campaign_id: int) -> Campaign:
    """Return a campaign of this shop; NotFoundError for one of another shop."""
    with context.db.read() as connection:
        campaign = store.campaign_by_id(connection, shop.id, campaign_id)
    return _known(context, campaign)


def checks(context: Context, shop: Shop, campaign: Campaign) -> list[Check]:
    """Return every publish check of the draft, passed and failed."""
    widget = context.widgets[campaign.widget]
    with context.db.read() as connection:
        versions = store.versions_of(connection, shop.id, campaign.id)
    ends = (targeting.announced_end(settings_of(widget, old.settings)) for old in versions)
    announced = next((end for end in ends if end is not None), None)
    settings = settings_of(widget, campaign.draft)
    return run_checks(Case(context, shop, widget, settings, announced))


def live_settings(context: Context, shop: Shop, campaign: Campaign) -> dict[str, Any] | None:
    """Return the settings of the newest version, None if the campaign was never published."""
    with context.db.read() as connection:
        version = store.version_of(connection, shop.id, campaign.id, campaign.version)
    return None if version is None else _whole(context.widgets[campaign.widget], version.settings)


def save_draft(
    context: Context, shop: Shop, campaign_id: int, settings: dict[str, Any], *, revision: int
) -> Campaign:
    """Store a draft that was made from `revision`.

    InvalidFieldError("settings_invalid") if the settings do not fit the widget's model,
    ConflictError("draft_changed") if somebody saved since then: nothing is overwritten.
    """
    with context.db.write() as connection:
        campaign = _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        draft = _clean(context.widgets[campaign.widget], settings)
        if draft == campaign.draft:
            return campaign
        if not store.replace_draft(
            connection, shop.id, campaign_id, draft=draft, revision=revision, now=context.now()
        ):
            raise ConflictError("draft_changed")
        return _known(context, store.campaign_by_id(connection, shop.id, campaign_id))


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
        campaign = _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        # The checks looked at `found`: what was saved since then was not checked.
        if campaign.revision != found.revision or revision not in (None, found.revision):
            raise ConflictError("draft_changed")
        if _is_live(connection, context, shop, campaign):
            store.set_state(connection, shop.id, campaign.id, "published")
        else:
            store.add_version(connection, shop.id, campaign.id, campaign.draft, context.now())
        config_changes.changed(connection, context, shop)
        return _known(context, store.campaign_by_id(connection, shop.id, campaign_id))


def pause(context: Context, shop: Shop, campaign_id: int) -> None:
    """Take a campaign off the storefront; its versions stay."""
    _switch(context, shop, campaign_id, "paused")


def resume(context: Context, shop: Shop, campaign_id: int) -> None:
    """Let the newest published version run again; NotFoundError if there never was one."""
    _switch(context, shop, campaign_id, "published")


def create(context: Context, shop: Shop, widget: str, name: str) -> Campaign:
    """Add a further campaign of a widget, with a draft that has never been live.

    NotFoundError for an unknown widget, InvalidFieldError("name_invalid"), ConflictError(
    "too_many_campaigns") where a page would have to try too many rules.
    """
    if widget not in context.widgets:
        raise NotFoundError("widget_unknown")
    draft = context.widgets[widget].settings().model_dump(mode="json")
    return _add(context, shop, widget, name, draft)


def duplicate(context: Context, shop: Shop, campaign_id: int, name: str) -> Campaign:
    """Add a campaign whose draft is that of another one; errors as in `create`."""
    original = find(context, shop, campaign_id)
    return _add(context, shop, original.widget, name, original.draft)


def rename(context: Context, shop: Shop, campaign_id: int, name: str) -> None:
    """Give a campaign the name that the merchant knows it by; InvalidFieldError("name_invalid")."""
    with context.db.write() as connection:
        _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        store.rename_campaign(connection, shop.id, campaign_id, _name(name))


def move(context: Context, shop: Shop, campaign_id: int, *, earlier: bool) -> None:
    """Let a campaign change places with its neighbour; of several that fit, the first is shown.

    At the end of the row nothing happens.
    """
    with context.db.write() as connection:
        moved = _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        every = store.all_campaigns(connection, shop.id, lock=True)
        ids = [item.id for item in every if item.widget == moved.widget]
        place = ids.index(campaign_id)
        other = place - 1 if earlier else place + 1
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
            store.place_campaigns(connection, shop.id, ids)
            config_changes.changed(connection, context, shop)


def delete(context: Context, shop: Shop, campaign_id: int) -> None:
    """Take a campaign away for good; versions that were live stay readable, as evidence."""
    with context.db.write() as connection:
        _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        store.remove_campaign(connection, shop.id, campaign_id)
        config_changes.changed(connection, context, shop)


def _add(context: Context, shop: Shop, widget: str, name: str, draft: dict[str, Any]) -> Campaign:
    clean = _name(name)
    with context.db.write() as connection:
        if len(store.all_campaigns(connection, shop.id, lock=True)) >= MOST_CAMPAIGNS:
            raise ConflictError("too_many_campaigns")
        added = store.insert_campaign(connection, shop.id, widget, draft, context.now(), name=clean)
        return _known(context, store.campaign_by_id(connection, shop.id, added))


def _name(text: str) -> str:
    clean = " ".join(plain_text(text).split())
    if not 0 < len(clean) <= LONGEST_NAME:
        raise InvalidFieldError("name_invalid", field="name")
    return clean


def _switch(context: Context, shop: Shop, campaign_id: int, state: str) -> None:
    with context.db.write() as connection:
        campaign = _known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        if campaign.version == 0:
            raise NotFoundError("campaign_never_published")
        store.set_state(connection, shop.id, campaign_id, state)
        config_changes.changed(connection, context, shop)


def _is_live(connection: Connection, context: Context, shop: Shop, campaign: Campaign) -> bool:
    newest = store.version_of(connection, shop.id, campaign.id, campaign.version)
    widget = context.widgets[campaign.widget]
    return newest is not None and _whole(widget, newest.settings) == campaign.draft


def _clean(widget: Widget, settings: dict[str, Any]) -> dict[str, Any]:
    try:
        return settings_of(widget, settings).model_dump(mode="json")
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidFieldError("settings_invalid", field=field) from None


def _known(context: Context, campaign: Campaign | None) -> Campaign:
    if campaign is None or campaign.widget not in context.widgets:
        raise NotFoundError("campaign_unknown")
    return replace(campaign, draft=_whole(context.widgets[campaign.widget], campaign.draft))


def _whole(widget: Widget, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings of an earlier version of Bleib with the defaults of what has come since."""
    return settings_of(widget, settings).model_dump(mode="json")
