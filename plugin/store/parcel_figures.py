"""Looks at the pages of orders, once for each order and day, and what figures are made of."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
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
