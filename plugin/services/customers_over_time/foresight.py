"""Foresees what new customers will be worth, every night, and whether that can be believed.

How often they buy is from BG/NBD (`buying`), what they spend from Gamma-Gamma (`spend`), what is
left of it from the orders of the shop. Both models are first fitted to what was known some time
ago; only where they then foresaw what came since better than the plain average of older cohorts
did is their number shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import syncing
from plugin.services.context import Context
from plugin.services.customers_over_time import counting
from plugin.services.customers_over_time.buying import (
    Histories,
    expected_of_known,
    expected_of_new,
    fit_buying,
)
from plugin.services.customers_over_time.means import mean_of
from plugin.services.customers_over_time.months import month_of, months_before
from plugin.services.customers_over_time.repeating import today_of
from plugin.services.customers_over_time.spend import fit_spend, mean_of_new
from plugin.services.customers_over_time.worth import LEAST, YEAR
from plugin.services.statistics import Z95
from plugin.services.steps import Handler, Step
from plugin.store import customer_figures, customer_values
from plugin.store.customer_figures import Life, Worth
from plugin.store.customer_orders import PARTS
from plugin.store.customer_values import ALL

Floats = NDArray[np.float64]

KIND = "customers.foresee"
#: Customers older than this stand in no forecast: people, and shops, change.
_LOOK_BACK = timedelta(days=2 * YEAR)
#: What is foreseen in the test, in days, and in how many months of first purchase at least.
_TESTED, _LEAST_MONTHS = 90, 3
_WEEK = 7
#: Draws from the doubt about a fit, always the same ones.
_DRAWS, _SEED = 2_000, 2005
_MOST_UNKNOWN = 0.05
#: Of more customers a sample is fitted: the parameters are known well enough from it.
_FITTED = 20_000


def foresee(context: Context, step: Step) -> None:
    """Work out anew what customers of each channel will be worth (once a day)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    after: str | None = ""
    while after is not None:
        with context.db.write() as connection:
            after = counting.complete(connection, shop, after)
    today = today_of(context, shop)
    with context.db.read() as connection:
        found = forecasts(connection, shop, today)
    with context.db.write() as connection:
        customer_values.put_values(connection, shop.id, found, context.now())


def forecasts(connection: Connection, shop: Shop, today: date) -> dict[str, Any]:
    """Return by channel the worth of a new customer with its range, and whether to believe it."""
    since, cut = today - _LOOK_BACK, today - timedelta(days=_TESTED)
    before = cut - timedelta(days=_TESTED)
    earlier = _by_channel(customer_figures.lives(connection, shop.id, since, before))
    then = _by_channel(customer_figures.lives(connection, shop.id, since, cut))
    now = _by_channel(customer_figures.lives(connection, shop.id, since, today))
    firsts = customer_figures.worth(connection, shop.id, 0, since, today)
    shares = customer_figures.worth(connection, shop.id, YEAR, since, today)
    found = {}
    for channel, lives in now.items():
        one = _worth(lives, _of(firsts, channel), _of(shares, channel), today)
        if one is not None:
            past = (earlier.get(channel, []), then.get(channel, []))
            errors = tested(*past, lives, cut, today)
            found[channel] = {"worth": one, "better": _is_better(errors), "errors": errors}
    return found


def _of(rows: Sequence[Worth], channel: str) -> list[Worth]:
    return [row for row in rows if channel in (ALL, row.channel)]


def _by_channel(lives: Iterable[Life]) -> dict[str, list[Life]]:
    found: dict[str, list[Life]] = defaultdict(list)
    for life in lives:
        found[life.channel].append(life)
        found[ALL].append(life)
    return found


