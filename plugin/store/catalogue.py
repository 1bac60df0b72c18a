"""Products with their variants, and customers without their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from secrets import randbits

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Product, Variant, storefront_id
from plugin.store import product_facts
from plugin.store.db import Amount, Utc, metadata, personal, shop_column
from plugin.store.labels import put_labels
from plugin.store.models import touch
from plugin.store.price_log import note_prices
from plugin.store.writing import Row, chunks, upsert

#: Thousands of them are summed up without running over.
_TOLD_BITS = 48

products = sa.Table(
    "products",
    metadata,
    shop_column(primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("handle", sa.String(300), nullable=False),
    sa.Column("url", sa.String(600), nullable=False),
    sa.Column("image_url", sa.String(800)),
    sa.Column("kind", sa.String(120), nullable=False),
    sa.Column("published", sa.Boolean, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False, default=False),
    sa.Column("updated_at", Utc, nullable=False),
    # Another one after each time it was told: pages that show it are drawn anew.
    sa.Column("told", sa.BigInteger, nullable=False, default=0, server_default="0"),
    # How these are written and read: store/product_facts.py.
    sa.Column("tags", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("categories", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("relations", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("rating", Amount),
    sa.Index("ix_products_number", "shop_id", "number"),
)

variants = sa.Table(
    "variants",
    metadata,
    shop_column(primary_key=True),
    sa.Column("variant_id", sa.String(80), primary_key=True),
    sa.Column("product_id", sa.String(80), nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("price", Amount, nullable=False),
    sa.Column("compare_at", Amount),
    sa.Column("unit_cost", Amount),
    sa.Column("available", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("options", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("measure", sa.JSON(none_as_null=True)),
    sa.Index("ix_variants_product", "shop_id", "product_id"),
)

customers = sa.Table(
    "customers",
    metadata,
    shop_column(primary_key=True),
    sa.Column(
        "customer_id",
        sa.String(80),
        primary_key=True,
        info=personal("customer", erase="row", keep_days=730),
    ),
    # Check value of the normalised address: enough to ask "has this person ordered before?".
    sa.Column("identity", sa.String(64), info=personal("customer", erase="row", keep_days=730)),
    sa.Column("orders_count", sa.Integer, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Index("ix_customers_identity", "shop_id", "identity"),
)

sync_runs = sa.Table(
    "sync_runs",
    metadata,
    shop_column(primary_key=True),
    # products, customers, orders, suggestions
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),  # waiting, running, done, failed
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer),
    sa.Column("cursor", sa.Text),
    sa.Column("started_at", Utc),
    sa.Column("finished_at", Utc),
    # Newest change seen: reconciliation asks for what changed since then.
    sa.Column("watermark", Utc),
    sa.Column("error", sa.String(80)),
)


def put_products(connection: Connection, shop_id: int, items: Sequence[Product]) -> int:
    """Store products with their variants; returns how many.

    What is stored with a later change stays as it is. Each price that is new is noted for good
    (store/price_log.py).
    """
    known = _known(connection, shop_id, [item.id for item in items])
    fresh = [item for item in items if item.id not in known or known[item.id][0] <= item.updated_at]
    # Of what was out of our sight and has changed since, prices may have been missed.
    missed = [
        item.id
        for item in fresh
        if item.id in known and known[item.id][1] and known[item.id][0] < item.updated_at
    ]
    if fresh:
        touch(connection, shop_id)
    note_prices(connection, shop_id, fresh, missed)
    upsert(connection, products, [_product_row(shop_id, item) for item in fresh])
    for some in chunks([item.id for item in fresh]):
        connection.execute(
            sa.delete(variants).where(
                variants.c.shop_id == shop_id, variants.c.product_id.in_(some)
            )
        )
    upsert(
        connection,
        variants,
        [_variant_row(shop_id, item.id, variant) for item in fresh for variant in item.variants],
    )
    put_labels(connection, shop_id, fresh)
    return len(fresh)


def _known(
    connection: Connection, shop_id: int, ids: Sequence[str]
) -> dict[str, tuple[datetime, bool]]:
    """Return when each known product was changed last, and whether it was gone since."""
    found: dict[str, tuple[datetime, bool]] = {}
    for some in chunks(ids):
        query = sa.select(products.c.product_id, products.c.updated_at, products.c.gone).where(
            products.c.shop_id == shop_id, products.c.product_id.in_(some)
        )
        rows = connection.execute(query)
        found.update({row.product_id: (row.updated_at, row.gone) for row in rows})
    return found


def _product_row(shop_id: int, item: Product) -> Row:
    return {
        "shop_id": shop_id,
        "product_id": item.id,
        "number": storefront_id(item.id)[:40],
        "title": item.title[:300],
        "handle": item.handle[:300],
        "url": item.url[:600],
        "image_url": item.image_url if item.image_url and len(item.image_url) <= 800 else None,
        "kind": item.kind[:120],
        "published": item.published,
        "gone": False,
        "updated_at": item.updated_at,
        "told": randbits(_TOLD_BITS),
        **product_facts.of_product(item),
    }


def _variant_row(shop_id: int, product_id: str, item: Variant) -> Row:
    return {
        "shop_id": shop_id,
        "variant_id": item.id,
        "product_id": product_id,
        "title": item.title[:300],
        "price": item.price,
        "compare_at": item.compare_at,
        "unit_cost": item.unit_cost,
        "available": item.available,
        "position": item.position,
        **product_facts.of_variant(item),
    }


def mark_gone(connection: Connection, shop_id: int, product_id: str) -> None:
    """Note that the platform has this product no longer."""
    touch(connection, shop_id)
    connection.execute(
        sa.update(products)
        .where(products.c.shop_id == shop_id, products.c.product_id == product_id)
        .values(gone=True, told=products.c.told + 1)
    )


def mark_all_gone(connection: Connection, shop_id: int) -> None:
    """Trust no product any more until the platform names it again (a reinstall)."""
    touch(connection, shop_id)
    connection.execute(
        sa.update(products)
        .where(products.c.shop_id == shop_id)
        .values(gone=True, told=products.c.told + 1)
    )


def titles(connection: Connection, shop_id: int, references: Sequence[str]) -> dict[str, str]:
    """Return title by product id for what the storefront calls products.

    A reference is the platform's id of a product, the bare number at the end of a global one, or
    the id of a variant, which is all that some carts tell; unknown ones are left out.
    """
    of_variants = sa.select(variants.c.product_id).where(
        variants.c.shop_id == shop_id, variants.c.variant_id.in_(references)
    )
    query = sa.select(products.c.product_id, products.c.title).where(
        products.c.shop_id == shop_id,
        sa.or_(
            products.c.product_id.in_(references),
            products.c.number.in_(references),
            products.c.product_id.in_(of_variants),
        ),
    )
    return {row.product_id: row.title for row in connection.execute(query)}


@dataclass(frozen=True)
class CustomerRow:
    """A customer as we keep one: without name and address."""

    customer_id: str
    identity: str | None
    orders_count: int
    updated_at: datetime


def put_customers(connection: Connection, shop_id: int, rows: Sequence[CustomerRow]) -> None:
    """Store customers; the platform lists them by change, so the last word is the newest."""
    upsert(connection, customers, [{"shop_id": shop_id, **asdict(row)} for row in rows])


def has_orders(connection: Connection, shop_id: int, identity: str) -> bool:
    """Tell whether the platform counts an order for this person."""
    query = sa.select(customers.c.customer_id).where(
        customers.c.shop_id == shop_id,
        customers.c.identity == identity,
        customers.c.orders_count > 0,
    )
    return connection.execute(query.limit(1)).first() is not None
