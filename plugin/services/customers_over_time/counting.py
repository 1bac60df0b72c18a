"""Keeps the sums of customers up with the orders: by the difference to what was counted before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy.engine import Connection

from plugin.model import Order, Shop
from plugin.services.customers_over_time.lives import contributions, numbered
from plugin.services.insight import day_of
from plugin.services.insight.margins import Sold, margins_of, sold
from plugin.services.order_rows import Person
from plugin.store import customer_orders as store
from plugin.store import guard_orders
from plugin.store.customer_orders import PARTS, CustomerOrder, Place

_AT_ONCE = 200
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Bought:
    """An order as far as it matters here; one that is cancelled or in other money `counts` not."""

    sold: Sold
    identity: str | None
    customer_id: str | None
    channel: str | None
    counts: bool


def bought(shop: Shop, order: Order, person: Person) -> Bought:
    """Return an order that came in, with what is kept of who placed it."""
    counts = order.cancelled_at is None and order.currency == shop.currency
    return Bought(sold(order), person.identity, person.customer_id, order.channel, counts)


def count(connection: Connection, shop: Shop, orders: Sequence[Bought]) -> None:
    """Count orders as they are now, within the caller's transaction; repeating it adds nothing.

    An order without a person counts for nobody. Of somebody whose check values have expired or
    were erased, everything stays as it was counted.
    """
    if not orders:
        return
    store.lock_customers(connection, shop.id)
    margins = margins_of(connection, shop, [one.sold for one in orders])
    known = store.counted(connection, shop.id, [one.sold.order.order_id for one in orders])
    now = {}
    for one in orders:
        held = known.get(one.sold.order.order_id)
        if held is not None and held.person is None:
            continue
        placed = _placed(shop, one, held, margins)
        now[one.sold.order.order_id] = placed if one.counts and placed.person else None
    _exchange(connection, shop.id, known, now)


def channel_name(text: str) -> str:
    """Return a channel as orders name it: small letters, single spaces."""
    return " ".join(text.casefold().split())[:_LONGEST_NAME]


def complete(connection: Connection, shop: Shop, after: str) -> str | None:
    """Count the margin of some orders whose costs have become known since they came in.

    `after` is the id of the last order that was looked at; returns the next such, None at the end.
    """
    store.lock_customers(connection, shop.id)
    some = store.without_margin(connection, shop.id, after, _AT_ONCE)
    ids = [one.order_id for one in some]
    lines = guard_orders.lines_of(connection, shop.id, ids)
    held = [
        Sold(order, tuple(lines.get(order.order_id, ())))
        for order in guard_orders.orders_by_id(connection, shop.id, ids)
    ]
    margins = margins_of(connection, shop, held)
    known = {one.order_id: one for one in some if margins.get(one.order_id) is not None}
    now = {name: replace(one, margin=_parts(margins[name])) for name, one in known.items()}
    _exchange(connection, shop.id, known, now)
    return ids[-1] if len(ids) == _AT_ONCE else None


def _parts(amount: Decimal | None) -> int | None:
    if amount is None:
        return None
    return int((amount * PARTS).to_integral_value(ROUND_HALF_EVEN))


def _placed(
    shop: Shop, one: Bought, held: CustomerOrder | None, margins: Mapping[str, Decimal | None]
) -> CustomerOrder:
    order = one.sold.order
    return CustomerOrder(
        order_id=order.order_id,
        # Of an old order the person is not told any more, but the later ones still know it.
        identity=one.identity or (held.identity if held else None),
        customer_id=one.customer_id or (held.customer_id if held else None),
        at=order.placed_at,
        day=day_of(shop, order.placed_at),
        channel=channel_name(one.channel or "") or (held.channel if held else ""),
        revenue=_parts(order.total) or 0,
        margin=_parts(margins[order.order_id]),
    )


def _exchange(
    connection: Connection,
    shop_id: int,
    known: Mapping[str, CustomerOrder],
    now: Mapping[str, CustomerOrder | None],
) -> None:
    touched = [known[one] for one in now if one in known] + [one for one in now.values() if one]
    people = {one.person for one in touched if one.person is not None}
    before = store.of_people(connection, shop_id, sorted(people))
    after = [one for one in before if one.order_id not in now]
    after += [one for one in now.values() if one is not None]
    renumbered = _lives(after)
    sums: dict[Place, list[int | float]] = defaultdict(list)
    _add(sums, _lives(before), -1)
    _add(sums, renumbered, 1)
    was = {one.order_id: one for one in before}
    written = [one for life in renumbered for one in life if was.get(one.order_id) != one]
    store.put_counted(connection, shop_id, written)
    store.drop_counted(connection, shop_id, [one for one, row in now.items() if row is None])
    changed = {place: tuple(amounts) for place, amounts in sums.items() if any(amounts)}
    store.add_sums(connection, shop_id, changed)


def _lives(orders: Iterable[CustomerOrder]) -> list[list[CustomerOrder]]:
    lives: dict[tuple[str, str] | None, list[CustomerOrder]] = defaultdict(list)
    for order in orders:
        lives[order.person].append(order)
    return [numbered(life) for life in lives.values()]


def _add(
    sums: dict[Place, list[int | float]], lives: Iterable[Sequence[CustomerOrder]], sign: int
) -> None:
    for life in lives:
        for place, amounts in contributions(life):
            held = sums[place] or [0] * len(amounts)
            sums[place] = [old + sign * new for old, new in zip(held, amounts, strict=True)]
