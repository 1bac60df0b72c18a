"""Which orders are due to be counted, what of each is counted, and the numbers of products."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.orders import counted_baskets, order_lines, orders
from plugin.store.pairs import LogEntry, held_state, log, put_state
from plugin.store.writing import chunks

#: The sums speak of products by number; numbers are handed out once and stay.
counted_products = sa.Table(
    "counted_products",
    metadata,
    shop_column(primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.UniqueConstraint("shop_id", "number"),
)


@dataclass(frozen=True)
class Counted:
    """What of an order is counted: its basket as bytes, valid in that epoch only."""

    order_id: str
    epoch: int
    basket: bytes


_COUNTED = (counted_baskets.c.order_id, counted_baskets.c.epoch, counted_baskets.c.basket)
# Built once: an order is counted every few seconds, and building costs more than asking.
_DUE = (
    sa.select(*_COUNTED)
    .where(counted_baskets.c.shop_id == sa.bindparam("shop"), counted_baskets.c.due)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_COUNT = (
    sa.update(counted_baskets)
    .where(
        counted_baskets.c.shop_id == sa.bindparam("shop"),
        counted_baskets.c.order_id == sa.bindparam("order"),
    )
    .values(due=False, epoch=sa.bindparam("now"), basket=sa.bindparam("held"))
)
_BOUGHT = (
    sa.select(order_lines.c.order_id, order_lines.c.product_id)
    .join(
        orders,
        sa.and_(
            orders.c.shop_id == order_lines.c.shop_id,
            orders.c.order_id == order_lines.c.order_id,
        ),
    )
    .where(
        order_lines.c.shop_id == sa.bindparam("shop"),
        order_lines.c.order_id.in_(sa.bindparam("these", expanding=True)),
        order_lines.c.product_id.is_not(None),
        order_lines.c.quantity > 0,
        sa.func.coalesce(order_lines.c.kept, order_lines.c.quantity) > 0,
        orders.c.cancelled_at.is_(None),
    )
)
_NUMBERS = sa.select(counted_products.c.product_id, counted_products.c.number).where(
    counted_products.c.shop_id == sa.bindparam("shop"),
    counted_products.c.product_id.in_(sa.bindparam("these", expanding=True)),
)


def due(connection: Connection, shop_id: int, limit: int) -> list[Counted]:
    """Return orders that came or changed since they were counted, held until the end of it.

    Orders that somebody is writing at this moment are left for the next time.
    """
    found = connection.execute(_DUE, {"shop": shop_id, "most": limit})
    return [Counted(*row) for row in found]


def following(connection: Connection, shop_id: int, after: str, limit: int) -> list[Counted]:
    """Return the next orders by their id, counted or not, held until the end of it.

    Orders that somebody is writing at this moment are left out: they are due afterwards.
    """
    query = sa.select(*_COUNTED).where(
        counted_baskets.c.shop_id == shop_id, counted_baskets.c.order_id > after
    )
    held = query.order_by(counted_baskets.c.order_id).limit(limit).with_for_update(skip_locked=True)
    return [Counted(*row) for row in connection.execute(held)]


def put_counted(connection: Connection, shop_id: int, items: Sequence[Counted]) -> None:
    """Note what of each order is counted now."""
    rows = [
        {"shop": shop_id, "order": item.order_id, "now": item.epoch, "held": item.basket}
        for item in items
    ]
    if rows:
        connection.execute(_COUNT, rows)


def products_of(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the products of each order that were bought and kept; cancelled orders have none."""
    found: dict[str, list[str]] = {}
    for some in chunks(ids):
        for order_id, product_id in connection.execute(_BOUGHT, {"shop": shop_id, "these": some}):
            found.setdefault(order_id, []).append(product_id)
    return found


def numbers_of(connection: Connection, shop_id: int, ids: Collection[str]) -> dict[str, int]:
    """Return the numbers of those products that have one."""
    found: dict[str, int] = {}
    for some in chunks(sorted(ids)):
        rows = connection.execute(_NUMBERS, {"shop": shop_id, "these": some})
        found.update((product_id, number) for product_id, number in rows)
    return found


def number(connection: Connection, shop_id: int, numbers: Mapping[str, int]) -> None:
    """Give products their numbers; the caller holds the shop's state."""
    rows = [{"shop_id": shop_id, "product_id": one, "number": n} for one, n in numbers.items()]
    if rows:
        connection.execute(sa.insert(counted_products), rows)


def names(connection: Connection, shop_id: int) -> list[str]:
    """Return the ids of all numbered products, by number."""
    query = sa.select(counted_products.c.product_id).where(counted_products.c.shop_id == shop_id)
    return list(connection.execute(query.order_by(counted_products.c.number)).scalars())


def latest(
    connection: Connection, shop_id: int, epoch: int, limit: int
) -> list[tuple[datetime, bytes]]:
    """Return the latest orders that count, newest first: when placed, and the basket."""
    query = (
        sa.select(orders.c.placed_at, counted_baskets.c.basket)
        .join(
            counted_baskets,
            sa.and_(
                counted_baskets.c.shop_id == orders.c.shop_id,
                counted_baskets.c.order_id == orders.c.order_id,
            ),
        )
        .where(
            orders.c.shop_id == shop_id,
            counted_baskets.c.epoch == epoch,
            counted_baskets.c.basket != b"",
        )
        .order_by(orders.c.placed_at.desc(), orders.c.order_id)
    )
    return [(at, basket) for at, basket in connection.execute(query.limit(limit))]


def take_back(connection: Connection, shop_id: int, order_id: str) -> None:
    """Count an order no longer that is about to be deleted."""
    state = held_state(connection, shop_id)
    place = (counted_baskets.c.shop_id == shop_id, counted_baskets.c.order_id == order_id)
    row = connection.execute(sa.select(*_COUNTED).where(*place)).first()
    connection.execute(sa.delete(counted_baskets).where(*place))
    if row is None or row.epoch != state.epoch or not row.basket:
        return
    entry = LogEntry(state.last_entry + 1, row.basket, b"")
    log(connection, shop_id, entry)
    put_state(connection, shop_id, state.gone(entry.entry))
