"""Beacons as a browser sends them, for tests of what comes of them."""

from __future__ import annotations

import uuid
from typing import Any

from plugin.model import Shop
from plugin.services import browser_events, tickets
from plugin.services.context import Context
from plugin.store import campaigns
from plugin.store.exposures import exposure_days

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
NET = "203.0.113.9"
TRIAL = {"experiment": {"holdout": 10, "b": {"enabled": True, "share": 50}}}


def publish(
    context: Context,
    shop: Shop,
    widget: str = "exit_intent",
    settings: dict[str, Any] | None = None,
) -> int:
    """Publish a campaign straight into the database and return its id; exit_intent compares."""
    if settings is None:
        settings = TRIAL if widget == "exit_intent" else {}
    with context.db.write() as connection:
        campaigns.insert_campaign(connection, shop.id, widget, settings, context.now())
        newest = campaigns.all_campaigns(connection, shop.id)[-1].id
        campaigns.add_version(connection, shop.id, newest, settings, context.now())
    return newest


def event(
    context: Context, campaign: int, kind: str = "impression", /, **values: Any
) -> dict[str, Any]:
    """Return one event of arm a of the first version."""
    return {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "widget": "exit_intent",
        "campaign": campaign,
        "version": 1,
        "arm": "a",
        "at": int(context.now().timestamp() * 1000),
        **values,
    }


def send(
    context: Context,
    shop: Shop,
    *events: dict[str, Any],
    ticket: str | None = None,
    agent: str = BROWSER,
    **body: Any,
) -> None:
    """Report events; with a ticket of their own where none is given."""
    if ticket is None:
        ticket = tickets.issue(context, shop, NET)
    values = {"ticket": ticket, "events": list(events), **body}
    browser_events.take(context, shop, values, NET, agent)


def exposures(context: Context) -> dict[tuple[str, str, str], int]:
    """Return what is counted for arms, by traffic, arm and kind."""
    found: dict[tuple[str, str, str], int] = {}
    with context.db.read() as connection:
        for row in connection.execute(exposure_days.select()):
            place = (row.traffic, row.arm, row.kind)
            found[place] = found.get(place, 0) + row._mapping["count"]
    return found
