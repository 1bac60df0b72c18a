"""Prices of what is for sale, with the strike prices that the shop itself shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products, variants
from plugin.store.writing import chunks


@dataclass(frozen=True)
class Priced:
    """One variant that is for sale; `compare_at` is the strike price of the shop's own pages."""

    variant_id: str
    title: str
    form: str
    price: Decimal
    compare_at: Decimal | None


def articles(connection: Connection, shop_id: int) -> list[Priced]:
    """Return every variant that is on show; a strike price that is not above the price is none."""
    query = (
        sa.select(
            variants.c.variant_id,
            products.c.title,
            variants.c.title.label("form"),
            variants.c.price,
            variants.c.compare_at,
        )
        .join(
            products,
            sa.and_(
                products.c.shop_id == variants.c.shop_id,
                products.c.product_id == variants.c.product_id,
            ),
        )
        .where(variants.c.shop_id == shop_id, products.c.published, sa.not_(products.c.gone))
        .order_by(products.c.title, variants.c.position)
    )
    return [
        Priced(row.variant_id, row.title, row.form, row.price, _above(row.compare_at, row.price))
        for row in connection.execute(query)
    ]


def struck_variants(connection: Connection, shop_id: int, variant_ids: Sequence[str]) -> set[str]:
    """Return those of the variants for which the shop itself shows a strike price."""
    found = set()
    for some in chunks(variant_ids):
        query = sa.select(variants.c.variant_id, variants.c.price, variants.c.compare_at).where(
            variants.c.shop_id == shop_id, variants.c.variant_id.in_(some)
        )
        for row in connection.execute(query):
            if _above(row.compare_at, row.price) is not None:
                found.add(row.variant_id)
    return found


def _above(struck: Decimal | None, price: Decimal) -> Decimal | None:
    return struck if struck is not None and struck > price else None
