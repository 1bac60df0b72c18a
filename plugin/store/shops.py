"""Shops (tenants), their installs with sealed tokens, and one-time authorisation states."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Utc, metadata, personal, shop_column

shops = sa.Table(
    "shops",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), nullable=False, unique=True),
    sa.Column("platform", sa.String(20), nullable=False),
    sa.Column("domain", sa.String(255), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("locale", sa.String(12), nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("languages", sa.String(40), nullable=False),
    sa.Column("address", sa.String(3), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    # Raised by every uninstall and reinstall: sessions of an earlier generation are dead.
    sa.Column("generation", sa.Integer, nullable=False),
    # Raised by every change that the storefront sees: part of the config's ETag.
    sa.Column("config_version", sa.Integer, nullable=False),
    sa.Column("storefront_url", sa.String(500), nullable=False),
    sa.Column("privacy_url", sa.String(500), nullable=False),
    sa.Column("imprint", sa.String(500), nullable=False),
    sa.Column("stopped_at", Utc),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("uninstalled_at", Utc),
    sa.Column("embed_checked_at", Utc),
    sa.Column("embed_found", sa.JSON),
    sa.UniqueConstraint("platform", "domain"),
)

installs = sa.Table(
    "installs",
    metadata,
    shop_column(primary_key=True),
    sa.Column("access_sealed", sa.Text, nullable=False),
    sa.Column("refresh_sealed", sa.Text),
    sa.Column("expires_at", Utc),
    sa.Column("refresh_expires_at", Utc),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("revoked_at", Utc),
    sa.Column("paused_until", Utc),
    sa.Column("updated_at", Utc, nullable=False),
)

# Lives before a shop exists, so it belongs to a domain instead of a shop.
oauth_states = sa.Table(
    "oauth_states",
    metadata,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("platform", sa.String(20), nullable=False),
    sa.Column("domain", sa.String(255), nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("topic", sa.String(64), nullable=False),
    sa.Column("key", sa.String(128), nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    # Sealed; emptied when the step is done.
    sa.Column("body_sealed", sa.Text, info=personal("webhook", erase="blank", keep_days=30)),
    sa.UniqueConstraint("shop_id", "topic", "key"),
)
