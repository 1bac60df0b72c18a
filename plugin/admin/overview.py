"""Overview: what was counted, what needs the merchant, honest where nothing is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Response, request, url_for

from plugin.admin.charts import Chart, running_totals
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.handed import table
from plugin.api import current_context
from plugin.contracts.connecting import OpensInAdmin
from plugin.model import Shop
from plugin.services import campaigns, guard_limits, insight, protection
from plugin.services.access import connected
from plugin.services.context import Context
from plugin.services.dead_letters import count_dead
from plugin.services.insight import Overview
from plugin.services.parcels import notice_settings
from plugin.services.setup import setup_state

PERIODS = (28, 90, 180, 365)
#: Kinds that the overview adds up over all widgets, in the order of the shopper's way.
_COUNTED = ("impression", "sign_up", "confirmed", "redeemed", "discount", "add", "bought", "view")


@dataclass(frozen=True)
class Need:
    """One line of "needs you": `name` keys its texts, `values` fill them.

    `outside`: the way out leads to the shop's own admin, not to a page of ours.
    """

    name: str
    icon: str
    href: str
    values: Mapping[str, object]
    outside: bool = False


@dataclass(frozen=True)
class Sums:
    """The figures of all widgets together."""

    counts: dict[str, int]
    amounts: dict[str, Decimal]


@blueprint.get("/")
def overview() -> Response:
    """Show the shop's figures of the chosen days."""
    context, shop = current_context(), this_shop()
    figures = _figures(context, shop)
    return page(
        "overview.html",
        figures=figures,
        sums=_sums(figures),
        periods=PERIODS,
        period=len(figures.days),
        chart=_chart(figures),
        rows=campaigns.all_of(context, shop),
        kinds=context.widgets,
        guard=guard_limits.report(context, shop),
        needs=_needs(context, shop),
    )


@blueprint.get("/overview/table")
def overview_table() -> Response:
    """Show the numbers behind the chart."""
    figures = _figures(current_context(), this_shop())
    days = [
        (day, {kind: _of_day(figures, kind, index) for kind in _COUNTED})
        for index, day in enumerate(figures.days)
    ]
    seen = [row for row in days if any(row[1].values())]
    return page("overview_table.html", days=seen[::-1], counted=_COUNTED, period=len(figures.days))


@blueprint.get("/overview.csv")
def overview_csv() -> Response:
    """Hand out every counted number, one line for each day, widget and kind."""
    figures = _figures(current_context(), this_shop())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["day", "widget", "kind", "count", "amount", "currency"])
    for name, widget in figures.widgets.items():
        for kind, counts in widget.by_day.items():
            amounts = widget.amounts_by_day.get(kind, ())
            for day, count, amount in zip(figures.days, counts, amounts, strict=False):
                if count or amount:
                    writer.writerow([day, name, kind, count, f"{amount:f}", figures.currency])
    return table(text.getvalue(), "bleib")


def _figures(context: Context, shop: Shop) -> Overview:
    asked = request.args.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else 90
    today: date = insight.day_of(shop, context.now())
    return insight.overview(context, shop, today - timedelta(days=days - 1), today)


def _sums(figures: Overview) -> Sums:
    widgets = figures.widgets.values()
    return Sums(
        counts={kind: sum(item.total(kind) for item in widgets) for kind in _COUNTED},
        amounts={
            kind: sum((item.amount(kind) for item in widgets), Decimal(0)) for kind in _COUNTED
        },
    )


def _chart(figures: Overview) -> Chart | None:
    signed, confirmed = (_by_day(figures, kind) for kind in ("sign_up", "confirmed"))
    if not any(signed) and not any(confirmed):
        return None
    return running_totals(figures.days, confirmed, signed)


def _by_day(figures: Overview, kind: str) -> list[int]:
    return [_of_day(figures, kind, index) for index in range(len(figures.days))]


def _of_day(figures: Overview, kind: str, index: int) -> int:
    empty = (0,) * len(figures.days)
    return sum(item.by_day.get(kind, empty)[index] for item in figures.widgets.values())


def _needs(context: Context, shop: Shop) -> list[Need]:
    """What waits for a decision, the most costly first."""
    wording = words()
    needs = _disconnected(context, shop)
    dead = count_dead(context, shop)
    if dead:
        needs.append(Need("dead", "octagon", url_for("admin.work"), {"n": wording.number(dead)}))
    if protection.is_held(context, shop):
        needs.append(Need("sign_ups", "triangle", url_for("admin.protection"), {}))
    guard = guard_limits.report(context, shop)
    if guard.share >= Decimal("0.8"):
        values = {"spent": wording.money(guard.spent), "budget": wording.money(guard.budget)}
        needs.append(Need("budget", "shield", url_for("admin.guard"), values))
    if guard.alarm and guard.coded_share is not None:
        share, limit = guard.coded_share, guard.limits.share / 100
        shares = {"share": wording.percent(share), "limit": wording.percent(limit)}
        needs.append(Need("alarm", "shield", url_for("admin.guard"), shares))
    if notice_settings.is_asked(context, shop):
        needs.append(Need("notices", "letter", url_for("admin.notices"), {}))
    state = setup_state(context, shop)
    if state.open:
        needs.append(Need("setup", "clock", url_for("admin.setup_page"), {"n": state.open}))
    return needs


def _disconnected(context: Context, shop: Shop) -> list[Need]:
    platform = context.maybe(shop, OpensInAdmin)
    if platform is None or connected(context, shop):
        return []
    return [Need("connection", "octagon", platform.app_url(shop.domain), {}, outside=True)]