def _some(lives: Sequence[Life]) -> Sequence[Life]:
    # They come in the order of their check values: every n-th is a fair sample.
    return lives[:: -(-len(lives) // _FITTED)]


def histories(lives: Sequence[Life], until: date) -> Histories:
    """Return customers as the model sees them: those of one history are counted together."""
    counts = Counter(
        (life.repeats, (life.last_day - life.first_day).days, (until - life.first_day).days)
        for life in lives
    )
    rows = np.array(list(counts), dtype=np.float64).reshape(-1, 3)
    return Histories(
        rows[:, 0], rows[:, 1] / _WEEK, rows[:, 2] / _WEEK, np.array(list(counts.values()), float)
    )


def _worth(
    lives: Sequence[Life], firsts: Sequence[Worth], all_of: Sequence[Worth], today: date
) -> list[float] | None:
    """Return the worth of a new customer over a year with its range, in units of money."""
    customers = sum(row.customers for row in firsts)
    unknown = sum(row.unknown for row in all_of)
    if len(lives) < LEAST or unknown > _MOST_UNKNOWN * customers:
        return None
    buying = fit_buying(histories(_some(lives), today))
    again = [life for life in _some(lives) if life.repeats and life.revenue > 0]
    repeats = np.array([life.repeats for life in again], float)
    amounts = np.array([life.revenue / PARTS for life in again], float)
    spend = fit_spend(repeats, amounts / repeats) if again else None
    known = customers - sum(row.unknown for row in firsts)
    first = mean_of(sum(row.margin for row in firsts), sum(row.squares for row in firsts), known)
    revenue = sum(row.revenue for row in all_of)
    if buying is None or spend is None or first is None or not revenue:
        return None
    left = sum(row.margin for row in all_of) / revenue
    rng = np.random.default_rng(_SEED)
    logs = np.vstack([buying.logs, rng.multivariate_normal(buying.logs, buying.doubt, _DRAWS)])
    sums = np.vstack([spend.logs, rng.multivariate_normal(spend.logs, spend.doubt, _DRAWS)])
    start = first.value + (first.high - first.low) / 2 / Z95 * rng.standard_normal(_DRAWS + 1)
    start[0] = first.value
    drawn = start + left * expected_of_new(logs, YEAR / _WEEK) * mean_of_new(sums)
    low, high = np.quantile(drawn[1:], [0.025, 0.975])
    found = [float(drawn[0]), float(low), float(high)]
    return found if np.all(np.isfinite(found)) else None


def tested(
    earlier: Sequence[Life], then: Sequence[Life], now: Sequence[Life], cut: date, today: date
) -> tuple[float, float] | None:
    """Return how far the model and the plain average were off, in purchases after the day `cut`.

    Both foresee for each month of first purchase how many purchases came since, from what was
    known on that day: the model, and the plain average, which is what those who began three
    months earlier had done at the same age. `earlier` are the customers of three months before.
    None where too little was known.
    """
    if len(then) < LEAST:
        return None
    model = fit_buying(histories(_some(then), cut))
    if model is None:
        return None
    paces = _paces(earlier, then)
    real, known = _repeats(now, cut), _repeats(then, cut)
    weeks = (today - cut).days / _WEEK
    of_model = of_plain = 0.0
    compared = 0
    for month, lives in _months(then).items():
        pace = paces.get(months_before(month, _TESTED // 30))
        if pace is None:
            continue
        of = histories(lives, cut)
        foreseen = float(np.sum(of.count * expected_of_known(model, of, weeks)))
        came = real[month] - known[month]
        of_model += abs(foreseen - came)
        of_plain += abs(pace * len(lives) - came)
        compared += 1
    return (of_model, of_plain) if compared >= _LEAST_MONTHS else None


def _months(lives: Sequence[Life]) -> dict[date, list[Life]]:
    found: dict[date, list[Life]] = defaultdict(list)
    for life in lives:
        found[month_of(life.first_day)].append(life)
    return found


def _repeats(lives: Sequence[Life], until: date) -> Counter[date]:
    """Count repeat purchases by month of the first, of customers known on a day."""
    found: Counter[date] = Counter()
    for life in lives:
        if life.first_day <= until:
            found[month_of(life.first_day)] += life.repeats
    return found


def _paces(earlier: Sequence[Life], then: Sequence[Life]) -> dict[date, float]:
    """Return what a customer of each month bought in the stretch between the two."""
    if not earlier:
        return {}
    last = max(life.first_day for life in earlier)
    before, after = _repeats(earlier, last), _repeats(then, last)
    return {
        month: (after[month] - before[month]) / len(lives)
        for month, lives in _months(earlier).items()
    }


def _is_better(errors: tuple[float, float] | None) -> bool:
    return errors is not None and errors[0] < errors[1]


HANDLERS: dict[str, Handler] = {KIND: foresee}
