"""Campaigns: one configured use of a widget, with draft and published versions."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Utc, metadata, shop_column

campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("widget", sa.String(40), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # draft, published, paused
    sa.Column("draft", sa.JSON, nullable=False),
    # Raised by each change of the draft; two people saving at once see each other by it.
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # 0: never published
    sa.Column("published_at", Utc),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Index("ix_campaigns_shop", "shop_id", "widget"),
)

# Every version that ever was live stays: a proof of consent refers to it.
campaign_versions = sa.Table(
    "campaign_versions",
    metadata,
    shop_column(primary_key=True),
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("published_at", Utc, nullable=False),
)
