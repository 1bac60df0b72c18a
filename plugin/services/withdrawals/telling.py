"""Tells the merchant of a declaration: by mail and to their programs, once its order is known."""

from __future__ import annotations

import hmac
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import limits, mailing, next_order, outgoing_webhooks
from plugin.services.context import Context
from plugin.services.identity import email_check
from plugin.services.steps import Handler, Step
from plugin.services.withdrawals import settings as rules
from plugin.services.withdrawals.cases import read_period
from plugin.services.withdrawals.receipts import declared
from plugin.services.withdrawals.standing import standing_of
from plugin.store import order_pages, parcels
from plugin.store import withdrawals as store
from plugin.store.parcels import FoundOrder
from plugin.store.shops import shop_by_id
from plugin.store.withdrawals import Withdrawal

#: Mails in an hour about orders that nobody knows; more are in the list all the same.
_MOST_UNKNOWN = 30
_HOUR = timedelta(hours=1)


def tell(context: Context, step: Step) -> None:
    """Find the order of a declaration and tell the merchant (step `withdrawal.tell`).

    Somebody who came without a link named number and address: only where both are those of one
    order is it theirs. That is looked up here and not in the answer, which is the same for all.
    """
    with context.db.write() as connection:
        shop = shop_by_id(connection, step.shop_id)
        row = store.by_id(connection, step.shop_id, step.payload["withdrawal"], lock=True)
        if shop is None or row is None or row.declaration_sealed is None:
            return
        row = _placed(connection, context, shop, row)
        if row.order_id and _is_all_given_back(connection, context, shop.id, row.order_id):
            next_order.void(connection, context, shop, row.order_id)
        if row.order_id or not _flooded(connection, context, shop):
            _mail(connection, context, shop, row)
        outgoing_webhooks.tell_of_withdrawal(connection, context, shop, row)


def _is_all_given_back(
    connection: Connection, context: Context, shop_id: int, order_id: str
) -> bool:
    """Tell whether all pieces of an order were declared; of free words nobody can say so."""
    bought = sum(item.quantity for item in parcels.items_of(connection, shop_id, order_id))
    rows = store.of_order(connection, shop_id, order_id)
    told = [items for row in rows for items in declared(context, row).get("items", ())]
    return 0 < bought <= sum(int(number) for _, number in told)


def _flooded(connection: Connection, context: Context, shop: Shop) -> bool:
    told = limits.count(connection, context, shop.id, "withdrawal_told", "", window=_HOUR)
    return told > _MOST_UNKNOWN


def _placed(connection: Connection, context: Context, shop: Shop, row: Withdrawal) -> Withdrawal:
    order = None if row.order_id else _order_named(connection, context, shop, row)
    if order is None:
        return row
    day = row.declared_at.astimezone(ZoneInfo(shop.zone)).date()
    settings = rules.read(connection, shop.id)
    period = read_period(connection, context, shop, order, settings)
    ends = period.ends if period.ends or day <= period.latest else period.latest
    store.put_on_order(connection, shop.id, row.id, order.order_id, ends)
    order_pages.touch_order(connection, shop.id, order.order_id)
    return store.by_id(connection, shop.id, row.id) or row


def _order_named(
    connection: Connection, context: Context, shop: Shop, row: Withdrawal
) -> FoundOrder | None:
    told = declared(context, row)
    spellings = {told["order"], told["order"].upper()}
    numbers = sorted(spellings | {f"#{spelling}" for spelling in spellings})
    check = email_check(context.keys, shop.id, told["email"])
    for order in parcels.orders_numbered(connection, shop.id, numbers):
        if hmac.compare_digest(order.email_check or "", check):
            return order
    return None


def _mail(connection: Connection, context: Context, shop: Shop, row: Withdrawal) -> None:
    told = declared(context, row)
    mailing.queue(
        connection,
        context,
        shop,
        "withdrawal_declared",
        f"withdrawal_declared:{row.id}",
        shop.email,
        shop.languages[0],
        {
            "reference": row.reference,
            "kind": row.kind,
            "at": row.declared_at.isoformat(),
            "name": told["name"],
            "email": told["email"],
            "order": told["order"],
            "wording": told["wording"],
            "standing": standing_of(row, shop),
            "link": context.url("/admin/parcels/withdrawals"),
        },
    )


HANDLERS: dict[str, Handler] = {"withdrawal.tell": tell}
