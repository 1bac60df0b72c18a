"""The campaigns of a shop as a list: added, named, put in order, taken away."""

from __future__ import annotations

from typing import Any

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services import config_changes
from plugin.services.campaign_drafts import known
from plugin.services.context import Context
from plugin.store import campaigns as store
from plugin.store.campaigns import Campaign

#: A storefront carries all of them in its pages.
MOST_CAMPAIGNS = 24
LONGEST_NAME = 60


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
    with context.db.read() as connection:
        original = known(context, store.campaign_by_id(connection, shop.id, campaign_id))
    return _add(context, shop, original.widget, name, original.draft)


def rename(context: Context, shop: Shop, campaign_id: int, name: str) -> None:
    """Give a campaign the name that the merchant knows it by; InvalidFieldError("name_invalid")."""
    with context.db.write() as connection:
        known(context, store.campaign_by_id(connection, shop.id, campaign_id))
        store.rename_campaign(connection, shop.id, campaign_id, _name(name))


def move(context: Context, shop: Shop, campaign_id: int, *, earlier: bool) -> None:
    """Let a campaign change places with its neighbour; of several that fit, the first is shown.

    At the end of the row nothing happens.
    """
    with context.db.write() as connection:
        found = store.campaign_by_id(connection, shop.id, campaign_id, lock=True)
        moved = known(context, found)
        every = store.all_campaigns(connection, shop.id)
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
        known(context, store.campaign_by_id(connection, shop.id, campaign_id, lock=True))
        store.remove_campaign(connection, shop.id, campaign_id)
        config_changes.changed(connection, context, shop)


def _add(context: Context, shop: Shop, widget: str, name: str, draft: dict[str, Any]) -> Campaign:
    clean = _name(name)
    with context.db.write() as connection:
        if len(store.all_campaigns(connection, shop.id, lock=True)) >= MOST_CAMPAIGNS:
            raise ConflictError("too_many_campaigns")
        added = store.insert_campaign(connection, shop.id, widget, draft, context.now(), name=clean)
        return known(context, store.campaign_by_id(connection, shop.id, added))


def _name(text: str) -> str:
    clean = " ".join(plain_text(text).split())
    if not 0 < len(clean) <= LONGEST_NAME:
        raise InvalidFieldError("name_invalid", field="name")
    return clean
