"""Overview: what Bleib brought in, what needs the merchant, honest where nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Response, request

from plugin.admin.asked_once import once
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.handed import lines_of, table
from plugin.admin.overview_brought import brought_of
from plugin.admin.overview_needs import MOST, needs_of
from plugin.admin.overview_rows import rows_of
from plugin.admin.states import states_of
from plugin.api import current_context
from plugin.api.session import current_session
from plugin.model import Shop
from plugin.services import campaigns, daily_mail, guard_limits, insight
from plugin.services.blocked_drafts import blocked_drafts
from plugin.services.guard_rules import LEAST_ORDERS, SHARE_DAYS, QuietTime
from plugin.services.insight import Overview, Totals

PERIODS = (28, 90, 180, 365)
#: Kinds that the overview adds up over all widgets, in the order of the shopper's way.
_COUNTED = ("impression", "sign_up", "confirmed", "redeemed", "discount", "add", "bought", "view")


@dataclass(frozen=True)
class Asked:
    """Of which days figures are wanted, both included."""

    days: int
    start: date
    end: date


@dataclass(frozen=True)
class Sums:
    """The figures of all widgets together."""

    counts: dict[str, int]
    amounts: dict[str, Decimal]


def asked_days(shop: Shop) -> Asked:
    """Return the days that the address asks for: the last 90 unless it names another period."""
    given = request.args.get("days", "")
    days = int(given) if given in {str(period) for period in PERIODS} else 90
    end = insight.day_of(shop, current_context().now())
    return Asked(days, end - timedelta(days=days - 1), end)


@blueprint.get("/")
def overview() -> Response:
    """Show what Bleib brought in over the chosen days, and what needs a decision."""
    context, shop = current_context(), this_shop()
    asked = asked_days(shop)
    figures = insight.totals(context, shop, asked.start, asked.end)
    beside = insight.by_campaign(context, shop, asked.start, asked.end)
    blocked, listed = once(blocked_drafts), once(campaigns.all_of)
    guard = guard_limits.report(context, shop)
    needs = needs_of(context, shop, blocked, guard)
    return page(
        "overview.html",
        kinds=context.widgets,
        asked=asked,
        periods=PERIODS,
        sums=_sums(figures),
        known_since=_first_counted(figures),
        brought=brought_of(context, shop, asked.start, asked.end, listed, beside),
        table=rows_of(context, figures, beside, listed, {one.campaign.id for one in blocked}),
        guard=guard,
        guard_days=guard_limits.REPORT_DAYS,
        share_days=SHARE_DAYS,
        least_orders=LEAST_ORDERS,
        quiet=_next_quiet(guard.limits.quiet, asked.end),
        needs=needs[:MOST],
        needs_more=len(needs[MOST:]),
        mail_to=_daily_mail_to(),
        **states_of(context, shop),
    )


@blueprint.get("/overview/table")
def overview_table() -> Response:
    """Show the numbers behind the drawing, and what was counted each day."""
    context, shop = current_context(), this_shop()
    asked = asked_days(shop)
    figures = insight.overview(context, shop, asked.start, asked.end)
    days = [
        (day, {kind: _of_day(figures, kind, index) for kind in _COUNTED})
        for index, day in enumerate(figures.days)
    ]
    seen = [row for row in days if any(row[1].values())]
    brought = brought_of(context, shop, asked.start, asked.end, once(campaigns.all_of))
    return page(
        "overview_table.html",
        days=seen[::-1],
        brought=brought,
        curve=brought.earned.curve[::-1],
        counted=_COUNTED,
        period=asked.days,
    )


@blueprint.get("/overview.csv")
def overview_csv() -> Response:
    """Hand out every counted number, one line for each day, widget and kind."""
    context, shop = current_context(), this_shop()
    asked = asked_days(shop)
    figures = insight.overview(context, shop, asked.start, asked.end)
    head = ["day", "widget", "kind", "count", "amount", "currency"]
    return table(lines_of(head, _counted(figures), words().language), "bleib")


def _counted(figures: Overview) -> Iterator[list[object]]:
    for name, widget in figures.widgets.items():
        for kind, counts in widget.by_day.items():
            amounts = widget.amounts_by_day.get(kind, ())
            for day, count, amount in zip(figures.days, counts, amounts, strict=False):
                if count or amount:
                    yield [day, name, kind, count, amount, figures.currency]


def _daily_mail_to() -> str:
    """Return where the daily mail of whoever looks goes; "" if they get none."""
    session = current_session()
    member = None if session is None else session.member
    daily = daily_mail.setting(current_context(), this_shop(), member)
    return daily.address if daily is not None and daily.on else ""


def _sums(figures: Totals) -> Sums:
    widgets = figures.widgets.values()
    return Sums(
        counts={kind: sum(item.total(kind) for item in widgets) for kind in _COUNTED},
        amounts={
            kind: sum((item.amount(kind) for item in widgets), Decimal(0)) for kind in _COUNTED
        },
    )


def _of_day(figures: Overview, kind: str, index: int) -> int:
    empty = (0,) * len(figures.days)
    return sum(item.by_day.get(kind, empty)[index] for item in figures.widgets.values())


def _first_counted(figures: Totals) -> date:
    """Return the first of the days on which anything was counted."""
    counted = (
        day
        for one in figures.widgets.values()
        for kind, day in one.since.items()
        if kind in _COUNTED
    )
    return min(counted, default=figures.start)


def _next_quiet(times: tuple[QuietTime, ...], today: date) -> QuietTime | None:
    """Return the quiet time that is on or comes next."""
    ahead = [one for one in times if one.end >= today]
    return min(ahead, key=lambda one: one.start, default=None)
