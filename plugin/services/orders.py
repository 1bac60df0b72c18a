"""Orders: every one that comes or changes, and what it means for the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.contracts.platform import ReadsOrders
from plugin.model import Order, Shop
from plugin.services import insight, steps, syncing, thanks, vouchers
from plugin.services.access import connected, speaking
from plugin.services.context import Context
from plugin.services.customers_over_time import counting
from plugin.services.inserts import surprising
from plugin.services.insight import margins
from plugin.services.order_rows import line_rows, order_row, person_of, pseudonym
from plugin.services.parcels import notices, taking
from plugin.services.steps import Handler, Step
from plugin.store import catalogue, sync
from plugin.store import orders as store
from plugin.store.orders import MarkedLine
from plugin.store.thanks import any_gift

__all__ = ["HANDLERS", "has_ordered", "ingest", "ingest_many"]

_TURN_SECONDS = 10.0
#: Our mark on a line is "<widget>:<campaign id>".
_MARK = ":"


def has_ordered(connection: Connection, shop_id: int, identity: str) -> bool:
    """Tell whether this person has ordered here before, as far as we or the platform know."""
    return store.ordered_by(connection, shop_id, identity) or catalogue.has_orders(
        connection, shop_id, identity
    )


def ingest(connection: Connection, context: Context, shop: Shop, order: Order) -> bool:
    """Take in one order as it is now; False if what we have is newer.

    The same order may come in any number of times and in any order: the newest state wins, and
    what it changes (figures, voucher, parcels) happens once.
    """
    return ingest_many(connection, context, shop, [order]) == 1


def ingest_many(
    connection: Connection,
    context: Context,
    shop: Shop,
    orders: Sequence[Order],
    *,
    again: bool = True,
) -> int:
    """Take in several orders; returns how many were new or newer than known.

    `again` False leaves alone what is known with the same time of change: an export says less
    about an order than the platform's answer to a question about it.
    """
    ids = [order.id for order in orders]
    erased = {pseudonym(context.keys, shop.id, order_id): order_id for order_id in ids}
    known = store.known_orders(connection, shop.id, [*ids, *erased])
    gone = {erased[name] for name in erased if name in known}
    fresh = [
        _with_channel(order, known.get(order.id))
        for order in orders
        if order.id not in gone and _newer(order, known.get(order.id), again)
    ]
    marked = store.marked_lines(connection, shop.id, [order.id for order in fresh])
    people = {order.id: person_of(context, shop, order) for order in fresh}
    store.put_orders(
        connection,
        shop.id,
        [order_row(context, shop, order, people[order.id]) for order in fresh],
        [line for order in fresh for line in line_rows(order, marked)],
        [order.id for order in fresh if order.id in known],
    )
    counting.count(
        connection, shop, [counting.bought(shop, order, people[order.id]) for order in fresh]
    )
    margins.count(connection, shop, fresh)
    gifts = any_gift(connection, shop.id)
    for order in fresh:
        was = known.get(order.id)
        before = {} if was is None or was.cancelled else _lines_of(order.id, marked)
        _count_bought(connection, shop, order, before, marked)
        if order.codes:
            vouchers.redeem_from_order(connection, context, shop, order, people[order.id].identity)
        if gifts:
            thanks.due_with(connection, shop, order, people[order.id].identity)
        if was is None:
            notices.came_in(connection, context, shop, order)
        surprising.decide(connection, context, shop, order, people[order.id].identity)
        if order.shipments is not None:
            taking.take(connection, context, shop, order)
    return len(fresh)


def _newer(order: Order, known: store.KnownOrder | None, again: bool) -> bool:
    if known is None or order.updated_at > known.updated_at:
        return True
    return again and order.updated_at == known.updated_at


def _with_channel(order: Order, known: store.KnownOrder | None) -> Order:
    # What brought a customer does not change; not every answer of a platform says it again.
    if order.channel is not None or known is None:
        return order
    return replace(order, channel=known.channel)


def _lines_of(
    order_id: str, marked: dict[tuple[str, str], MarkedLine]
) -> dict[tuple[str, str], MarkedLine]:
    return {place: line for place, line in marked.items() if place[0] == order_id}


def _count_bought(
    connection: Connection,
    shop: Shop,
    order: Order,
    before: dict[tuple[str, str], MarkedLine],
    marked: dict[tuple[str, str], MarkedLine],
) -> None:
    # The difference between what was counted and what holds now: repeating it adds nothing, and
    # a cancellation takes back.
    after = {} if order.cancelled_at else _marked_now(order, marked)
    day = insight.day_of(shop, order.created_at)
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place), after.get(place)
        number = (new is not None) - (old is not None)
        amount = _value(new) - _value(old)
        if number or amount:
            widget = (new or old or _NOTHING).source.split(_MARK, 1)[0]
            insight.count(
                connection,
                shop.id,
                day=day,
                widget=widget,
                kind="bought",
                count=number,
                amount=amount,
            )


_NOTHING = MarkedLine("", 0, Decimal(0))


def _value(line: MarkedLine | None) -> Decimal:
    return Decimal(0) if line is None else line.price * line.quantity


def _marked_now(
    order: Order, marked: dict[tuple[str, str], MarkedLine]
) -> dict[tuple[str, str], MarkedLine]:
    found = {}
    for row in line_rows(order, marked):
        if row["source"] is not None:
            place = (order.id, row["line_id"])
            found[place] = MarkedLine(row["source"], row["quantity"], row["price"])
    return found


def refresh_order(context: Context, step: Step) -> None:
    """Fetch one order with its parcels and take it in."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    with speaking(context, shop) as token:
        order = context.able(shop, ReadsOrders).order(token, str(step.payload["order_id"]))
    if order is not None:
        with context.db.write() as connection:
            ingest(connection, context, shop, order)


def reconcile(context: Context, step: Step) -> None:
    """Ask which orders changed and fetch those whose messages never arrived."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    platform = context.maybe(shop, ReadsOrders)
    if platform is None:  # such a shop tells us by itself
        return
    syncing.run_changes(
        context,
        shop,
        "orders",
        platform.orders,
        lambda connection, items: _fetch_missed(connection, context, shop, items),
    )


def _fetch_missed(
    connection: Connection, context: Context, shop: Shop, orders: Sequence[Order]
) -> None:
    known = store.known_orders(connection, shop.id, [order.id for order in orders])
    for order in orders:
        if _newer(order, known.get(order.id), again=False):
            steps.enqueue(
                connection,
                context,
                shop.id,
                "order.refresh",
                {"order_id": order.id},
                key=f"order.refresh:{order.id}:{order.updated_at.isoformat()}"[:160],
            )
    if orders:
        newest = max(order.updated_at for order in orders)
        sync.raise_watermark(connection, shop.id, "orders", newest)


HANDLERS: dict[str, Handler] = {
    "order.refresh": refresh_order,
    "orders.reconcile": reconcile,
}
