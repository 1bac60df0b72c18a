"""Keeps what each arm brought up with the orders: by the difference to what was counted before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy.engine import Connection

from plugin.model import Order, OrderArm, Shop
from plugin.services import guard_limits, steps, syncing
from plugin.services.arms import COURTESY, HOLDOUT, WHOLE, WHOLE_VERSIONS
from plugin.services.context import Context
from plugin.services.guard_margin import Margins
from plugin.services.insight.counts import day_of
from plugin.services.steps import Handler, Step
from plugin.store import campaigns, costs, guard_orders
from plugin.store import order_arms as store
from plugin.store.guard_orders import PastLine, PastOrder
from plugin.store.order_arms import CountedArm

#: Money in the sums is in hundredths of the shop's currency.
HUNDREDTHS = 100
KIND = "margins.complete"
#: An order older than this stands in no figure that anybody can open.
_LOOK_BACK = timedelta(days=366)
_AT_ONCE = 200
#: What a note may call an arm.
_ARMS = frozenset({HOLDOUT, "a", "b", COURTESY})


@dataclass(frozen=True)
class Sold:
    """An order as far as its margin matters."""

    order: PastOrder
    lines: tuple[PastLine, ...]


def sold(order: Order) -> Sold:
    """Return an order that came in, without the person."""
    past = PastOrder(
        order.id, order.created_at, None, order.total, order.discount, bool(order.codes)
    )
    lines = tuple(
        PastLine(line.variant_id, line.product_id, line.quantity, line.price, line.kept)
        for line in order.lines
    )
    return Sold(past, lines)


def margins_of(
    connection: Connection, shop: Shop, orders: Sequence[Sold]
) -> dict[str, Decimal | None]:
    """Return the contribution margin of orders by their id, None where a cost is unknown.

    At the costs of this moment: what a piece costs next year changes nothing that was earned.
    """
    lines = {one.order.order_id: one.lines for one in orders}
    variants = {line.variant_id for some in lines.values() for line in some if line.variant_id}
    known = costs.costs_of(connection, shop.id, sorted(variants))
    margins = Margins(guard_limits.read(connection, shop.id).limits, shop, lines, known)
    return {one.order.order_id: margins.of(one.order) for one in orders}


def hundredths(amount: Decimal) -> int:
    """Return an amount in whole hundredths."""
    return int((amount * HUNDREDTHS).to_integral_value(ROUND_HALF_EVEN))


def count(connection: Connection, shop: Shop, orders: Sequence[Order]) -> None:
    """Count orders as they are now, within the caller's transaction; repeating it adds nothing.

    Arms once told survive an answer without them. What is cancelled, or paid in another currency
    than the shop's, keeps its arms and counts nothing.
    """
    newest = {order.id: order for order in _believed(connection, shop, orders)}
    before = store.arms_of(connection, shop.id, list(newest))
    told = {name: _arms(order, before) for name, order in newest.items()}
    noted = [order for name, order in newest.items() if told[name]]
    if not noted:
        return
    margins = margins_of(connection, shop, [sold(order) for order in noted])
    now = [row for order in noted for row in _rows(shop, order, told[order.id], margins)]
    store.exchange(connection, shop.id, before, now)


def _believed(connection: Connection, shop: Shop, orders: Iterable[Order]) -> Iterable[Order]:
    """Leave out arms of what was never live: a shopper can change what their own cart says."""
    known = {(WHOLE, share): True for share in WHOLE_VERSIONS}
    for order in orders:
        for arm in order.arms:
            place = arm.campaign, arm.version
            if place not in known:
                known[place] = campaigns.version_of(connection, shop.id, *place) is not None
        sound = (arm for arm in order.arms if known[arm.campaign, arm.version])
        yield replace(order, arms=tuple(arm for arm in sound if arm.arm in _ARMS))


def _arms(order: Order, before: Iterable[CountedArm]) -> tuple[OrderArm, ...]:
    if order.arms:
        return order.arms
    mine = (row for row in before if row.order_id == order.id)
    return tuple(OrderArm(row.campaign, row.version, row.arm) for row in mine)


def _rows(
    shop: Shop,
    order: Order,
    arms: Iterable[OrderArm],
    margins: Mapping[str, Decimal | None],
) -> Iterable[CountedArm]:
    margin = margins[order.id]
    for arm in arms:
        yield CountedArm(
            order_id=order.id,
            campaign=arm.campaign,
            version=arm.version,
            arm=arm.arm,
            day=day_of(shop, order.created_at),
            counts=order.cancelled_at is None and order.currency == shop.currency,
            revenue=hundredths(order.total),
            discount=hundredths(order.discount),
            margin=None if margin is None else hundredths(margin),
        )


def look_again(connection: Connection, context: Context, shop: Shop, cause: str) -> None:
    """Let the worker complete margins whose costs are known now, once for a cause."""
    steps.enqueue(connection, context, shop.id, KIND, key=f"{KIND}:{cause}")


def complete(context: Context, step: Step) -> None:
    """Count the margin of orders whose cost has become known since they came in."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    since = day_of(shop, context.now() - _LOOK_BACK)
    after: tuple[date, str] | None = None
    while True:
        with context.db.write() as connection:
            some = store.unknown_since(connection, shop.id, since, after, _AT_ONCE)
            _complete(connection, shop, [one for _, one in some])
        if len(some) < _AT_ONCE:
            return
        after = some[-1]


def _complete(connection: Connection, shop: Shop, ids: Sequence[str]) -> None:
    before = store.arms_of(connection, shop.id, ids)
    lines = guard_orders.lines_of(connection, shop.id, ids)
    held = [
        Sold(order, tuple(lines.get(order.order_id, ())))
        for order in guard_orders.orders_by_id(connection, shop.id, ids)
    ]
    margins = margins_of(connection, shop, held)
    now = []
    for row in before:
        margin = margins.get(row.order_id)
        now.append(row if margin is None else replace(row, margin=hundredths(margin)))
    store.exchange(connection, shop.id, before, now)


HANDLERS: dict[str, Handler] = {KIND: complete}
