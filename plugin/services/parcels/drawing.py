"""One drawing of the page of an order: read in one transaction, at one moment, good until another.

What a section says may be true for a while only. Most of it goes by days ("heute", the last day of
a period, a day that was told and is over), so no drawing outlives its day in the shop's zone; a
section that says what ends or begins earlier tells so with `only_until`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.service import Service
from plugin.contracts.shopwide import DeliveryPromise, Notices
from plugin.contracts.withdrawal import Withdrawal
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.status import OrderStatus
from plugin.services.parcels.times import day_after
from plugin.store.parcels import FoundOrder
from plugin.store.service_messages import Message
from plugin.store.withdrawals import Withdrawal as Declared

__all__ = ["INSTANT", "Drawing", "ShownSettings"]

#: What holds up to and with a moment is over an instant later.
INSTANT = timedelta.resolution
_QUARTER = 15 * 60


@dataclass(frozen=True)
class ShownSettings:
    """What the merchant set for the shop as a whole, as far as pages of orders show it."""

    service: Service
    promise: DeliveryPromise
    notices: Notices
    withdrawal: Withdrawal


@dataclass
class Drawing:
    """What the sections of a page are drawn from; `page` is its address.

    `declared` are withdrawals from the order, the newest first, `message` is the newest about it.
    `until` is the earliest moment at which it may become another one by itself.
    """

    connection: Connection
    context: Context
    shop: Shop
    order: FoundOrder
    status: OrderStatus
    settings: ShownSettings
    declared: Sequence[Declared]
    message: Message | None
    language: str
    page: str
    now: datetime
    until: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a day."""
        self.until = day_after(self.now, ZoneInfo(self.shop.zone))

    @property
    def withdrawing(self) -> bool:
        """Tell whether a declaration waits for the merchant: nobody sells meanwhile."""
        return any(row.handled_at is None for row in self.declared)

    def only_until(self, moment: datetime) -> None:
        """Note that something on the page is another from this moment on; what is past is told."""
        if self.now < moment < self.until:
            self.until = moment

    def only_this_quarter(self) -> None:
        """Note that something is on the page of which nobody can say how long it holds."""
        quarter = int(self.now.timestamp()) // _QUARTER + 1
        self.only_until(datetime.fromtimestamp(quarter * _QUARTER, UTC))
