"""What became of the vouchers, told to the merchant: their states, and uses that stand out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import thanks, voucher_uses
from plugin.store import vouchers as store
from plugin.store.thanks import DueGift
from plugin.store.voucher_uses import ORDERS, Use

__all__ = ["ORDERS", "REPORT_DAYS", "VoucherReport", "report"]

REPORT_DAYS = 90
#: In the order in which a voucher goes through them.
_STATES = ("planned", "issued", "redeemed", "cancelled", "expired", "refused")
_ODD = ("earlier_order", "second_use")
_SHOWN = 50


@dataclass(frozen=True)
class VoucherReport:
    """The vouchers of the last 90 days, the odd uses, and the gifts that go with orders."""

    states: tuple[tuple[str, int], ...]
    first_orders: int
    odd: tuple[Use, ...]
    gifts: tuple[DueGift, ...]
    gifts_waiting: int


def report(context: Context, shop: Shop, order: str = "newest") -> VoucherReport:
    """Return what the merchant sees of vouchers, the odd uses in one of the `ORDERS`."""
    since = context.now() - timedelta(days=REPORT_DAYS)
    with context.db.read() as connection:
        counted = store.count_states(connection, shop.id, since)
        findings = voucher_uses.findings(connection, shop.id, since)
        odd = voucher_uses.first_uses(connection, shop.id, _ODD, order, _SHOWN)
        gifts = thanks.due_gifts(connection, shop.id, _SHOWN)
        waiting = thanks.count_waiting(connection, shop.id)
    return VoucherReport(
        states=tuple((state, counted[state]) for state in _STATES if counted.get(state)),
        first_orders=sum(n for (finding, _), n in findings.items() if finding == "first_order"),
        odd=tuple(odd),
        gifts=tuple(gifts),
        gifts_waiting=waiting,
    )
