"""What a model says of a channel's customers, worked out every night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.writing import upsert

customer_values = sa.Table(
    "customer_values",
    metadata,
    shop_column(primary_key=True),
    # "*" is all channels together.
    sa.Column("channel", sa.String(60), primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("found", sa.JSON, nullable=False),
)

ALL = "*"


def values_of(connection: Connection, shop_id: int) -> dict[str, Any]:
    """Return what was found, by channel."""
    query = sa.select(customer_values.c.channel, customer_values.c.found).where(
        customer_values.c.shop_id == shop_id
    )
    return {row.channel: row.found for row in connection.execute(query)}


def put_values(
    connection: Connection, shop_id: int, found: Mapping[str, Any], now: datetime
) -> None:
    """Write what was found, in place of all that was found before."""
    connection.execute(sa.delete(customer_values).where(customer_values.c.shop_id == shop_id))
    rows = [
        {"shop_id": shop_id, "channel": channel, "at": now, "found": one}
        for channel, one in found.items()
    ]
    upsert(connection, customer_values, rows)
