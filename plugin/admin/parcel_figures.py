"""Figures of parcels: time, punctuality, and what the page of an order saved and brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Response, request
from pydantic import ValidationError

from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import lines_of, table
from plugin.admin.overview import PERIODS
from plugin.admin.parcel_charts import on_time, time_bars
from plugin.admin.suggestion_charts import share_points
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.services import insight
from plugin.services.parcels import figures
from plugin.services.parcels.figures import ASSUMPTION, Again, Assumption, Repeat
from plugin.services.parcels.visits import HELD_BACK_OF


@dataclass(frozen=True)
class _Asked:
    """Of which days figures are wanted, both included."""

    days: int
    start: date
    end: date


@blueprint.get("/figures/parcels")
def parcel_figures() -> Response:
    """Show how long parcels took, how punctual they were, and what their page did."""
    return _shown()


@blueprint.post("/figures/parcels")
def parcel_assumption() -> Response:
    """Keep what the merchant takes for granted of buyers who would have asked."""
    context, shop = current_context(), this_shop()
    given = request.form.get("percent", "").strip()
    try:
        wanted = Assumption(percent=int(given))
        seen = Assumption(percent=int(request.form.get("seen", "")))
    except (ValueError, ValidationError):
        return _shown(422, given=given)
    with context.db.write() as connection:
        try:
            ASSUMPTION.put(connection, context, shop, wanted, seen=seen)
        except ConflictError:
            return _shown(409, given=str(wanted.percent), mine=Decimal(wanted.percent) / 100)
    return to("parcel_figures", days=_asked().days, done="saved")


@blueprint.get("/figures/parcels.csv")
def parcel_figures_csv() -> Response:
    """Hand out every counted number, one line for each day, carrier and country."""
    context, shop, asked = current_context(), this_shop(), _asked()
    rows = figures.by_day(context, shop, asked.start, asked.end)
    head = ["day", "what", "carrier", "country", "count"]
    return table(lines_of(head, rows, words().language), "bleib-parcels")


def _shown(status: int = 200, given: str | None = None, mine: Decimal | None = None) -> Response:
    context, shop, asked = current_context(), this_shop(), _asked()
    found = figures.figures(context, shop, asked.start, asked.end)
    days, durations = time_bars(found.durations)
    difference = found.repeat.difference
    return page(
        "parcels/figures.html",
        status,
        asked=asked,
        periods=PERIODS,
        figures=found,
        axis=days,
        durations=durations,
        punctual=on_time([found.punctual])[0],
        carriers=on_time(found.carriers),
        countries=on_time(found.countries),
        visits_each=_tenths(found.visits_each),
        given=given,
        mine=mine,
        theirs=Decimal(found.contacts.percent) / 100,
        state=_state(found.repeat),
        more=None if difference is None else share_points(difference),
        per_hundred=_per_hundred,
        held_back=Decimal(1) / HELD_BACK_OF,
        again_days=figures.AGAIN_DAYS,
        least=figures.LEAST_TIMES,
    )


def _asked() -> _Asked:
    shop = this_shop()
    given = request.args.get("days", "")
    days = int(given) if given in {str(period) for period in PERIODS} else 90
    end = insight.day_of(shop, current_context().now())
    return _Asked(days, end - timedelta(days=days - 1), end)


def _state(repeat: Repeat) -> str:
    """Return what can be said of the comparison, as the key of its texts."""
    return "few" if repeat.difference is None else share_points(repeat.difference).verdict


def _tenths(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.1"))


def _per_hundred(group: Again) -> Decimal:
    """Return how many of 100 ordered again, with one decimal place."""
    return (Decimal(100 * group.again) / max(group.orders, 1)).quantize(Decimal("0.1"))
