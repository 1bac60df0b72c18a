"""Surprises: which orders find a small present in the parcel, within a month's budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.contracts.inserts import Surprise
from plugin.model import Order, Shop
from plugin.services import guard_limits
from plugin.services.context import Context
from plugin.services.inserts import settings as shop_inserts
from plugin.store import orders
from plugin.store import surprises as store
from plugin.store.guard import lock_budget

Rule = Literal["first", "trouble", "lot"]

#: What is older came in by synchronising: its parcel has been packed long since.
_JUST_PLACED = timedelta(hours=24)


def decide(
    connection: Connection, context: Context, shop: Shop, order: Order, identity: str | None
) -> None:
    """Plan a present for an order that came in, or take it back if the order was cancelled.

    Within the transaction that stores the order; asked again it is the same. Nothing is planned
    beyond the budget of the month.
    """
    if order.cancelled_at is not None:
        store.drop_surprise(connection, shop.id, order.id)
        return
    if not order.paid or context.now() - order.created_at > _JUST_PLACED:
        return
    wanted = shop_inserts.read(connection, shop.id).surprise
    if not wanted.gift:
        return
    rule = _rule(connection, context, shop, order, identity, wanted)
    if rule is None or store.has_surprise(connection, shop.id, order.id):
        return
    now = context.now()
    month = guard_limits.month_of(now, shop.zone)
    lock_budget(connection, shop.id)
    if store.spent_in(connection, shop.id, month) + wanted.cost > wanted.budget:
        return
    row = {
        "order_id": order.id,
        "rule": rule,
        "gift": wanted.gift,
        "cost": wanted.cost,
        "month": month,
        "planned_at": now,
    }
    store.add_surprise(connection, shop.id, row)


def pack(context: Context, shop: Shop, order_ids: Sequence[str]) -> None:
    """Note that the presents of these orders lie in their parcels."""
    with context.db.write() as connection:
        store.pack(connection, shop.id, order_ids, context.now())


def _rule(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: Order,
    identity: str | None,
    wanted: Surprise,
) -> Rule | None:
    if identity is not None:
        placed = order.created_at
        if wanted.trouble and store.had_trouble(connection, shop.id, identity, placed):
            return "trouble"
        before = orders.ordered_before(connection, shop.id, identity, placed, but=order.id)
        if wanted.first and not before:
            return "first"
    return "lot" if wanted.one_in and _drawn(context, shop, order, wanted.one_in) else None


def _drawn(context: Context, shop: Shop, order: Order, one_in: int) -> bool:
    # By a lot that nobody can foresee and that falls the same however often it is drawn.
    lot = int(context.keys.check_value(shop.id, "surprise", order.id)[:12], 16)
    return lot % one_in == 0
