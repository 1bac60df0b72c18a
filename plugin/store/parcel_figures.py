"""Looks at the pages of orders, once for each order and day, and what figures are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.orders import orders
from plugin.store.writing import insert_ignoring

page_visits = sa.Table(
    "page_visits",
    metadata,
    shop_column(primary_key=True),
    sa.Column(
        "order_id",
        sa.String(80),
        primary_key=True,
        info=personal("page_visit", erase="row", keep_days=400),
    ),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Index("ix_page_visits_day", "shop_id", "day"),
)


def visited_on(connection: Connection, shop_id: int, order_id: str, day: date) -> bool:
    """Tell whether the page of an order was looked at on a day already."""
    query = sa.select(page_visits.c.order_id).where(
        page_visits.c.shop_id == shop_id,
        page_visits.c.order_id == order_id,
        page_visits.c.day == day,
    )
    return connection.execute(query).first() is not None


def add_visit(
    connection: Connection, shop_id: int, order_id: str, day: date, moment: datetime
) -> bool:
    """Write down a look at the page of an order; False if it is not the first of that day."""
    row = {"shop_id": shop_id, "order_id": order_id, "day": day, "at": moment}
    insert = insert_ignoring(connection, page_visits).values(row)
    # Not by its count: PostgreSQL tells none here.
    return connection.execute(insert.returning(page_visits.c.day)).first() is not None


@dataclass(frozen=True)
class Looked:
    """An order whose page was looked at, and when the same person ordered next."""

    order_id: str
    at: datetime
    next_at: datetime | None


def visits_by_day(
    connection: Connection, shop_id: int, start: date, end: date
) -> list[tuple[date, int]]:
    """Return on how many pages somebody looked, for each day that has any; both ends included."""
    column = page_visits.c
    query = (
        sa.select(column.day, sa.func.count())
        .where(column.shop_id == shop_id, column.day >= start, column.day <= end)
        .group_by(column.day)
        .order_by(column.day)
    )
    return [(row[0], int(row[1])) for row in connection.execute(query)]


def orders_looked_at(connection: Connection, shop_id: int, start: date, end: date) -> int:
    """Return how many orders had their page looked at, both days included."""
    column = page_visits.c
    query = sa.select(sa.func.count(sa.distinct(column.order_id))).where(
        column.shop_id == shop_id, column.day >= start, column.day <= end
    )
    return int(connection.execute(query).scalar_one())


def first_looks(
    connection: Connection, shop_id: int, since: datetime, until: datetime, limit: int
) -> list[Looked]:
    """Return the orders first looked at from `since` on and before `until`, the newest first.

    `next_at` is when the same person placed the order after this one, whenever they looked.
    """
    column = page_visits.c
    first = (
        sa.select(column.order_id, sa.func.min(column.at).label("at"))
        .where(column.shop_id == shop_id)
        .group_by(column.order_id)
        .having(sa.func.min(column.at) >= since, sa.func.min(column.at) < until)
        .subquery()
    )
    order, later = orders.alias("looked").c, orders.alias("later").c
    # Looked up for each of these orders: numbering those of every person would read all of them.
    following = (
        sa.select(sa.func.min(later.placed_at, type_=Utc()))
        .where(
            later.shop_id == shop_id,
            later.identity == order.identity,
            later.cancelled_at.is_(None),
            sa.or_(
                later.placed_at > order.placed_at,
                sa.and_(later.placed_at == order.placed_at, later.order_id > order.order_id),
            ),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(first.c.order_id, first.c.at, following.label("next_at"))
        .join(order.order_id.table, order.order_id == first.c.order_id)
        .where(order.shop_id == shop_id, order.identity.is_not(None), order.cancelled_at.is_(None))
        .order_by(first.c.at.desc())
        .limit(limit)
    )
    return [Looked(**row._mapping) for row in connection.execute(query)]
