"""What customers are worth by the quarter of their first purchase, as it grows with their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.services.customers_over_time.months import month_of, months_before, ripe_on
from plugin.services.customers_over_time.worth import YEAR, costs_unknown, mean_worth
from plugin.services.statistics import Interval
from plugin.store import customer_figures
from plugin.store.customer_figures import Worth

#: Days from the first purchase on; 0: that purchase alone.
AGES = (0, 90, 180, YEAR)
_QUARTER = 3

State = Literal["shown", "unripe", "few", "unknown_costs"]


@dataclass(frozen=True)
class Age:
    """Contribution margin of one customer until that age; None unless `state` is "shown".

    In the state "unripe" the days of the last customer are over after `ripe_on`.
    """

    days: int
    state: State
    mean: Interval | None
    ripe_on: date


@dataclass(frozen=True)
class Cohort:
    """Customers of a quarter, named by its first month."""

    quarter: date
    customers: int
    ages: tuple[Age, ...]


def cohorts(connection: Connection, shop_id: int, today: date, count: int) -> tuple[Cohort, ...]:
    """Return the latest quarters of which anything is ripe, the oldest first."""
    since = months_before(_quarter_of(today), _QUARTER * count)
    found: dict[date, dict[int, list[Worth]]] = {}
    for month, age, worth in customer_figures.worth_by_month(connection, shop_id, AGES, since):
        found.setdefault(_quarter_of(month), {}).setdefault(age, []).append(worth)
    rows = [_cohort(quarter, ages, today) for quarter, ages in sorted(found.items())]
    return tuple(row for row in rows if row.ages[0].state != "unripe")


def _cohort(quarter: date, ages: dict[int, list[Worth]], today: date) -> Cohort:
    customers = sum(one.customers for one in ages.get(0, []))
    return Cohort(quarter, customers, tuple(_age(quarter, days, ages, today) for days in AGES))


def _age(quarter: date, days: int, ages: dict[int, list[Worth]], today: date) -> Age:
    until = ripe_on(months_before(quarter, 1 - _QUARTER), days)
    rows = ages.get(days, [])
    if until >= today:
        return Age(days, "unripe", None, until)
    if costs_unknown(rows):
        return Age(days, "unknown_costs", None, until)
    mean = mean_worth(rows)
    return Age(days, "few" if mean is None else "shown", mean, until)


def _quarter_of(day: date) -> date:
    return months_before(month_of(day), (day.month - 1) % _QUARTER)
