"""What an order says of our vouchers: redeemed, changed, cancelled, each counted once."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Order, Shop
from plugin.services import insight, outgoing_webhooks, voucher_pool
from plugin.services.attribution import count_outcome
from plugin.services.context import Context
from plugin.store import orders, voucher_uses
from plugin.store import vouchers as store
from plugin.store.vouchers import Voucher

Finding = Literal["first_order", "earlier_order", "second_use"]


def redeem_from_order(
    connection: Connection, context: Context, shop: Shop, order: Order, identity: str | None
) -> None:
    """Note what an order says of our vouchers, within the transaction that stores the order.

    A code counts once, for the first order that carries it, whoever placed it. If that order
    changes, the difference is counted; if it is cancelled, everything is taken back on the day it
    was counted and the voucher is `cancelled`: used up, but without revenue. Each order that
    carries a code is written down with what was found: whether whoever placed it (`identity`, None
    where the shop does not say) had ordered before, and whether the code was used already.
    """
    for code in {code.strip().upper() for code in order.codes}:
        voucher = store.voucher_by_code(connection, shop.id, code)
        if voucher is None:
            voucher = voucher_pool.voucher_of_code(connection, context, shop, code)
        if voucher is not None:
            _write_down(connection, shop, order, voucher, identity)
            _redeem(connection, context, shop, order, voucher)


def _write_down(
    connection: Connection, shop: Shop, order: Order, voucher: Voucher, identity: str | None
) -> None:
    used_by = "unknown" if identity is None else "other"
    row = {
        "voucher_id": voucher.id,
        "order_id": order.id,
        "finding": _finding(connection, shop, order, voucher, identity),
        "used_by": "owner" if identity == voucher.identity else used_by,
        "total": order.total,
        "discount": order.discount,
        "currency": order.currency,
        "placed_at": order.created_at,
        "cancelled_at": order.cancelled_at,
    }
    voucher_uses.put_use(connection, shop.id, row)


def _finding(
    connection: Connection, shop: Shop, order: Order, voucher: Voucher, identity: str | None
) -> Finding:
    if voucher.state == "redeemed" and voucher.order_id != order.id:
        return "second_use"
    if voucher.occasion != "welcome":
        return "first_order"  # the first order with it: whoever has it has ordered before
    # Where the shop does not say who ordered, it was the one whom the code was made for.
    who = identity or voucher.identity
    before = orders.ordered_before(connection, shop.id, who, order.created_at, but=order.id)
    return "earlier_order" if before else "first_order"


def _redeem(
    connection: Connection, context: Context, shop: Shop, order: Order, voucher: Voucher
) -> None:
    mine = voucher.order_id == order.id
    if voucher.state == "redeemed" and not mine:
        return
    if order.cancelled_at is not None:
        if voucher.state == "redeemed":
            _count(connection, shop, order, voucher, cancelled=True)
            store.update_voucher(connection, shop.id, voucher.id, state="cancelled")
        return
    _count(connection, shop, order, voucher, cancelled=False)
    store.update_voucher(
        connection,
        shop.id,
        voucher.id,
        state="redeemed",
        redeemed_at=order.created_at,
        order_id=order.id,
        redeemed_amount=order.discount,
        order_total=order.total,
    )
    if voucher.state != "redeemed":
        outgoing_webhooks.tell_of_voucher(
            connection, context, shop, voucher, "redeemed", order.created_at
        )


def _count(
    connection: Connection, shop: Shop, order: Order, voucher: Voucher, *, cancelled: bool
) -> None:
    counted = voucher.state == "redeemed"
    before_total = (voucher.order_total or Decimal(0)) if counted else Decimal(0)
    before_discount = (voucher.redeemed_amount or Decimal(0)) if counted else Decimal(0)
    change = (-1 if cancelled else 0) if counted else 1
    total, discount = (Decimal(0),) * 2 if cancelled else (order.total, order.discount)
    # On the day of the first count, so that what is taken back meets what was given.
    first = voucher.redeemed_at if counted and voucher.redeemed_at else order.created_at
    day = insight.day_of(shop, first)
    count_outcome(connection, shop, voucher.arms, day=day, kind="redeemed", count=change)
    for kind, amount in (
        ("redeemed", total - before_total),
        ("discount", discount - before_discount),
    ):
        if change or amount:
            insight.count(
                connection,
                shop.id,
                day=day,
                widget=voucher.widget,
                kind=kind,
                count=change,
                amount=amount,
            )
