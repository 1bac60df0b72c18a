"""The versions of a campaign that were live: what each of them changed, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services.campaign_drafts import whole
from plugin.services.context import Context
from plugin.store import campaign_history
from plugin.store import campaigns as store
from plugin.store.campaigns import Campaign


@dataclass(frozen=True)
class Version:
    """One version; `before` are the settings of the one it took the place of, None for the first.

    `until` is when the next one took its place, None for the newest.
    """

    number: int
    since: datetime
    until: datetime | None
    settings: dict[str, Any]
    before: dict[str, Any] | None


def history(context: Context, shop: Shop, campaign: Campaign) -> list[Version]:
    """Return every version of a campaign, the newest one first."""
    widget = context.widgets[campaign.widget]
    with context.db.read() as connection:
        rows = campaign_history.dated_versions_of(connection, shop.id, campaign.id)
    found: list[Version] = []
    for place, row in enumerate(rows):
        until = rows[place + 1].published_at if place + 1 < len(rows) else None
        before = found[-1].settings if found else None
        settings = whole(widget, row.settings)
        found.append(Version(row.number, row.published_at, until, settings, before))
    return found[::-1]


def settings_again(context: Context, shop: Shop, campaign: Campaign, number: int) -> dict[str, Any]:
    """Return the settings of an earlier version as a draft; NotFoundError if there is none."""
    with context.db.read() as connection:
        version = store.version_of(connection, shop.id, campaign.id, number)
    if version is None:
        raise NotFoundError("version_unknown")
    return whole(context.widgets[campaign.widget], version.settings)
