"""Vouchers for a next order: decided by the guard, one for each order and occasion, made by a step.

Nothing here writes to anybody: the code stands on a flyer in the parcel, or on the order's page.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import steps, syncing, voucher_making
from plugin.services.access import speaking
from plugin.services.context import Context
from plugin.services.guard_request import VoucherRequest
from plugin.services.steps import Handler, Step
from plugin.services.stopped import hold
from plugin.services.wording import Offer
from plugin.store import order_pages, withdrawals
from plugin.store import vouchers as store
from plugin.store.vouchers import Voucher

Occasion = Literal["insert", "thanks"]


def plan(
    connection: Connection,
    context: Context,
    shop: Shop,
    *,
    identity: str,
    offer: Offer,
    occasion: Occasion,
    order_id: str,
) -> Voucher | None:
    """Plan the voucher that an order is followed by, within the caller's transaction.

    None if the guard does not allow it. Asked again, it is the same one: the code is fixed from
    here on, and a step makes it in the shop (its state goes from planned to issued).
    """
    known = store.voucher_for_order(connection, shop.id, order_id, occasion)
    if known is not None:
        return known
    request = VoucherRequest(
        identity=identity, campaign_id=0, widget=occasion, offer=offer, next_order=True
    )
    values = {"occasion": occasion, "for_order": order_id}
    if not voucher_making.ask(connection, context, shop, request, values).allowed:
        return None
    voucher = store.voucher_for_order(connection, shop.id, order_id, occasion)
    if voucher is not None:
        key = f"voucher.next:{voucher.id}"
        steps.enqueue(
            connection, context, shop.id, "voucher.next", {"voucher": voucher.id}, key=key
        )
    return voucher


def of_order(
    connection: Connection, shop_id: int, order_id: str, occasion: Occasion
) -> Voucher | None:
    """Return the voucher that was planned for an order on this occasion."""
    return store.voucher_for_order(connection, shop_id, order_id, occasion)


def void(connection: Connection, context: Context, shop: Shop, order_id: str) -> None:
    """Take back the thanks for an order that is none any more, unless its code was used.

    Within the caller's transaction; a step removes the code from the shop. A code in a parcel is
    left alone: it lies there.
    """
    voucher = of_order(connection, shop.id, order_id, "thanks")
    if voucher is not None and voucher.state == "issued":
        key = f"voucher.expire:{voucher.id}:withdrawn"
        steps.enqueue(
            connection, context, shop.id, "voucher.expire", {"voucher": voucher.id}, key=key
        )


def issue(context: Context, step: Step) -> None:
    """Make a planned voucher in the shop (step `voucher.next`); may run any number of times."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    with context.db.read() as connection:
        voucher = store.voucher_by_id(connection, shop.id, step.payload["voucher"])
    if voucher is None or voucher.state != "planned":
        return
    hold(shop)
    with speaking(context, shop) as access:
        platform_id = voucher_making.create(context, shop, access, voucher, None)
    with context.db.write() as connection:
        voucher_making.issued(connection, context, shop, voucher, platform_id)
        order_pages.touch_order(connection, shop.id, voucher.for_order)
        # Who withdrew before the code was there is thanked no more.
        if voucher.occasion == "thanks" and withdrawals.of_order(
            connection, shop.id, voucher.for_order
        ):
            void(connection, context, shop, voucher.for_order)


HANDLERS: dict[str, Handler] = {"voucher.next": issue}
