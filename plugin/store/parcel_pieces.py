"""What the shop's catalogue knows of the articles in an order: their picture and their form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products, variants
from plugin.store.orders import order_lines


@dataclass(frozen=True)
class PieceFacts:
    """One line of an order with what the catalogue says of it; None where it says nothing."""

    line_id: str
    product_id: str | None
    variant_id: str | None
    quantity: int
    image_url: str | None
    variant_title: str | None
    options: tuple[tuple[str, str], ...]
    available: bool


def pieces_of(connection: Connection, shop_id: int, order_id: str) -> Sequence[PieceFacts]:
    """Return the lines of an order; `available`: its form can be bought now."""
    line = order_lines.c
    joined = order_lines.outerjoin(
        products,
        sa.and_(products.c.shop_id == line.shop_id, products.c.product_id == line.product_id),
    ).outerjoin(
        variants,
        sa.and_(variants.c.shop_id == line.shop_id, variants.c.variant_id == line.variant_id),
    )
    for_sale = sa.and_(variants.c.available, products.c.published, sa.not_(products.c.gone))
    query = (
        sa.select(
            line.line_id,
            line.product_id,
            line.variant_id,
            line.quantity,
            products.c.image_url,
            variants.c.title,
            variants.c.options,
            sa.func.coalesce(for_sale, sa.false()).label("available"),
        )
        .select_from(joined)
        .where(line.shop_id == shop_id, line.order_id == order_id)
        .order_by(line.line_id)
    )
    return [
        PieceFacts(
            line_id=row.line_id,
            product_id=row.product_id,
            variant_id=row.variant_id,
            quantity=row.quantity,
            image_url=row.image_url,
            variant_title=row.title,
            options=tuple((str(name), str(value)) for name, value in row.options or ()),
            available=bool(row.available),
        )
        for row in connection.execute(query)
    ]
