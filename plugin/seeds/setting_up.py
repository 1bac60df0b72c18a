"""What the merchant of the seeded shop has set: imprint, limits, and four campaigns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from plugin.model import Shop
from plugin.seeds.past import Past
from plugin.services import campaigns, consent_rules, guard_limits, setup
from plugin.services.guard_rules import Limits, QuietTime
from plugin.services.tenants import shop_of_id
from plugin.store.installs import update_shop

_IMPRINT = "Uferhaus GmbH, Seestraße 1, 78464 Konstanz"
_DECEMBER = 12
#: A fair at which everything was sold at its price: when it began, and how many days it went on.
_FAIR_DAYS_AGO, _FAIR_LASTS = 12, 4
_DRAFTS = Path(__file__).with_name("campaigns.json")


@dataclass(frozen=True)
class Running:
    """A published campaign: its id, its version, its widget."""

    id: int
    version: int
    widget: str


def set_up(past: Past, shop: Shop, today: datetime) -> dict[str, Running]:
    """Set everything as of the day on which the past begins; returns the running campaigns."""
    began = today - timedelta(days=past.days)
    past.set(began)
    with past.context.db.write() as connection:
        update_shop(connection, shop.id, {"created_at": began})
    setup.save_details(
        past.context,
        shop,
        imprint=_IMPRINT,
        privacy_url=f"{shop.storefront_url}/pages/datenschutz",
        address="sie",
    )
    shop = shop_of_id(past.context, shop.id) or shop
    consent_rules.sell_to(past.context, shop, ("DE", "AT", "CH"))
    limit(past, shop, today.date())
    running = {}
    for name, wanted in json.loads(_DRAFTS.read_text(encoding="utf-8")).items():
        found = _campaign(past, shop, wanted)
        if found is not None:
            running[name] = found
    return running


def limit(past: Past, shop: Shop, today: date) -> None:
    """Set what this merchant allows: some quiet days lie behind, those before Christmas ahead."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    fair = today - timedelta(days=_FAIR_DAYS_AGO)
    # Ahead of today, or the demo would give nobody a voucher in December.
    year = today.year + (today.month == _DECEMBER)
    quiet = sorted(
        (
            QuietTime(start=last_month.replace(day=2), end=last_month.replace(day=4)),
            QuietTime(start=fair, end=fair + timedelta(days=_FAIR_LASTS - 1)),
            QuietTime(start=date(year, _DECEMBER, 1), end=date(year, _DECEMBER, 24)),
        ),
        key=lambda one: one.start,
    )
    limits = Limits(budget=Decimal(600), share=Decimal(8), floor_on=True, quiet=tuple(quiet))
    guard_limits.save(past.context, shop, limits, seen=0)


def _campaign(past: Past, shop: Shop, wanted: dict[str, Any]) -> Running | None:
    context, widget = past.context, wanted["widget"]
    added = campaigns.create(context, shop, widget, wanted["name"]) if wanted["added"] else None
    present = [one for one in campaigns.all_of(context, shop) if one.widget == widget]
    campaign = added or min(present, key=lambda one: one.id)
    if added is None and wanted["name"]:
        campaigns.rename(context, shop, campaign.id, wanted["name"])
    settings = merged(campaign.draft, wanted["settings"])
    campaign = campaigns.save_draft(
        context, shop, campaign.id, settings, revision=campaign.revision
    )
    for _ in range(wanted.get("earlier", 0)):
        campaigns.move(context, shop, campaign.id, earlier=True)
    if not wanted["published"]:
        return None
    open_checks = [one.name for one in campaigns.checks(context, shop, campaign) if not one.passed]
    if open_checks:
        raise ValueError(f"{widget}: {', '.join(open_checks)}")
    published = campaigns.publish(context, shop, campaign.id)
    return Running(published.id, published.version, widget)


def merged(draft: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a draft with these settings in the place of its own, group by group."""
    found = dict(draft)
    for name, value in changes.items():
        below = found.get(name)
        both = isinstance(value, dict) and isinstance(below, dict)
        found[name] = merged(dict(below or {}), value) if both else value
    return found


def days_of(today: date, length: int) -> list[date]:
    """Return the days of the past, the oldest first; today is the last."""
    return [today - timedelta(days=back) for back in range(length, -1, -1)]
