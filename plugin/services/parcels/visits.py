"""Looks at the page of an order: counted once a day, and who sees what may tempt to buy again."""

from __future__ import annotations

import hashlib
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.store import parcel_figures as store

WIDGET = "shipment_status"
#: One of so many orders has a page without suggestions and without ordering again.
HELD_BACK_OF = 10

Arm = Literal["a", "h"]


def arm(order_id: str) -> Arm:
    """Return what the page of an order shows: everything ("a"), or no advertising ("h").

    Drawn from the order's id alone, so that it never changes: one in `HELD_BACK_OF` is held back.
    """
    drawn = hashlib.sha256(f"page:{order_id}".encode()).digest()
    return "h" if int.from_bytes(drawn[:8]) % HELD_BACK_OF == 0 else "a"


def seen_today(connection: Connection, context: Context, shop: Shop, order_id: str) -> bool:
    """Tell whether today's look at the page of an order is counted already."""
    day = insight.day_of(shop, context.now())
    return store.visited_on(connection, shop.id, order_id, day)


def visited(connection: Connection, context: Context, shop: Shop, order_id: str) -> None:
    """Count a look at the page of an order within the caller's transaction, once a day."""
    now = context.now()
    day = insight.day_of(shop, now)
    if store.add_visit(connection, shop.id, order_id, day, now):
        insight.count(connection, shop.id, day=day, widget=WIDGET, kind="view")
