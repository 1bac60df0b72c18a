"""What a merchant has to know of a declaration at a glance: in time, late, or of no known order."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.store.withdrawals import Withdrawal

Standing = Literal["in_time", "late", "unknown", "voluntary"]


def standing_of(row: Withdrawal, shop: Shop) -> Standing:
    """Return how a declaration stands; it counts from the moment in which it came in.

    One of an order that nobody could prove is "unknown": whether it is valid the merchant decides.
    """
    if row.order_id is None:
        return "unknown"
    if row.kind == "voluntary":
        return "voluntary"
    day = row.declared_at.astimezone(ZoneInfo(shop.zone)).date()
    return "in_time" if row.period_ends is None or day <= row.period_ends else "late"
