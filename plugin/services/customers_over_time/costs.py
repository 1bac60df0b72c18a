"""What it cost to win customers, as the merchant states it: by a form, or by a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.csv_cells import without_guard
from plugin.services.csv_reading import (
    CellError,
    Column,
    Row,
    as_amount,
    as_day,
    as_text,
    read_table,
)
from plugin.services.csv_tables import Problem, Taken, written
from plugin.services.customers_over_time.counting import channel_name
from plugin.services.customers_over_time.months import end_of, month_of, months_before
from plugin.services.customers_over_time.repeating import today_of
from plugin.store import channel_costs as store
from plugin.store import customer_figures
from plugin.store.channel_costs import ChannelCost

__all__ = ["ChannelCost", "Stated", "channel_name", "file_of", "state", "stated", "take"]

#: The most that a channel may cost in a month.
MOST = Decimal(100_000_000)
#: Months that a form offers.
OFFERED = 12
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})[./](\d{4})", re.ASCII)


@dataclass(frozen=True)
class Stated:
    """The months that count, and of each channel that has customers or costs what is stated.

    `won`: how many customers a channel brought in these months. The largest channel comes first.
    """

    months: tuple[date, ...]
    channels: tuple[str, ...]
    amounts: dict[tuple[str, date], Decimal]
    won: dict[str, int]


def stated(context: Context, shop: Shop) -> Stated:
    """Return what is stated of the last full months, the latest first."""
    this = month_of(today_of(context, shop))
    months = tuple(months_before(this, back) for back in range(1, OFFERED + 1))
    with context.db.read() as connection:
        held = store.costs_between(connection, shop.id, months[-1], months[0])
        found = customer_figures.first_purchases(connection, shop.id, months[-1], end_of(months[0]))
    won: dict[str, int] = {}
    for (channel, _), count in found.items():
        won[channel] = won.get(channel, 0) + count
    names = {one.channel for one in held} | set(won)
    return Stated(
        months,
        tuple(sorted(names, key=lambda name: (-won.get(name, 0), name))),
        {(one.channel, one.month): one.amount for one in held if one.amount is not None},
        won,
    )


def state(context: Context, shop: Shop, costs: Sequence[ChannelCost]) -> int:
    """Keep what the merchant states; returns of how many months of a channel."""
    with context.db.write() as connection:
        store.put_costs(connection, shop.id, costs, context.now())
    return len(costs)


def _month(text: str, zone: ZoneInfo) -> date:
    found = _MONTH.fullmatch(text)
    if found is None:
        return month_of(as_day(text, zone))
    year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        raise CellError("time") from None


COLUMNS = (
    Column("channel", "Kanal", "channel", as_text, needed=True),
    Column("month", "Monat", "month", _month, needed=True),
    Column("amount", "Kosten", "cost", as_amount, needed=True),
)


def file_of(context: Context, shop: Shop, language: str) -> str:
    """Return a table to fill in, with every channel and month, and what is stated so far."""
    return written(COLUMNS, _rows(stated(context, shop), language == "de"), language)


def _rows(found: Stated, german: bool) -> Iterable[Sequence[str]]:
    for channel in found.channels:
        for month in found.months:
            amount = found.amounts.get((channel, month))
            text = "" if amount is None else format(amount.quantize(Decimal("0.01")), "f")
            yield channel, f"{month:%Y-%m}", text.replace(".", ",") if german else text


def take(context: Context, shop: Shop, raw: bytes) -> Taken:
    """Take in a file of costs; rows that do not fit are named, the others count at once.

    Of several rows of one channel and month the amounts are added up; a row without an amount
    says nothing. BadInputError, TooLargeError or InvalidFieldError("columns_missing") for a file
    that cannot be read at all.
    """
    table = read_table(raw, COLUMNS)
    zone, latest = ZoneInfo(shop.zone), month_of(today_of(context, shop))
    found: dict[tuple[str, date], Decimal] = {}
    problems: list[Problem] = []
    for row in table.rows:
        for field, code in _read(row, zone, latest, found):
            problems.append(Problem(row.number, table.titles.get(field, field), code))
    costs = [ChannelCost(channel, month, amount) for (channel, month), amount in found.items()]
    return Taken(state(context, shop, costs), tuple(problems))


def _read(
    row: Row, zone: ZoneInfo, latest: date, found: dict[tuple[str, date], Decimal]
) -> list[tuple[str, str]]:
    """Add a row to what was found; returns what is wrong with it, as (field, code)."""
    text = row.cells.get("amount", "")
    if not text:
        return []
    field = "month"
    try:
        month = _month(row.cells.get("month", ""), zone)
        if month > latest:
            return [("month", "time_range")]
        field = "amount"
        amount = as_amount(text, zone)
    except CellError as error:
        return [(field, error.code)]
    place = (channel_name(without_guard(row.cells.get("channel", ""))), month)
    total = found.get(place, Decimal(0)) + amount
    if total > MOST:
        return [("amount", "too_large")]
    found[place] = total
    return []
