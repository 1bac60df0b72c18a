"""Events of the storefront, their daily sums, and refused input counted by reason."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Amount, Utc, metadata, shop_column

# Only the ids, so that a beacon sent twice counts once; emptied after two days.
event_ids = sa.Table(
    "event_ids",
    metadata,
    shop_column(primary_key=True),
    sa.Column("event_id", sa.String(40), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)

event_days = sa.Table(
    "event_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("widget", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("amount", Amount, nullable=False),
)

refusals = sa.Table(
    "refusals",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("reason", sa.String(60), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

# Counters of rate limits; the key is a check value, never an address in the clear.
limits = sa.Table(
    "limits",
    metadata,
    shop_column(primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("window_start", Utc, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_limits_window", "window_start"),
)
