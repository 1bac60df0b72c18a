"""Flyers in parcels, what came of them, and who orders again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.orders import orders, shipments
from plugin.store.vouchers import vouchers
from plugin.store.writing import insert_ignoring

flyers = sa.Table(
    "flyers",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    # What the printed link is known by; whoever reads it can follow none.
    sa.Column("link_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("visits", sa.Integer, nullable=False, default=0),
    sa.Column("visited_at", Utc),
)


@dataclass(frozen=True)
class PackedOrder:
    """An order with its flyer and the voucher on it, as far as there are any."""

    order_id: str
    number: str
    placed_at: datetime
    made_at: datetime | None
    visits: int | None
    voucher: str | None
    earned: Decimal | None
    sent: bool


@dataclass(frozen=True)
class OrderFacts:
    """What is known of the person who placed an order: a check value, or nothing."""

    order_id: str
    identity: str | None


@dataclass(frozen=True)
class Flyer:
    """A printed link, and the order that it went with."""

    shop_id: int
    order_id: str


def recent(connection: Connection, shop_id: int, since: datetime, limit: int) -> list[PackedOrder]:
    """Return the orders placed since then that stand, the newest first."""
    query = (
        sa.select(
            orders.c.order_id,
            orders.c.number,
            orders.c.placed_at,
            flyers.c.made_at,
            flyers.c.visits,
            vouchers.c.state.label("voucher"),
            vouchers.c.order_total.label("earned"),
            _sent(shop_id).label("sent"),
        )
        .outerjoin(
            flyers,
            sa.and_(flyers.c.shop_id == shop_id, flyers.c.order_id == orders.c.order_id),
        )
        .outerjoin(
            vouchers,
            sa.and_(
                vouchers.c.shop_id == shop_id,
                vouchers.c.for_order == orders.c.order_id,
                vouchers.c.occasion == "insert",
            ),
        )
        .where(
            orders.c.shop_id == shop_id,
            orders.c.placed_at >= since,
            orders.c.cancelled_at.is_(None),
        )
        .order_by(orders.c.placed_at.desc(), orders.c.order_id)
        .limit(limit)
    )
    return [PackedOrder(**row._mapping) for row in connection.execute(query)]


def _sent(shop_id: int) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        shipments.c.shop_id == shop_id, shipments.c.order_id == orders.c.order_id
    )


def facts_of(connection: Connection, shop_id: int, order_ids: Sequence[str]) -> list[OrderFacts]:
    """Return those of these orders that the shop has and that stand, the oldest first."""
    query = (
        sa.select(orders.c.order_id, orders.c.identity)
        .where(
            orders.c.shop_id == shop_id,
            orders.c.order_id.in_(order_ids),
            orders.c.cancelled_at.is_(None),
        )
        .order_by(orders.c.placed_at, orders.c.order_id)
    )
    return [OrderFacts(**row._mapping) for row in connection.execute(query)]


def add_flyer(
    connection: Connection, shop_id: int, order_id: str, link_hash: str, now: datetime
) -> None:
    """Note that an order has a flyer; one, however often it is printed."""
    row = {"shop_id": shop_id, "order_id": order_id, "link_hash": link_hash, "made_at": now}
    connection.execute(insert_ignoring(connection, flyers).values(row))


def flyer_of_link(connection: Connection, link_hash: str) -> Flyer | None:
    """Return the flyer whose link was followed, of whatever shop it is."""
    query = sa.select(flyers.c.shop_id, flyers.c.order_id).where(flyers.c.link_hash == link_hash)
    row = connection.execute(query).first()
    return None if row is None else Flyer(**row._mapping)


def count_visit(connection: Connection, shop_id: int, order_id: str, now: datetime) -> None:
    """Count that the link of a flyer was followed."""
    connection.execute(
        sa.update(flyers)
        .where(flyers.c.shop_id == shop_id, flyers.c.order_id == order_id)
        .values(visits=flyers.c.visits + 1, visited_at=now)
    )


def counts_since(connection: Connection, shop_id: int, since: datetime) -> tuple[int, int]:
    """Return how many flyers were made since then, and how many of them led somebody here."""
    query = sa.select(sa.func.count(), sa.func.count(flyers.c.visited_at)).where(
        flyers.c.shop_id == shop_id, flyers.c.made_at >= since
    )
    made, visited = connection.execute(query).one()
    return int(made), int(visited)


def redeemed_since(
    connection: Connection, shop_id: int, since: datetime, currency: str
) -> tuple[int, Decimal, Decimal]:
    """Return how many flyers' vouchers were redeemed, what was bought with them, and the cost."""
    query = sa.select(vouchers.c.order_total, vouchers.c.redeemed_amount).where(
        vouchers.c.shop_id == shop_id,
        vouchers.c.occasion == "insert",
        vouchers.c.state == "redeemed",
        vouchers.c.currency == currency,
        vouchers.c.planned_at >= since,
    )
    rows = connection.execute(query).all()
    nothing = Decimal(0)
    total = sum((row.order_total or nothing for row in rows), nothing)
    return len(rows), total, sum((row.redeemed_amount or nothing for row in rows), nothing)


@dataclass(frozen=True)
class Regular:
    """Somebody who orders again and again, known by their newest order."""

    number: str
    orders: int


def regulars(connection: Connection, shop_id: int, since: datetime, least: int) -> list[Regular]:
    """Return people with so many orders since then, those who ordered most first."""
    newest = sa.func.max(orders.c.placed_at).label("newest")
    count = sa.func.count().label("n")
    groups = (
        sa.select(orders.c.identity, newest, count)
        .where(
            orders.c.shop_id == shop_id,
            orders.c.identity.is_not(None),
            orders.c.placed_at >= since,
            orders.c.cancelled_at.is_(None),
        )
        .group_by(orders.c.identity)
        .having(count >= least)
        .subquery()
    )
    query = (
        sa.select(sa.func.max(orders.c.number).label("number"), groups.c.n)
        .join(
            groups,
            sa.and_(groups.c.identity == orders.c.identity, groups.c.newest == orders.c.placed_at),
        )
        .where(orders.c.shop_id == shop_id)
        .group_by(orders.c.identity, groups.c.n)
        .order_by(groups.c.n.desc(), sa.text("number"))
    )
    return [Regular(row.number, row.n) for row in connection.execute(query)]
