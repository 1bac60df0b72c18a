"""Suggestions: whether carts grew because of them, and what was counted by where they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, request

from plugin.admin.charts import Chart, running_totals
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.guard_charts import range_of
from plugin.admin.handed import lines_of, table
from plugin.admin.overview import PERIODS
from plugin.admin.suggestion_charts import share_points, share_ranges, way_of
from plugin.api import current_context
from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import campaigns, insight, suggestion_effect, suggestion_figures
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.suggestion_effect import Effect, Group
from plugin.services.suggestion_figures import Figures, NamedRule

_RULE = re.compile(r"r([0-9]{1,7})", re.ASCII)
#: Articles that are named on the page; the rest is in the shop's own reports.
_MOST_ARTICLES = 8


@dataclass(frozen=True)
class Asked:
    """Of which campaign and days figures are wanted; `campaign` None where there is none."""

    campaigns: tuple[Campaign, ...]
    campaign: Campaign | None
    days: int
    start: date
    end: date


@blueprint.get("/figures/suggestions")
def suggestions_report() -> Response:
    """Show what suggestions did to carts, and what became of them."""
    context, shop = current_context(), this_shop()
    asked = _asked(context, shop)
    shown: dict[str, Any] = {"asked": asked, "periods": PERIODS, "kinds": context.widgets}
    if asked.campaign is None or not asked.campaign.version:
        return page("suggestion_figures_none.html", **shown)
    of_campaign = (context, shop, asked.campaign.id, asked.start, asked.end)
    found = suggestion_figures.figures(*of_campaign)
    effect, stayed = suggestion_effect.effect(context, shop, asked.campaign.id)
    axis, rates = share_ranges(found.ways)
    return page(
        "suggestion_figures.html",
        figures=found,
        effect=effect,
        state=_state(effect),
        until=effect.expected(asked.end),
        grew=None if effect.grew is None else share_points(effect.grew),
        worth=None if effect.worth is None else range_of(effect.worth),
        stayed=None if stayed.share is None else Decimal(str(stayed.share)),
        stayed_of=Decimal(str(stayed.added)),
        steps=way_of(found.all),
        axis=axis,
        ways=tuple(zip(found.ways, rates, strict=True)),
        origin=_origin,
        rules=suggestion_figures.rules_named(context, shop),
        per_hundred=_per_hundred,
        articles=found.articles[:_MOST_ARTICLES],
        chart=_chart(found),
        **shown,
    )


@blueprint.get("/figures/suggestions.csv")
def suggestions_csv() -> Response:
    """Hand out every counted number, one line for each day, origin and kind."""
    context, shop = current_context(), this_shop()
    asked = _asked(context, shop)
    rows: list[list[object]] = []
    if asked.campaign is not None:
        number = asked.campaign.id
        for one in suggestion_figures.by_day(context, shop, number, asked.start, asked.end):
            amount = one.amount if one.kind in ("bought", "kept") else ""
            rows.append([one.day, number, one.mark, one.kind, one.count, amount, shop.currency])
    head = ["day", "campaign", "origin", "kind", "count", "amount", "currency"]
    return table(lines_of(head, rows, words().language), "bleib-suggestions")


def _asked(context: Context, shop: Shop) -> Asked:
    ours = tuple(
        one for one in campaigns.all_of(context, shop) if context.widgets[one.widget].suggests
    )
    wanted = request.args.get("campaign", "")
    # Whose suggestions were ever shown comes first.
    first = next((one for one in ours if one.version), ours[0] if ours else None)
    chosen = next((one for one in ours if str(one.id) == wanted), first)
    if wanted and (chosen is None or str(chosen.id) != wanted):
        raise NotFoundError("campaign_unknown")
    given = request.args.get("days", "")
    days = int(given) if given in {str(period) for period in PERIODS} else 90
    end = insight.day_of(shop, context.now())
    return Asked(ours, chosen, days, end - timedelta(days=days - 1), end)


def _state(effect: Effect) -> str:
    """Return what can be said of the comparison, as the key of its texts."""
    if not effect.held_out and not effect.held.views:
        return "not_measuring"
    if effect.sample_ratio.suspicious:
        return "invalid"
    if effect.grew is None:
        return "few"
    return share_points(effect.grew).verdict


def _per_hundred(group: Group) -> Decimal:
    """Return how many of 100 carts grew, with one decimal place."""
    return (Decimal(100 * group.grew) / group.views).quantize(Decimal("0.1"))


def _origin(mark: str, rules: Mapping[str, NamedRule]) -> str:
    """Return in words where suggestions with a mark came from."""
    wording = words()
    if mark in rules:
        of, to = (_end(*end) for end in (rules[mark].of, rules[mark].to))
        return wording.t("suggested.origin.rule", of=of, to=to)
    gone = _RULE.fullmatch(mark)
    if gone:
        return wording.t("suggested.origin.gone", n=gone[1])
    key = f"suggested.origin.{mark or 'none'}"
    return wording.t(key) if wording.has(key) else mark


def _end(kind: str, name: str) -> str:
    return name if kind == "product" else words().t(f"suggested.origin.{kind}", name=name)


def _chart(found: Figures) -> Chart | None:
    added = [max(day.added, 0) for day in found.days]
    bought = [day.bought for day in found.days]
    if not any(added) and not any(bought):
        return None
    return running_totals([day.day for day in found.days], bought, added)
