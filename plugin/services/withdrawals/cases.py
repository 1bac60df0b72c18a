"""One order as its withdrawal form needs it: its items, its period, what the law leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.withdrawal import Withdrawal
from plugin.model import OrderLine, Shop
from plugin.services import excluding
from plugin.services.context import Context
from plugin.services.parcels.status import OrderStatus, status_of
from plugin.services.withdrawals import settings as rules
from plugin.services.withdrawals.period import Kind, Period, has_right, period_of, region_of
from plugin.services.wording import merchant_text
from plugin.store import parcels
from plugin.store.order_reading import held_lines
from plugin.store.parcels import FoundOrder


@dataclass(frozen=True)
class Case:
    """What a declaration may be about; without an order it is about whatever is entered.

    `excluded` are titles of items that the shop holds to be without the right: a notice, which
    keeps nobody from declaring. `kind` is None once nothing can be declared any more.
    """

    settings: Withdrawal
    kind: Kind | None
    order: FoundOrder | None = None
    lines: tuple[OrderLine, ...] = ()
    period: Period | None = None
    excluded: tuple[str, ...] = ()

    @property
    def choice(self) -> bool:
        """Tell whether there are several things to choose from."""
        return len(self.lines) > 1 or any(line.quantity > 1 for line in self.lines)

    def why_excluded(self, language: str) -> str:
        """Return the merchant's reason, "" if none was given."""
        return merchant_text(self.settings.excluded_why.public(), language)


def case_of(context: Context, shop: Shop, order: FoundOrder) -> Case:
    """Return the case of an order whose link was shown."""
    with context.db.read() as connection:
        return read_case(connection, context, shop, order)


def read_case(connection: Connection, context: Context, shop: Shop, order: FoundOrder) -> Case:
    """Return the case of an order within the caller's transaction."""
    settings = rules.read(connection, shop.id)
    lines = tuple(line for line in held_lines(connection, shop.id, order.order_id) if line.quantity)
    period = read_period(connection, context, shop, order, settings)
    left_out = set(excluding.products_of(connection, shop, settings.excluded).values())
    return Case(
        settings=settings,
        kind=period.kind_on(today_in(context, shop)),
        order=order,
        lines=lines,
        period=period,
        excluded=tuple(line.title for line in lines if line.product_id in left_out),
    )


def open_case(context: Context, shop: Shop) -> Case:
    """Return the case of somebody who comes without a link; it is never too late for it."""
    settings = rules.get(context, shop)
    kind: Kind | None = "statutory"
    if not has_right(region_of(shop)):
        kind = "voluntary" if settings.voluntary_days else None
    return Case(settings, kind)


def read_period(
    connection: Connection, context: Context, shop: Shop, order: FoundOrder, settings: Withdrawal
) -> Period:
    """Return the period of an order, read from its parcels as they are now."""
    items = parcels.items_of(connection, shop.id, order.order_id)
    sent = parcels.shipments_of(connection, shop.id, order.order_id)
    status = status_of(shop, order, items, sent, context.now())
    return period_by(shop, order, status, settings)


def period_by(shop: Shop, order: FoundOrder, status: OrderStatus, settings: Withdrawal) -> Period:
    """Return the period of an order whose status is known."""
    delivered = [parcel.delivered_at for parcel in status.parcels]
    if status.unsent:
        delivered.append(None)  # what is not even sent has not arrived either
    return period_of(shop, settings, order.country, order.placed_at, delivered)


def today_in(context: Context, shop: Shop) -> date:
    """Return the day that it is in the shop."""
    return day_in(shop, context.now())


def day_in(shop: Shop, moment: datetime) -> date:
    """Return the day of a moment in the shop."""
    return moment.astimezone(ZoneInfo(shop.zone)).date()
