"""Which campaigns want the same shopper on the same page, and which of them is shown then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from plugin.contracts.targeting import Audience, Schedule, Who
from plugin.model import Shop
from plugin.services.campaign_drafts import settings_of
from plugin.services.context import Context
from plugin.store import campaigns as store
from plugin.store.campaigns import Campaign, PublishedCampaign

#: Every kind of page; a group that names none of them means all.
PAGES = ("home", "collection", "product", "cart", "search", "account", "other")
_LISTS = ("devices", "languages")
_CHOICES = ("visitor", "subscribers", "customers", "cart")


@dataclass(frozen=True)
class Overlap:
    """Two campaigns that want the same `pages`; `first` is shown where both fit."""

    first: int
    second: int
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """Another running campaign as seen from one: `pages` they both want, none if they never meet.

    `waits`: the other one comes later in the merchant's order.
    """

    campaign: int
    widget: str
    interrupts: bool
    pages: tuple[str, ...]
    waits: bool


def overlaps(context: Context, shop: Shop) -> list[Overlap]:
    """Return the running windows that stand in each other's way, in the merchant's order."""
    running = [item for item in _running(context, shop) if context.widgets[item.widget].interrupts]
    found = []
    for place, one in enumerate(running):
        for other in running[place + 1 :]:
            pages = common_pages(_model(context, one), _model(context, other))
            if pages:
                found.append(Overlap(one.id, other.id, pages))
    return found


def beside(context: Context, shop: Shop, campaign: Campaign) -> list[Beside]:
    """Return every other running campaign, and where it meets the draft of this one."""
    widget = context.widgets[campaign.widget]
    own = settings_of(widget, campaign.draft)
    with context.db.read() as connection:
        order = [item.id for item in store.all_campaigns(connection, shop.id)]
    found = []
    for other in _running(context, shop):
        if other.id == campaign.id:
            continue
        window = context.widgets[other.widget].interrupts
        meet = window and widget.interrupts
        pages = common_pages(own, _model(context, other)) if meet else ()
        waits = order.index(other.id) > order.index(campaign.id)
        found.append(Beside(other.id, other.widget, window, pages, waits))
    return found


def common_pages(one: BaseModel, other: BaseModel) -> tuple[str, ...]:
    """Return the kinds of page where the same shopper could meet both; none if they never do.

    What cannot be told apart beforehand, such as two patterns of addresses, counts as the same.
    """
    if not _same_time(getattr(one, "schedule", None), getattr(other, "schedule", None)):
        return ()
    found = {
        page
        for mine in _groups(one)
        for theirs in _groups(other)
        if _same_people(mine, theirs)
        for page in _pages(mine) & _pages(theirs)
    }
    return tuple(page for page in PAGES if page in found)


def _running(context: Context, shop: Shop) -> list[PublishedCampaign]:
    with context.db.read() as connection:
        live = store.published_campaigns(connection, shop.id)
    return [item for item in live if item.widget in context.widgets]


def _model(context: Context, item: PublishedCampaign) -> BaseModel:
    return settings_of(context.widgets[item.widget], item.settings)


def _groups(settings: BaseModel) -> tuple[Who, ...]:
    audience = getattr(settings, "audience", None)
    return (audience.groups if isinstance(audience, Audience) else ()) or (Who(),)


def _pages(who: Who) -> set[str]:
    return set(who.pages or PAGES)


def _same_people(one: Who, other: Who) -> bool:
    for name in _LISTS:
        mine, theirs = set(getattr(one, name)), set(getattr(other, name))
        if mine and theirs and not mine & theirs:
            return False
    for name in _CHOICES:
        chosen = {getattr(one, name), getattr(other, name)} - {"all"}
        if len(chosen) > 1:
            return False
    return _same_sums(one, other) and _same_addresses(one, other)


def _same_sums(one: Who, other: Who) -> bool:
    lows = [who.cart_min for who in (one, other) if who.cart_min is not None]
    highs = [who.cart_max for who in (one, other) if who.cart_max is not None]
    return not lows or not highs or max(lows) <= min(highs)


def _same_addresses(one: Who, other: Who) -> bool:
    mine, theirs = set(one.urls), set(other.urls)
    if not mine or not theirs or any("*" in pattern for pattern in mine | theirs):
        return True
    return bool(mine & theirs)


def _same_time(one: Any, other: Any) -> bool:  # noqa: ANN401 - not every widget has a schedule
    if not isinstance(one, Schedule) or not isinstance(other, Schedule):
        return True
    if one.weekdays and other.weekdays and not set(one.weekdays) & set(other.weekdays):
        return False
    return _before(one.starts, other.ends) and _before(other.starts, one.ends)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
