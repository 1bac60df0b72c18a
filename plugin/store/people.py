"""Everybody who asked for mail, list by list, for the merchant's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import orders
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import is_welcome, vouchers


@dataclass(frozen=True)
class Entry:
    """One line of a list; the address still sealed, `voucher` the state of the person's own."""

    id: int
    email_sealed: str
    state: str
    requested_at: datetime
    confirmed_at: datetime | None
    unsubscribed_at: datetime | None
    throwaway: bool
    voucher: str | None


def listed(
    connection: Connection, shop_id: int, state: str, before: int | None, limit: int
) -> list[Entry]:
    """Return people of one state, the newest first, from behind `before` on."""
    columns = (
        subscribers.c.id,
        subscribers.c.email_sealed,
        subscribers.c.state,
        subscribers.c.requested_at,
        subscribers.c.confirmed_at,
        subscribers.c.unsubscribed_at,
        subscribers.c.throwaway,
    )
    own = (
        sa.select(sa.func.max(vouchers.c.state))
        .where(
            vouchers.c.shop_id == shop_id,
            vouchers.c.identity == subscribers.c.identity,
            is_welcome(),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(*columns, own.label("voucher"))
        .where(subscribers.c.shop_id == shop_id, subscribers.c.state == state)
        .order_by(subscribers.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(subscribers.c.id < before)
    return [Entry(**row._mapping) for row in connection.execute(query)]


def counts(connection: Connection, shop_id: int) -> dict[str, int]:
    """Return how many people there are in each state."""
    query = (
        sa.select(subscribers.c.state, sa.func.count().label("n"))
        .where(subscribers.c.shop_id == shop_id)
        .group_by(subscribers.c.state)
    )
    return {row.state: row.n for row in connection.execute(query)}


def identity_of_order(connection: Connection, shop_id: int, number: str) -> str | None:
    """Return who placed the order of this number, as far as that is still known."""
    query = sa.select(orders.c.identity).where(
        orders.c.shop_id == shop_id, orders.c.number.in_((number, f"#{number.lstrip('#')}"))
    )
    return connection.execute(query.limit(1)).scalar()
