"""What was counted: daily sums per widget for the merchant, and refused input by reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import events as store


@dataclass(frozen=True)
class WidgetTotals:
    """The sums of one widget by kind, and since when there are any in these days."""

    widget: str
    totals: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    since: Mapping[str, date]

    def total(self, kind: str) -> int:
        """Return the sum of one kind, 0 if it never happened."""
        return self.totals.get(kind, 0)

    def amount(self, kind: str) -> Decimal:
        """Return the amount of one kind in the shop's currency, 0 if it never happened."""
        return self.amounts.get(kind, Decimal(0))


@dataclass(frozen=True)
class WidgetFigures(WidgetTotals):
    """The figures of one widget: sums per kind, and a value for each day of the overview."""

    by_day: Mapping[str, tuple[int, ...]]
    amounts_by_day: Mapping[str, tuple[Decimal, ...]]


@dataclass(frozen=True)
class Totals:
    """Sums of a stretch of days (both ends included), in the shop's zone and currency."""

    start: date
    end: date
    currency: str
    widgets: Mapping[str, WidgetTotals]

    def of(self, widget: str) -> WidgetTotals:
        """Return the sums of a widget, empty ones if nothing was counted."""
        return self.widgets.get(widget) or WidgetTotals(widget, {}, {}, {})


@dataclass(frozen=True)
class Overview:
    """Figures of a stretch of days (both ends included), in the shop's zone and currency."""

    start: date
    end: date
    currency: str
    days: tuple[date, ...]
    widgets: Mapping[str, WidgetFigures]

    def of(self, widget: str) -> WidgetFigures:
        """Return the figures of a widget, empty ones if nothing was counted."""
        return self.widgets.get(widget) or WidgetFigures(widget, {}, {}, {}, {}, {})


def day_of(shop: Shop, moment: datetime) -> date:
    """Return the calendar day of a moment where the shop is."""
    return moment.astimezone(ZoneInfo(shop.zone)).date()


def count(
    connection: Connection,
    shop_id: int,
    *,
    day: date,
    widget: str,
    kind: str,
    count: int = 1,
    amount: Decimal = Decimal(0),
) -> None:
    """Add to a day's sum within the caller's transaction.

    The caller makes sure that the same fact is not counted twice. Negative values take back.
    """
    store.add_to_day(
        connection, shop_id, day=day, widget=widget, kind=kind, count=count, amount=amount
    )


def count_all(
    connection: Connection, shop_id: int, sums: Mapping[tuple[date, str, str], int]
) -> None:
    """Add to several sums of (day, widget, kind) within the caller's transaction, at once."""
    store.add_to_days(connection, shop_id, sums)


def refuse(context: Context, shop: Shop, reason: str) -> None:
    """Count a refused input in a transaction of its own (the input's was rolled back)."""
    with context.db.write() as connection:
        store.add_refusal(connection, shop.id, day_of(shop, context.now()), reason)


def refusals(context: Context, shop: Shop, start: date, end: date) -> list[tuple[str, int]]:
    """Return refused input by reason with counts, the most frequent first."""
    with context.db.read() as connection:
        return store.refusals_between(connection, shop.id, start, end)


def totals(context: Context, shop: Shop, start: date, end: date) -> Totals:
    """Return the sums of all widgets from `start` to `end`, both included: those of `overview`."""
    with context.db.read() as connection:
        found = store.totals_between(connection, shop.id, start, end)
    by_widget: dict[str, list[store.DayCount]] = defaultdict(list)
    for row in found:
        by_widget[row.widget].append(row)
    widgets = {
        name: WidgetTotals(
            name,
            totals={row.kind: row.count for row in rows},
            amounts={row.kind: row.amount for row in rows},
            since={row.kind: row.day for row in rows},
        )
        for name, rows in by_widget.items()
    }
    return Totals(start, end, shop.currency, widgets)


def overview(context: Context, shop: Shop, start: date, end: date) -> Overview:
    """Return the figures of all widgets from `start` to `end`, both included."""
    days = tuple(start + timedelta(days=n) for n in range((end - start).days + 1))
    with context.db.read() as connection:
        rows = store.days_between(connection, shop.id, start, end)
    by_widget: dict[str, list[store.DayCount]] = defaultdict(list)
    for row in rows:
        by_widget[row.widget].append(row)
    figures = {name: _figures(name, days, rows) for name, rows in by_widget.items()}
    return Overview(start, end, shop.currency, days, figures)


def _figures(widget: str, days: tuple[date, ...], rows: list[store.DayCount]) -> WidgetFigures:
    place = {day: index for index, day in enumerate(days)}
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(days))
    amounts: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(days))
    for row in rows:
        counts[row.kind][place[row.day]] += row.count
        amounts[row.kind][place[row.day]] += row.amount
    return WidgetFigures(
        widget,
        totals={kind: sum(values) for kind, values in counts.items()},
        amounts={kind: sum(values, Decimal(0)) for kind, values in amounts.items()},
        since={row.kind: row.day for row in reversed(rows)},
        by_day={kind: tuple(values) for kind, values in counts.items()},
        amounts_by_day={kind: tuple(values) for kind, values in amounts.items()},
    )
