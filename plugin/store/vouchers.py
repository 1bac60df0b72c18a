"""Vouchers, and what the discount guard decided."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Amount, Utc, metadata, personal, shop_column

vouchers = sa.Table(
    "vouchers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # One welcome voucher per person and shop, for ever: the unique key below is the promise.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("voucher", erase="keep_locked", keep_days=4 * 365),
    ),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("widget", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("value", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("minimum", Amount),
    sa.Column("state", sa.String(10), nullable=False),  # planned, issued, redeemed, expired
    sa.Column("platform_id", sa.String(120)),
    sa.Column("planned_at", Utc, nullable=False),
    sa.Column("issued_at", Utc),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("redeemed_at", Utc),
    sa.Column("order_id", sa.String(80)),
    sa.Column("redeemed_amount", Amount),
    sa.Column("order_total", Amount),
    sa.UniqueConstraint("shop_id", "identity"),
    sa.UniqueConstraint("shop_id", "code"),
)

guard_limits = sa.Table(
    "guard_limits",
    metadata,
    shop_column(primary_key=True),
    sa.Column("monthly_budget", Amount, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
)

guard_decisions = sa.Table(
    "guard_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("at", Utc, nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),  # allow, no
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("amount", Amount, nullable=False),
    sa.Index("ix_guard_decisions_at", "shop_id", "at"),
)
