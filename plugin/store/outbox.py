"""The mail outbox: one row for each recipient, queued, sending, sent."""

from __future__ import annotations

import sqlalchemy as sa

from plugin.store.db import Utc, metadata, personal, shop_column

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("kind", sa.String(30), nullable=False),  # confirmation, voucher, on_its_way
    sa.Column("key", sa.String(120), nullable=False),
    # Fixed with the row, so that a second delivery is recognisable as the same mail.
    sa.Column("message_id", sa.String(120), nullable=False, unique=True),
    sa.Column("identity", sa.String(64), info=personal("mail", erase="blank", keep_days=90)),
    sa.Column("recipient_sealed", sa.Text, info=personal("mail", erase="blank", keep_days=90)),
    sa.Column("language", sa.String(2), nullable=False),
    # What the template needs beside the shop: sealed, because links in it are keys.
    sa.Column("values_sealed", sa.Text, info=personal("mail", erase="blank", keep_days=90)),
    # queued, sending, sent, refused, unknown, cancelled
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("resent", sa.Boolean, nullable=False, default=False),
    sa.Column("queued_at", Utc, nullable=False),
    sa.Column("sent_at", Utc),
    sa.Column("body_hash", sa.String(64)),
    sa.Column("error", sa.String(120)),
    sa.UniqueConstraint("shop_id", "key"),
    sa.Index("ix_outbox_state", "state"),
)
