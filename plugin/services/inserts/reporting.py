"""What a merchant sees of flyers and presents: what to pack, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services import csv_tables, guard_limits
from plugin.services.context import Context
from plugin.services.csv_reading import Column
from plugin.store import inserts as store
from plugin.store import surprises
from plugin.store.inserts import PackedOrder
from plugin.store.surprises import Present

DAYS = 90
_LISTED_FOR = timedelta(days=30)
_LISTED = 50
#: A card goes to whoever ordered so often within a year.
_REGULAR = 2
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Report:
    """The newest orders, the presents, and what the flyers of 90 days brought."""

    orders: tuple[PackedOrder, ...]
    presents: tuple[Present, ...]
    spent: Decimal
    made: int
    visited: int
    redeemed: int
    revenue: Decimal
    cost: Decimal

    @property
    def to_pack(self) -> int:
        """Return how many presents still have to be put into a parcel."""
        return sum(one.packed_at is None for one in self.presents)


def report(context: Context, shop: Shop) -> Report:
    """Return what the merchant sees."""
    now = context.now()
    since = now - timedelta(days=DAYS)
    with context.db.read() as connection:
        made, visited = store.counts_since(connection, shop.id, since)
        redeemed, revenue, cost = store.redeemed_since(connection, shop.id, since, shop.currency)
        month = guard_limits.month_of(now, shop.zone)
        return Report(
            orders=tuple(store.recent(connection, shop.id, now - _LISTED_FOR, _LISTED)),
            presents=tuple(surprises.presents(connection, shop.id, _LISTED)),
            spent=surprises.spent_in(connection, shop.id, month),
            made=made,
            visited=visited,
            redeemed=redeemed,
            revenue=revenue,
            cost=cost,
        )


def card_list(context: Context, shop: Shop, language: str) -> str:
    """Return a table of those who ordered at least twice within a year, by their newest order.

    Names and streets stand in the shop's own system, under the number of the order.
    """
    with context.db.read() as connection:
        since = context.now() - _YEAR
        found = store.regulars(connection, shop.id, since, _REGULAR)
    columns = (
        Column("order", "Neueste Bestellung", "Newest order", _as_written),
        Column("orders", "Bestellungen in 12 Monaten", "Orders in 12 months", _as_written),
    )
    return csv_tables.written(columns, ((one.number, str(one.orders)) for one in found), language)


def _as_written(cell: str, _zone: ZoneInfo) -> str:
    return cell
