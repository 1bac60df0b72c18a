"""After the first reading of a shop's orders: those of the last weeks are asked for their parcels.

An export of all orders tells of no parcels. Without this, a shop would see only those that move
after the day on which it came.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.platform import ReadsOrders
from plugin.model import Shop
from plugin.services import orders, steps, syncing
from plugin.services.access import connected, speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import parcel_counts as store

__all__ = ["HANDLERS", "start"]

KIND = "parcels.catch_up"
#: Orders placed before are not asked for: their parcels have arrived.
_WEEKS = timedelta(weeks=4)
#: Orders asked for in one step, so that other work has its turn in between. Few, because a worker
#: that dies in the middle asks anew for those whose parcel is not known yet either.
_ORDERS = 3


def start(connection: Connection, context: Context, shop: Shop) -> None:
    """Let the orders of the last weeks be asked for, the newest first."""
    _enqueue(connection, context, shop, context.now(), "")


def catch_up(context: Context, step: Step) -> None:
    """Fetch some orders of which no parcel is known, and leave the rest to the next step."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    platform = context.able(shop, ReadsOrders)
    before = datetime.fromisoformat(step.payload["before"]), str(step.payload["beyond"])
    since = context.now() - _WEEKS
    with context.db.read() as connection:
        found = store.orders_without_parcels(connection, shop.id, since, before, _ORDERS)
    for order_id, _ in found:
        with speaking(context, shop) as token:
            order = platform.order(token, order_id)
        if order is not None:
            with context.db.write() as connection:
                orders.ingest(connection, context, shop, order)
    if len(found) == _ORDERS:
        beyond, placed_at = found[-1]
        with context.db.write() as connection:
            _enqueue(connection, context, shop, placed_at, beyond)


def _enqueue(
    connection: Connection, context: Context, shop: Shop, before: datetime, beyond: str
) -> None:
    payload = {"generation": shop.generation, "before": before.isoformat(), "beyond": beyond}
    key = f"{KIND}:{shop.generation}:{before.isoformat()}:{beyond}"[:160]
    steps.enqueue(connection, context, shop.id, KIND, payload, key=key)


HANDLERS: dict[str, Handler] = {KIND: catch_up}
