"""Customers over time: whether they come back, what they spend, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask import Response
from sqlalchemy.engine import Connection

from plugin.admin.customer_charts import DoublingScale, HeatMap, doubling_scale, heat_map
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.handed import lines_of, table
from plugin.api import current_context
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time import cohort_worth, repeating, spending, worth
from plugin.services.customers_over_time.worth import Channel

#: Months that the page of figures shows, that the page of customers shows, and that a file holds.
_FEW, _SOME, _ALL = 7, 24, 120
_SALES, _BASE = 12, 13
#: Quarters of which the worth of a customer is told.
_QUARTERS = 8
#: What a shop may aim at: of a hundred new customers so many back within 90 days.
GOAL = Decimal("0.30")


@dataclass(frozen=True)
class Sections:
    """What the two parts of the page of figures that speak of customers show."""

    channels: tuple[Channel, ...]
    scale: DoublingScale
    stated_at: datetime | None
    map: HeatMap
    goal: Decimal
    least: int

    @property
    def any_cost(self) -> bool:
        """Tell whether any cost is stated."""
        return self.stated_at is not None


def sections(context: Context, shop: Shop) -> Sections:
    """Return what is known of the shop's customers."""
    with context.db.read() as connection:
        return _sections(connection, shop, repeating.today_of(context, shop), _FEW)


def _sections(connection: Connection, shop: Shop, today: date, months: int) -> Sections:
    found = worth.values(connection, shop, today)
    return Sections(
        channels=found.channels,
        scale=doubling_scale([one.ratio for one in found.channels]),
        stated_at=found.stated_at,
        map=heat_map(repeating.months(connection, shop.id, today, months)),
        goal=GOAL,
        least=worth.LEAST,
    )


@blueprint.get("/figures/customers")
def customers_page() -> Response:
    """Show who comes back, what they spend, how many stay, and what they are worth."""
    context, shop = current_context(), this_shop()
    today = repeating.today_of(context, shop)
    with context.db.read() as connection:
        base = spending.base(connection, shop.id, today, _BASE)
        return page(
            "figures/customers.html",
            customers=_sections(connection, shop, today, _SOME),
            rate=repeating.rate(connection, shop.id, today, 90),
            due=repeating.due(connection, shop.id, today),
            least=repeating.LEAST,
            values=spending.order_values(connection, shop.id, today),
            sales=spending.sales(connection, shop.id, today, _SALES)[::-1],
            base=base[::-1],
            most_active=max((row.active for row in base), default=0),
            bearable=worth.BEARABLE,
            cohorts=cohort_worth.cohorts(connection, shop.id, today, _QUARTERS),
            ages=cohort_worth.AGES,
        )


@blueprint.get("/figures/customers.csv")
def customers_csv() -> Response:
    """Hand out the months of first purchase; what ripens is empty."""
    context, shop = current_context(), this_shop()
    today = repeating.today_of(context, shop)
    with context.db.read() as connection:
        months = repeating.months(connection, shop.id, today, _ALL)
    head = ["first_month", "customers", "days", "bought_again", "final_after"]
    rows = (
        [
            f"{month.month:%Y-%m}",
            month.customers,
            cell.horizon,
            cell.again if cell.ripe else "",
            cell.ripe_on,
        ]
        for month in months
        for cell in month.cells
    )
    return table(lines_of(head, rows, words().language), "bleib-customers")


@blueprint.get("/figures/customers/due.csv")
def customers_due_csv() -> Response:
    """Hand out the orders of those who bought once and are due, to be looked up in the shop."""
    context, shop = current_context(), this_shop()
    rows = (
        [one.number, one.day, one.since, one.total.quantize(Decimal("0.01")), shop.currency]
        for one in repeating.due_orders(context, shop)
    )
    head = ["order", "bought_on", "due_since", "total", "currency"]
    return table(lines_of(head, rows, words().language), "bleib-due")
