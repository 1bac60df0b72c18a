"""The merchant's side of the discount guard: the monthly budget, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import vouchers as store

#: Budget of a month until the merchant sets another, in the shop's currency.
CAREFUL_BUDGET = Decimal(200)
#: Stretch of the table of refusals.
REPORT_DAYS = 28


@dataclass(frozen=True)
class GuardReport:
    """The state of the guard: this month's money, and its decisions of the last 28 days."""

    budget: Decimal
    spent: Decimal
    month: date
    allowed: int
    refused: tuple[tuple[str, int], ...]

    @property
    def share(self) -> Decimal:
        """Return the spent share of the budget, 0 without any budget."""
        return self.spent / self.budget if self.budget else Decimal(0)


def monthly_budget(context: Context, shop: Shop) -> Decimal:
    """Return the budget of a month in the shop's currency."""
    with context.db.read() as connection:
        stored = store.monthly_budget(connection, shop.id)
    return CAREFUL_BUDGET if stored is None else stored


def set_budget(context: Context, shop: Shop, budget: Decimal, *, seen: Decimal) -> None:
    """Set the budget of a merchant who saw `seen`; ConflictError if it is another by now."""
    with context.db.write() as connection:
        stored = store.monthly_budget(connection, shop.id)
        present = CAREFUL_BUDGET if stored is None else stored
        if present not in (seen, budget):
            raise ConflictError("budget_changed", field="budget")
        store.set_monthly_budget(connection, shop.id, budget, context.now())


def report(context: Context, shop: Shop) -> GuardReport:
    """Return the state of the guard now."""
    now = context.now()
    start = month_start(now, shop.zone)
    with context.db.read() as connection:
        stored = store.monthly_budget(connection, shop.id)
        spent = store.promised_between(connection, shop.id, start, now + timedelta(seconds=1))
        counts = store.decisions_between(
            connection, shop.id, now - timedelta(days=REPORT_DAYS), now + timedelta(seconds=1)
        )
    refused = [(reason, n) for (verdict, reason), n in counts.items() if verdict == "no"]
    return GuardReport(
        budget=CAREFUL_BUDGET if stored is None else stored,
        spent=spent,
        month=start.astimezone(ZoneInfo(shop.zone)).date(),
        allowed=sum(n for (verdict, _), n in counts.items() if verdict == "allow"),
        refused=tuple(sorted(refused, key=lambda item: (-item[1], item[0]))),
    )


def month_start(now: datetime, zone: str) -> datetime:
    """Return when the present month began where the shop is."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
