"""Subscribers, the append-only evidence of their consent, and used one-time tokens."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Utc, metadata, personal, shop_column

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Check value of the normalised address: one person, one row.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("subscription", erase="row", keep_days=None),
    ),
    sa.Column(
        "email_sealed", sa.Text, nullable=False,
        info=personal("subscription", erase="row", keep_days=None),
    ),
    sa.Column("state", sa.String(12), nullable=False),  # pending, confirmed, unsubscribed
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("purposes", sa.JSON, nullable=False),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("campaign_version", sa.Integer, nullable=False),
    sa.Column("widget", sa.String(40), nullable=False),
    sa.Column("requested_at", Utc, nullable=False),
    sa.Column("confirmed_at", Utc),
    sa.Column("unsubscribed_at", Utc),
    # Unconfirmed rows are deleted at this time.
    sa.Column("expires_at", Utc),
    sa.Column("mails_sent", sa.Integer, nullable=False),
    sa.Column("last_mail_at", Utc),
    sa.Column("customer_id", sa.String(80), info=personal("subscription", erase="row", keep_days=None)),
    sa.UniqueConstraint("shop_id", "identity"),
    sa.Index("ix_subscribers_expiry", "state", "expires_at"),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("evidence", erase="keep_locked", keep_days=4 * 365),
    ),
    sa.Column("kind", sa.String(20), nullable=False),  # requested, mailed, confirmed, unsubscribed
    sa.Column("at", Utc, nullable=False),
    sa.Column("campaign_id", sa.Integer),
    sa.Column("campaign_version", sa.Integer),
    # Verbatim wording that stood before the button.
    sa.Column("wording", sa.Text),
    sa.Column("page", sa.String(500), info=personal("evidence", erase="keep_locked", keep_days=4 * 365)),
    sa.Column("mail_hash", sa.String(64)),
    sa.Index("ix_evidence_identity", "shop_id", "identity"),
)

# Idempotency of sign-ups: the same form sent twice is one request.
sign_ups = sa.Table(
    "sign_ups",
    metadata,
    shop_column(primary_key=True),
    sa.Column("request_id", sa.String(40), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)
