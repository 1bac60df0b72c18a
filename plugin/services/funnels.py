"""The way from a form that was shown to a voucher that was redeemed, counted step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.services.insight import WidgetTotals
from plugin.store import vouchers

#: The steps that events count, in the order of the way; "voucher" comes before the last.
_COUNTED = ("impression", "sign_up", "confirmed", "redeemed")


@dataclass(frozen=True)
class Funnel:
    """The way of one widget's form over some days: counts by step, as each step happened.

    `thanked` is how many confirmed without being given a voucher: they had ordered before, or the
    discount guard refused. None where no voucher was issued at all.
    """

    widget: str
    steps: tuple[tuple[str, int], ...]
    thanked: int | None


def all_of(context: Context, shop: Shop, days: int) -> tuple[Funnel, ...]:
    """Return the way of every widget with a form that was shown, the one most used first."""
    end = insight.day_of(shop, context.now())
    start = end - timedelta(days=days - 1)
    morning = datetime.combine(start, time(), ZoneInfo(shop.zone))
    figures = insight.totals(context, shop, start, end)
    with context.db.read() as connection:
        issued = vouchers.count_issued(connection, shop.id, morning)
    found = [
        _funnel(figures.of(name), issued.get(name, 0))
        for name, widget in context.widgets.items()
        if widget.collects_consent and figures.of(name).total("impression")
    ]
    return tuple(sorted(found, key=lambda one: (-one.steps[1][1], -one.steps[0][1])))


def _funnel(figures: WidgetTotals, issued: int) -> Funnel:
    # What was taken back later may be more than came in these days.
    counts = [(kind, max(figures.total(kind), 0)) for kind in _COUNTED]
    redeemed = counts.pop()
    confirmed = counts[-1][1]
    if issued or redeemed[1]:
        counts += [("voucher", issued), redeemed]
    return Funnel(figures.widget, tuple(counts), max(confirmed - issued, 0) if issued else None)
