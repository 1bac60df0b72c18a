"""Gifts that were promised in place of a voucher, and the order that each goes with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.orders import orders
from plugin.store.writing import insert_ignoring

gifts = sa.Table(
    "thanks_gifts",
    metadata,
    shop_column(primary_key=True),
    sa.Column(
        "identity",
        sa.String(64),
        primary_key=True,
        info=personal("thanks_gift", erase="row", keep_days=730),
    ),
    # As the merchant called it when it was promised.
    sa.Column("what", sa.String(60), nullable=False),
    sa.Column("promised_at", Utc, nullable=False),
    sa.Column("order_id", sa.String(80)),
    sa.Index("ix_thanks_gifts_order", "shop_id", "order_id"),
)


@dataclass(frozen=True)
class DueGift:
    """A gift and the number of the order that it goes with."""

    what: str
    number: str
    placed_at: datetime


def add_gift(connection: Connection, shop_id: int, identity: str, what: str, now: datetime) -> None:
    """Promise a gift; one for each person, however often it is promised."""
    row = {"shop_id": shop_id, "identity": identity, "what": what[:60], "promised_at": now}
    connection.execute(insert_ignoring(connection, gifts).values(row))


def put_on(
    connection: Connection, shop_id: int, identity: str, order_id: str, placed_at: datetime
) -> None:
    """Let a person's open gift go with an order that was placed after the promise."""
    connection.execute(
        sa.update(gifts)
        .where(
            gifts.c.shop_id == shop_id,
            gifts.c.identity == identity,
            gifts.c.order_id.is_(None),
            gifts.c.promised_at < placed_at,
        )
        .values(order_id=order_id)
    )


def take_off(connection: Connection, shop_id: int, order_id: str) -> None:
    """Let the gift of a cancelled order wait for the next one."""
    connection.execute(
        sa.update(gifts)
        .where(gifts.c.shop_id == shop_id, gifts.c.order_id == order_id)
        .values(order_id=None)
    )


def any_gift(connection: Connection, shop_id: int) -> bool:
    """Tell whether this shop has ever promised one."""
    query = sa.select(gifts.c.identity).where(gifts.c.shop_id == shop_id)
    return connection.execute(query.limit(1)).first() is not None


def due_gifts(connection: Connection, shop_id: int, limit: int) -> list[DueGift]:
    """Return the newest orders that a gift goes with."""
    query = (
        sa.select(gifts.c.what, orders.c.number, orders.c.placed_at)
        .join(
            orders,
            sa.and_(orders.c.shop_id == gifts.c.shop_id, orders.c.order_id == gifts.c.order_id),
        )
        .where(gifts.c.shop_id == shop_id)
        .order_by(orders.c.placed_at.desc())
        .limit(limit)
    )
    return [DueGift(**row._mapping) for row in connection.execute(query)]


def count_waiting(connection: Connection, shop_id: int) -> int:
    """Return how many gifts wait for the person's next order."""
    query = (
        sa.select(sa.func.count())
        .select_from(gifts)
        .where(gifts.c.shop_id == shop_id, gifts.c.order_id.is_(None))
    )
    return int(connection.execute(query).scalar_one())
