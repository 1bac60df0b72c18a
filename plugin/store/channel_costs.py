"""What a merchant paid to win customers: by channel and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.writing import upsert

channel_costs = sa.Table(
    "channel_costs",
    metadata,
    shop_column(primary_key=True),
    sa.Column("channel", sa.String(60), primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("amount", Amount, nullable=False),
    sa.Column("stated_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class ChannelCost:
    """What a channel cost in a month, in the shop's currency; None takes back what was stated."""

    channel: str
    month: date
    amount: Decimal | None


def costs_between(
    connection: Connection, shop_id: int, start: date, end: date
) -> list[ChannelCost]:
    """Return what is stated of the months from `start` to `end`, by channel and month."""
    table = channel_costs.c
    query = (
        sa.select(table.channel, table.month, table.amount)
        .where(table.shop_id == shop_id, table.month.between(start, end))
        .order_by(table.channel, table.month)
    )
    return [ChannelCost(*row) for row in connection.execute(query)]


def last_stated(connection: Connection, shop_id: int) -> datetime | None:
    """Return when costs were last stated, None without any."""
    query = sa.select(sa.func.max(channel_costs.c.stated_at)).where(
        channel_costs.c.shop_id == shop_id
    )
    return connection.execute(query).scalar()


def put_costs(
    connection: Connection, shop_id: int, stated: Sequence[ChannelCost], now: datetime
) -> None:
    """Write what the merchant states, over what was stated before."""
    for one in stated:
        if one.amount is None:
            connection.execute(
                sa.delete(channel_costs).where(
                    channel_costs.c.shop_id == shop_id,
                    channel_costs.c.channel == one.channel,
                    channel_costs.c.month == one.month,
                )
            )
    rows = [
        {
            "shop_id": shop_id,
            "channel": one.channel,
            "month": one.month,
            "amount": one.amount,
            "stated_at": now,
        }
        for one in stated
        if one.amount is not None
    ]
    upsert(connection, channel_costs, rows)
