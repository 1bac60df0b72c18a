"""Order lines that a suggestion brought, with what became of their orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import order_lines, orders


@dataclass(frozen=True)
class SuggestedLine:
    """One line; `price` is that of a piece. `kept` pieces were not returned, None if unknown.

    `total` is what was paid for the whole order, after whatever was paid back.
    """

    source: str
    placed_at: datetime
    cancelled: bool
    total: Decimal
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    kept: int | None
    price: Decimal


def suggested_lines(
    connection: Connection, shop_id: int, mark: str, start: datetime, end: datetime, currency: str
) -> list[SuggestedLine]:
    """Return the lines whose source is `mark`, or begins with it and a colon, the oldest first.

    `start` and `end` (not included) are of the order; only orders in `currency`.
    """
    query = (
        sa.select(
            order_lines.c.source,
            orders.c.placed_at,
            orders.c.cancelled_at.is_not(None),
            orders.c.total,
            order_lines.c.product_id,
            order_lines.c.variant_id,
            order_lines.c.title,
            order_lines.c.quantity,
            order_lines.c.kept,
            order_lines.c.price,
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
            order_lines.c.source.is_not(None),
            sa.or_(
                order_lines.c.source == mark,
                order_lines.c.source.startswith(f"{mark}:", autoescape=True),
            ),
            orders.c.placed_at >= start,
            orders.c.placed_at < end,
            orders.c.currency == currency,
        )
        .order_by(orders.c.placed_at, order_lines.c.order_id, order_lines.c.line_id)
    )
    return [SuggestedLine(*row) for row in connection.execute(query)]
