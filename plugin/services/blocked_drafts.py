"""Drafts that their merchant worked on and that cannot be published as they are."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaign_checks import Check
from plugin.services.campaigns import Campaign
from plugin.services.context import Context


@dataclass(frozen=True)
class Blocked:
    """Such a draft with the checks that it does not pass."""

    campaign: Campaign
    failed: tuple[Check, ...]


def blocked_drafts(context: Context, shop: Shop) -> tuple[Blocked, ...]:
    """Return them in the order of the list of campaigns; a draft as it came is none of them."""
    found = []
    for campaign in campaigns.all_of(context, shop):
        if not _worked_on(context, campaign):
            continue
        failed = tuple(one for one in campaigns.checks(context, shop, campaign) if not one.passed)
        if failed:
            found.append(Blocked(campaign, failed))
    return tuple(found)


def _worked_on(context: Context, campaign: Campaign) -> bool:
    fresh = context.widgets[campaign.widget].settings().model_dump(mode="json")
    return campaign.revision > 1 and campaign.draft != fresh
