"""The people who confirmed, page by page, for the shop that asked for their sign-up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.subscribers import subscribers


@dataclass(frozen=True)
class Listed:
    """Somebody who confirmed, and may have left again; the address and own words still sealed."""

    id: int
    email_sealed: str
    state: str
    language: str
    purposes: list[str]
    confirmed_at: datetime
    unsubscribed_at: datetime | None
    declared_sealed: str | None


_FIELDS = [subscribers.c[field.name] for field in fields(Listed)]


def identities_of(connection: Connection, shop_id: int, customer_id: str) -> list[str]:
    """Return by which check values a customer of the shop is known here."""
    query = sa.select(subscribers.c.identity).where(
        subscribers.c.shop_id == shop_id, subscribers.c.customer_id == customer_id
    )
    return list(connection.execute(query).scalars())


def listed(connection: Connection, shop_id: int, after: int, limit: int) -> list[Listed]:
    """Return those behind `after`, by id; who never confirmed is not among them."""
    query = (
        sa.select(*_FIELDS)
        .where(
            subscribers.c.shop_id == shop_id,
            subscribers.c.id > after,
            subscribers.c.state.in_(("confirmed", "unsubscribed")),
            subscribers.c.confirmed_at.is_not(None),
        )
        .order_by(subscribers.c.id)
        .limit(limit)
    )
    return [Listed(**row._mapping) for row in connection.execute(query)]
