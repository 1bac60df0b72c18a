"""What the shop's platform no longer lets us do, and the way to be let again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import failing_steps as store

Right = Literal["vouchers", "customers", "orders", "parcels", "products", "other"]

#: What a step says that the platform forbids.
REFUSED = "platform_scope_missing"
#: Which right a step needs, by the beginning of its kind.
_NEEDS: tuple[tuple[str, Right], ...] = (
    ("voucher.", "vouchers"),
    ("consent.", "customers"),
    ("customer.", "customers"),
    ("sync.customers", "customers"),
    ("order.", "orders"),
    ("orders.", "orders"),
    ("sync.orders", "orders"),
    ("parcel", "parcels"),
    ("product.", "products"),
    ("sync.products", "products"),
)


@dataclass(frozen=True)
class Lacking:
    """A right that is missing: since when, and how much work was given up for it."""

    right: Right
    since: datetime
    count: int


def lacking(context: Context, shop: Shop) -> list[Lacking]:
    """Return the rights that the platform refused and has not granted since, one line for each."""
    with context.db.read() as connection:
        found = store.refused(connection, shop.id, REFUSED)
    by_right: dict[Right, Lacking] = {}
    for one in found:  # the longest first: its moment stands
        right = _right_of(one.kind)
        known = by_right.get(right, Lacking(right, one.since, 0))
        by_right[right] = Lacking(right, known.since, known.count + one.count)
    return list(by_right.values())


def _right_of(kind: str) -> Right:
    for start, right in _NEEDS:
        if kind.startswith(start):
            return right
    return "other"
