"""Orders without names and addresses, their lines, and their parcels."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Amount, Utc, metadata, personal, shop_column

orders = sa.Table(
    "orders",
    metadata,
    shop_column(primary_key=True),
    sa.Column(
        "order_id",
        sa.String(80),
        primary_key=True,
        info=personal("order", erase="blank", keep_days=3650),
    ),
    sa.Column("number", sa.String(40), nullable=False),
    # Check values: who ordered and where to, comparable but not readable.
    sa.Column("identity", sa.String(64), info=personal("order", erase="blank", keep_days=730)),
    sa.Column("email_check", sa.String(64), info=personal("order", erase="blank", keep_days=730)),
    sa.Column(
        "postcode_check", sa.String(64), info=personal("order", erase="blank", keep_days=730)
    ),
    # Sealed; needed to write about the parcel, emptied 90 days after delivery.
    sa.Column("email_sealed", sa.Text, info=personal("order", erase="blank", keep_days=180)),
    sa.Column("customer_id", sa.String(80), info=personal("order", erase="blank", keep_days=730)),
    sa.Column("country", sa.String(2)),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("total", Amount, nullable=False),
    sa.Column("discount", Amount, nullable=False),
    sa.Column("codes", sa.JSON, nullable=False),
    sa.Column("paid", sa.Boolean, nullable=False),
    sa.Column("placed_at", Utc, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("cancelled_at", Utc),
    sa.Index("ix_orders_number", "shop_id", "number"),
    sa.Index("ix_orders_placed", "shop_id", "placed_at"),
    sa.Index("ix_orders_identity", "shop_id", "identity"),
)

order_lines = sa.Table(
    "order_lines",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("line_id", sa.String(80), primary_key=True),
    sa.Column("product_id", sa.String(80)),
    sa.Column("variant_id", sa.String(80)),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price", Amount, nullable=False),
    # Our mark "cross_sell:<campaign id>" on lines that a suggestion brought.
    sa.Column("source", sa.String(80)),
)

shipments = sa.Table(
    "shipments",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    sa.Column("order_id", sa.String(80), nullable=False),
    sa.Column("carrier", sa.String(80)),
    sa.Column("tracking_number", sa.String(80)),
    sa.Column("tracking_url", sa.String(600)),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("expected_on", sa.Date),
    sa.Column("delivered_at", Utc),
    sa.Index("ix_shipments_order", "shop_id", "order_id"),
)

milestones = sa.Table(
    "milestones",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    sa.Column("milestone_id", sa.String(80), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("happened_at", Utc, nullable=False),
    sa.Column("place", sa.String(120)),
)
