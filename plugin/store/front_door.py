"""Whether a registered shop was ever proven, and giving its domain free if it was not."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products
from plugin.store.events import event_days
from plugin.store.orders import orders
from plugin.store.shops import installs, oauth_states, shops
from plugin.store.subscribers import subscribers
from plugin.store.voucher_pool import voucher_codes


def is_proven(connection: Connection, shop_id: int) -> bool:
    """Tell whether our script was ever seen on the shop's pages, or anything came in for it."""
    seen = sa.select(shops.c.id).where(shops.c.id == shop_id, shops.c.proven_at.is_not(None))
    if connection.execute(seen).first() is not None:
        return True
    for table in (orders, products, subscribers, event_days, voucher_codes):
        query = sa.select(sa.literal(1)).where(table.c.shop_id == shop_id).limit(1)
        if connection.execute(query).first() is not None:
            return True
    return False


def was_used(connection: Connection, mark_hash: str) -> bool:
    """Tell whether a mark is among those that are good for one use only."""
    query = sa.select(oauth_states.c.state_hash).where(oauth_states.c.state_hash == mark_hash)
    return connection.execute(query).first() is not None


def free_domain(connection: Connection, shop_id: int) -> None:
    """Take the domain from a shop; what stands there instead is no domain that anybody can have."""
    connection.execute(
        sa.update(shops)
        .where(shops.c.id == shop_id)
        .values(domain=sa.literal(f"!{shop_id}:") + sa.func.substr(shops.c.domain, 1, 200))
    )


def renew_secret(
    connection: Connection, shop_id: int, *, sealed: str, old: str | None, until: datetime
) -> None:
    """Store a new signing secret; the old one is good until a moment."""
    connection.execute(
        sa.update(installs)
        .where(installs.c.shop_id == shop_id)
        .values(secret_sealed=sealed, old_secret_sealed=old, old_secret_until=until)
    )
