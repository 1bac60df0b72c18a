"""What products are called: by merchants, in addresses, and by storefronts."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import storefront_id
from plugin.store.catalogue import products, variants
from plugin.store.writing import chunks


def products_named(connection: Connection, shop_id: int, names: Sequence[str]) -> dict[str, str]:
    """Return product ids by id, by number, or by the name in the product's address."""
    found: dict[str, str] = {}
    for some in chunks(names):
        query = sa.select(products.c.product_id, products.c.number, products.c.handle).where(
            products.c.shop_id == shop_id,
            sa.not_(products.c.gone),
            sa.or_(
                products.c.product_id.in_(some),
                products.c.number.in_(some),
                products.c.handle.in_(some),
            ),
        )
        for row in connection.execute(query):
            found |= dict.fromkeys((row.handle, row.number, row.product_id), row.product_id)
    return found


def variants_of(
    connection: Connection, shop_id: int, product_ids: Sequence[str]
) -> tuple[str, ...]:
    """Return the ids of every variant of these products."""
    query = sa.select(variants.c.variant_id).where(
        variants.c.shop_id == shop_id, variants.c.product_id.in_(product_ids)
    )
    return tuple(connection.execute(query.order_by(variants.c.variant_id)).scalars())


def names_of(connection: Connection, shop_id: int, product_ids: Sequence[str]) -> frozenset[str]:
    """Return what a storefront calls these products and their variants."""
    forms = variants_of(connection, shop_id, product_ids)
    return frozenset(map(storefront_id, [*product_ids, *forms]))


def titles_of(connection: Connection, shop_id: int, product_ids: Sequence[str]) -> dict[str, str]:
    """Return what these products are called, also those that are sold no longer."""
    found: dict[str, str] = {}
    for some in chunks(product_ids):
        query = sa.select(products.c.product_id, products.c.title).where(
            products.c.shop_id == shop_id, products.c.product_id.in_(some)
        )
        found |= {row.product_id: row.title for row in connection.execute(query)}
    return found
