"""How the tests find, change and look at campaigns."""

from __future__ import annotations

from typing import Any

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.store.shops import shop_by_id


def campaign_of(context: Context, shop: Shop, widget: str) -> Campaign:
    return next(item for item in campaigns.all_of(context, shop) if item.widget == widget)


def draft_with(campaign: Campaign, **values: Any) -> dict[str, Any]:
    return {**campaign.draft, **values}


def config_version_of(context: Context, shop: Shop) -> int:
    with context.db.read() as connection:
        found = shop_by_id(connection, shop.id)
    assert found is not None
    return found.config_version
