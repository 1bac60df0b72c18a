"""What else runs where a campaign runs, in words."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.admin.frame import this_shop, words
from plugin.api import current_context
from plugin.services import campaigns
from plugin.services.campaign_overlap import PAGES, beside
from plugin.services.campaigns import Campaign


@dataclass(frozen=True)
class Neighbour:
    """Another running campaign: whether it clashes, said in a title and a sentence."""

    campaign: int
    clashes: bool
    title: str
    text: str


def beside_of(campaign: Campaign) -> list[Neighbour]:
    """Return what else runs, that which clashes first."""
    context, shop, wording = current_context(), this_shop(), words()
    names = {
        other.id: wording.name_of(other, context.widgets[other.widget])
        for other in campaigns.all_of(context, shop)
    }
    found = []
    for other in beside(context, shop, campaign):
        name, clashes = names[other.campaign], bool(other.pages)
        if clashes:
            title = pages_said("target.clash", name, other.pages)
            text = wording.t("target.clash_waits" if other.waits else "target.clash_first")
        else:
            title = wording.t("target.no_clash", name=name)
            why = "apart" if other.interrupts and _window(campaign) else "inline"
            text = wording.t(f"target.no_clash_{why}")
        found.append(Neighbour(other.campaign, clashes, title, text))
    return sorted(found, key=lambda one: not one.clashes)


def pages_said(key: str, name: str, pages: tuple[str, ...]) -> str:
    """Return a text about common pages, or that of `<key>_every` where it is all of them."""
    wording = words()
    if len(pages) == len(PAGES):
        return wording.t(f"{key}_every", name=name)
    return wording.t(
        key, name=name, pages=wording.both([wording.t(f"rule.pages.{p}") for p in pages])
    )


def _window(campaign: Campaign) -> bool:
    return current_context().widgets[campaign.widget].interrupts
