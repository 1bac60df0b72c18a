"""What customers of a channel are worth against what it cost to win them.

Worth is contribution margin over 365 days from the first purchase on, the first one included.
It is measured on customers of whom these days are over, or foreseen by a model where that did
better on days that it had not seen (services/customers_over_time/foresight.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time.lives import HORIZONS
from plugin.services.customers_over_time.means import mean_of
from plugin.services.customers_over_time.months import (
    end_of,
    last_ripe,
    month_of,
    months_before,
)
from plugin.services.customers_over_time.repeating import today_of
from plugin.services.statistics import Interval
from plugin.store import channel_costs, customer_figures, customer_values
from plugin.store.channel_costs import ChannelCost
from plugin.store.customer_figures import Worth
from plugin.store.customer_values import ALL

#: Below so many customers nothing is said of what they are worth.
LEAST = 200
YEAR = 365
#: The horizons for which the highest bearable cost is stated.
BEARABLE = (90, 180, YEAR)
#: Of more customers than this share a cost is unknown: then no margin is stated.
_MOST_UNKNOWN = 0.05
_TWO_YEARS = 2 * YEAR

State = Literal["shown", "few", "unknown_costs", "unripe"]


@dataclass(frozen=True)
class Channel:
    """One channel, or all of them together (`name` None).

    `customers` of the last two years. `cost` is what it took to win one, None where none is
    stated. `worth` None unless `state` is "shown"; `foreseen`: by the model. `bearable`: what a
    customer may cost at most to be earned back within so many days. `ripe_on`: in the state
    "unripe", the day by which LEAST of them are known for a year. `back_after`: after how many days
    the cost was earned back, as measured; None where it was not, or is not known.
    """

    name: str | None
    customers: int
    state: State
    cost: Decimal | None
    worth: Interval | None
    foreseen: bool
    bearable: Mapping[int, Interval | None]
    back_after: int | None
    ripe_on: date | None

    @property
    def ratio(self) -> Interval | None:
        """Return what a customer is worth for each unit of cost."""
        if self.worth is None or not self.cost:
            return None
        return Interval(*(value / float(self.cost) for value in self.worth))


@dataclass(frozen=True)
class Values:
    """Every channel, the largest first, all together last; and when costs were last stated."""

    channels: tuple[Channel, ...]
    stated_at: datetime | None


def values(connection: Connection, shop: Shop, today: date) -> Values:
    """Return what customers are worth, by channel."""
    held = _held(connection, shop.id, today)
    names = sorted(held.names, key=lambda name: (-held.customers(name), name))
    rows = [_channel(name, held) for name in names]
    if len(rows) > 1:
        rows.append(_channel(None, held))
    dated = _with_dates(connection, shop.id, today, rows)
    return Values(dated, channel_costs.last_stated(connection, shop.id))


def read_values(context: Context, shop: Shop) -> Values:
    """Return what customers are worth, by channel."""
    with context.db.read() as connection:
        return values(connection, shop, today_of(context, shop))


@dataclass(frozen=True)
class _Held:
    """All that was read: at each horizon the ripe customers, costs, first purchases, forecasts."""

    ripe: Mapping[int, Sequence[Worth]]
    recent: Sequence[Worth]
    costs: Sequence[ChannelCost]
    won: Mapping[tuple[str, date], int]
    foreseen: Mapping[str, Any]

    @property
    def names(self) -> set[str]:
        return {one.channel for one in self.recent} | {one.channel for one in self.costs}

    def customers(self, name: str | None) -> int:
        return sum(one.customers for one in self.recent if name in (None, one.channel))

    def at(self, horizon: int, name: str | None) -> list[Worth]:
        return [one for one in self.ripe[horizon] if name in (None, one.channel)]


def _held(connection: Connection, shop_id: int, today: date) -> _Held:
    start = months_before(month_of(today), 12)
    end = months_before(month_of(today), 1)
    ripe = {}
    for horizon in HORIZONS:
        last = last_ripe(today, horizon)
        first = last - timedelta(days=YEAR - 1)
        ripe[horizon] = customer_figures.worth(connection, shop_id, horizon, first, last)
    since = today - timedelta(days=_TWO_YEARS)
    return _Held(
        ripe=ripe,
        recent=customer_figures.worth(connection, shop_id, 0, since, today),
        costs=channel_costs.costs_between(connection, shop_id, start, end),
        won=customer_figures.first_purchases(connection, shop_id, start, end_of(end)),
        foreseen=customer_values.values_of(connection, shop_id),
    )


def _channel(name: str | None, held: _Held) -> Channel:
    customers = held.customers(name)
    means = {horizon: mean_worth(held.at(horizon, name)) for horizon in HORIZONS}
    cost = _cost(name, held)
    foreseen = _foreseen(held.foreseen.get(ALL if name is None else name))
    state, worth = _state(name, held, means[YEAR], foreseen)
    return Channel(
        name=name,
        customers=customers,
        state=state,
        cost=cost,
        worth=worth,
        foreseen=worth is not None and worth == foreseen,
        bearable={horizon: means[horizon] for horizon in BEARABLE},
        back_after=_back_after(cost, means),
        ripe_on=None,
    )


def _state(
    name: str | None, held: _Held, measured: Interval | None, foreseen: Interval | None
) -> tuple[State, Interval | None]:
    if held.customers(name) < LEAST:
        return "few", None
    if costs_unknown(held.at(0, name)):
        return "unknown_costs", None
    worth = foreseen or measured
    return ("unripe" if worth is None else "shown"), worth


def _with_dates(
    connection: Connection, shop_id: int, today: date, rows: Sequence[Channel]
) -> tuple[Channel, ...]:
    """Say of each channel that ripens when enough of its customers are known for a year."""
    if all(row.state != "unripe" for row in rows):
        return tuple(rows)
    since = today - timedelta(days=_TWO_YEARS)
    firsts = customer_figures.firsts(connection, shop_id, since)
    return tuple(
        replace(row, ripe_on=_ripe_on(row.name, firsts)) if row.state == "unripe" else row
        for row in rows
    )


def _ripe_on(name: str | None, firsts: Sequence[tuple[str, date, int]]) -> date | None:
    seen = 0
    for channel, day, customers in firsts:
        seen += customers if name in (None, channel) else 0
        if seen >= LEAST:
            return day + timedelta(days=YEAR)
    return None


def costs_unknown(rows: Sequence[Worth]) -> bool:
    """Tell whether the cost is unknown for too many of these customers."""
    unknown = sum(one.unknown for one in rows)
    return unknown > _MOST_UNKNOWN * sum(one.customers for one in rows)


def mean_worth(rows: Sequence[Worth]) -> Interval | None:
    """Return the margin of one customer, None where they are few or their costs unknown."""
    known = sum(one.customers - one.unknown for one in rows)
    if known < LEAST or costs_unknown(rows):
        return None
    return mean_of(sum(one.margin for one in rows), sum(one.squares for one in rows), known)


def _cost(name: str | None, held: _Held) -> Decimal | None:
    """Return what it took to win a customer, over the months of which costs are stated."""
    stated = [one for one in held.costs if name in (None, one.channel)]
    paid = sum((one.amount for one in stated if one.amount is not None), Decimal(0))
    won = sum(held.won.get((one.channel, one.month), 0) for one in stated)
    return paid / won if won else None


def _foreseen(found: Mapping[str, Any] | None) -> Interval | None:
    if found is None or not found["better"]:
        return None
    return Interval(*found["worth"])


def _back_after(cost: Decimal | None, means: Mapping[int, Interval | None]) -> int | None:
    if cost is None:
        return None
    for horizon in HORIZONS:
        mean = means[horizon]
        if mean is not None and mean.value >= cost:
            return horizon
    return None
