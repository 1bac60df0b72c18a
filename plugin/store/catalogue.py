"""Products with their variants, and customers without their names."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Amount, Utc, metadata, personal, shop_column

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
        info=personal("customer", erase="row", keep_days=None),
    ),
    # Check value of the normalised address: enough to ask "has this person ordered before?".
    sa.Column(
        "identity", sa.String(64), info=personal("customer", erase="row", keep_days=None)
    ),
    sa.Column("orders_count", sa.Integer, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Index("ix_customers_identity", "shop_id", "identity"),
)

neighbours = sa.Table(
    "neighbours",
    metadata,
    shop_column(primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("other_id", sa.String(80), primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("together", sa.Integer, nullable=False),
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
