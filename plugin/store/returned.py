"""What comes back: pieces sold and kept by product, and the products that come back too often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.orders import order_lines, orders

often_returned = sa.Table(
    "often_returned",
    metadata,
    shop_column(primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
)


@dataclass(frozen=True)
class Returns:
    """Pieces of one product that were sold, and those of them that came back."""

    product_id: str
    sold: int
    returned: int


def returns_since(connection: Connection, shop_id: int, since: datetime) -> list[Returns]:
    """Return the pieces of orders since a moment, where the platform says what was kept."""
    query = (
        sa.select(
            order_lines.c.product_id,
            sa.func.sum(order_lines.c.quantity),
            sa.func.sum(order_lines.c.quantity - order_lines.c.kept),
        )
        .join(
            orders,
            sa.and_(
                orders.c.shop_id == order_lines.c.shop_id,
                orders.c.order_id == order_lines.c.order_id,
            ),
        )
        .where(
            order_lines.c.shop_id == shop_id,
            order_lines.c.product_id.is_not(None),
            order_lines.c.kept.is_not(None),
            orders.c.cancelled_at.is_(None),
            orders.c.placed_at >= since,
        )
        .group_by(order_lines.c.product_id)
    )
    rows = connection.execute(query)
    return [Returns(product, int(sold), max(int(back), 0)) for product, sold, back in rows]


def put_often_returned(connection: Connection, shop_id: int, products: Iterable[str]) -> None:
    """Note which products come back too often, in place of what was noted before."""
    connection.execute(sa.delete(often_returned).where(often_returned.c.shop_id == shop_id))
    rows = [{"shop_id": shop_id, "product_id": product} for product in products]
    if rows:
        connection.execute(sa.insert(often_returned), rows)


def often_returned_of(connection: Connection, shop_id: int) -> frozenset[str]:
    """Return the products that come back too often."""
    query = sa.select(often_returned.c.product_id).where(often_returned.c.shop_id == shop_id)
    return frozenset(connection.execute(query).scalars())
