"""The merchant's side of the discount guard: the limits, and what became of the month's budget."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services import config_changes, guard_watch
from plugin.services.context import Context
from plugin.services.guard_rules import CAREFUL_BUDGET, SHARE_DAYS, Limits, share_reached
from plugin.store import guard as store
from plugin.store import guard_orders
from plugin.store.guard_orders import Coded
from plugin.store.models import touch

__all__ = [
    "CAREFUL_BUDGET",
    "GuardReport",
    "SavedLimits",
    "limits_of",
    "month_of",
    "monthly_budget",
    "read",
    "report",
    "save",
    "spent_in",
]

#: Stretch of the table of refusals.
REPORT_DAYS = 28
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class SavedLimits:
    """The limits of a shop; `revision` counts their changes, 0: never set."""

    limits: Limits
    revision: int


@dataclass(frozen=True)
class GuardReport:
    """The state of the guard: this month's money, and its decisions of the last 28 days.

    `spent` is what counts against the budget: what was promised, and what redeemed vouchers cost
    beyond that. `forecast` is where the month ends if it goes on like this.
    """

    limits: Limits
    spent: Decimal
    granted: Decimal
    redeemed: Decimal
    forecast: Decimal
    month: date
    month_ends: date
    allowed: int
    refused: tuple[tuple[str, int], ...]
    coded: Coded

    @property
    def budget(self) -> Decimal:
        """Return the budget of a month."""
        return self.limits.budget

    @property
    def share(self) -> Decimal:
        """Return the spent share of the budget, 0 without any budget."""
        return self.spent / self.budget if self.budget else Decimal(0)

    @property
    def coded_share(self) -> Decimal | None:
        """Return the share of orders that carried a code, None without orders."""
        return Decimal(self.coded.coded) / self.coded.orders if self.coded.orders else None

    @property
    def alarm(self) -> bool:
        """Tell whether discounts have become permanent: as many codes as the merchant allows."""
        return share_reached(self.limits, self.coded.orders, self.coded.coded)


def read(connection: Connection, shop_id: int) -> SavedLimits:
    """Return the limits of a shop, careful ones until the merchant sets others."""
    found = store.stored_limits(connection, shop_id)
    try:
        return SavedLimits(Limits.model_validate_json(json.dumps(found.limits)), found.revision)
    except ValidationError:  # a later version wrote what this one does not know
        return SavedLimits(Limits(), found.revision)


def limits_of(context: Context, shop: Shop) -> SavedLimits:
    """Return the limits of a shop."""
    with context.db.read() as connection:
        return read(connection, shop.id)


def monthly_budget(context: Context, shop: Shop) -> Decimal:
    """Return the budget of a month in the shop's currency."""
    return limits_of(context, shop).limits.budget


def save(context: Context, shop: Shop, limits: Limits, *, seen: int) -> None:
    """Save the limits of a merchant who saw revision `seen`.

    ConflictError("limits_changed") if they are others by now; saving the same again is none.
    """
    with context.db.write() as connection:
        store.lock_budget(connection, shop.id)
        present = read(connection, shop.id)
        if present.limits == limits and present.revision:
            return
        if present.revision != seen:
            raise ConflictError("limits_changed")
        store.put_limits(
            connection,
            shop.id,
            limits.model_dump(mode="json"),
            seen + 1,
            context.now(),
            other_share=limits.held_back != present.limits.held_back,
        )
        if limits.held_back != present.limits.held_back:
            config_changes.changed(connection, context, shop)
        # Suggestions weigh what a product leaves after the tax that is stated here.
        touch(connection, shop.id)
        guard_watch.look_soon(connection, context, shop, f"limits:{seen + 1}")
        guard_watch.look_at_borders(connection, context, shop, limits, seen + 1)


def spent_in(connection: Connection, shop: Shop, now: datetime) -> Decimal:
    """Return what counts against the budget of the present month, in the shop's currency."""
    month = month_of(now, shop.zone)
    granted = store.granted_in(connection, shop.id, month, shop.currency)
    start, end = month_start(month, shop.zone), now + _SECOND
    return granted + store.redeemed_between(connection, shop.id, start, end, shop.currency).beyond


def report(context: Context, shop: Shop) -> GuardReport:
    """Return the state of the guard now."""
    now = context.now()
    month = month_of(now, shop.zone)
    start, soon = month_start(month, shop.zone), now + _SECOND
    end = month_start(next_month(month), shop.zone)
    with context.db.read() as connection:
        limits = read(connection, shop.id).limits
        granted = store.granted_in(connection, shop.id, month, shop.currency)
        redeemed = store.redeemed_between(connection, shop.id, start, soon, shop.currency)
        counts = store.decisions_between(
            connection, shop.id, now - timedelta(days=REPORT_DAYS), soon
        )
        coded = guard_orders.coded_between(
            connection, shop.id, now - timedelta(days=SHARE_DAYS), soon
        )
    spent = granted + redeemed.beyond
    refused = [(reason, n) for (verdict, reason), n in counts.items() if verdict == "no"]
    given = sum(n for (verdict, _), n in counts.items() if verdict in ("allow", "smaller"))
    return GuardReport(
        limits=limits,
        spent=spent,
        granted=granted,
        redeemed=redeemed.amount,
        forecast=_forecast(limits, spent, now - start, end - start),
        month=month,
        month_ends=next_month(month) - timedelta(days=1),
        allowed=given,
        refused=tuple(sorted(refused, key=lambda item: (-item[1], item[0]))),
        coded=coded,
    )


def _forecast(limits: Limits, spent: Decimal, gone: timedelta, whole: timedelta) -> Decimal:
    # No more than the budget: the guard sees to it.
    seconds = max(int(gone.total_seconds()), 86_400)
    at_this_pace = spent * int(whole.total_seconds()) / seconds
    return max(min(at_this_pace, limits.budget), spent).quantize(Decimal(1))


def month_of(now: datetime, zone: str) -> date:
    """Return the first day of the present month where the shop is."""
    return now.astimezone(ZoneInfo(zone)).date().replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_start(month: date, zone: str) -> datetime:
    """Return the moment at which a month begins where the shop is."""
    return datetime(month.year, month.month, 1, tzinfo=ZoneInfo(zone))
