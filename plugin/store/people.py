"""Everybody who asked for mail, list by list, for the merchant's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.blocked import blocked_people
from plugin.store.orders import orders
from plugin.store.subscribers import IN_STATE, SINCE, subscribers
from plugin.store.vouchers import is_welcome, vouchers


@dataclass(frozen=True)
class Entry:
    """One line of a list; the address still sealed, `voucher` the state of the person's own.

    `since` is when the present state began.
    """

    id: int
    email_sealed: str
    state: str
    since: datetime
    throwaway: bool
    voucher: str | None


@dataclass(frozen=True)
class Blocked:
    """One line of the block list; id and sealed address only while the person is still kept."""

    identity: str
    at: datetime
    id: int | None
    email_sealed: str | None


@dataclass(frozen=True)
class Place:
    """The line of a list that the next page goes on behind."""

    since: datetime
    id: int


def listed(
    connection: Connection,
    shop_id: int,
    state: str,
    *,
    behind: Place | None,
    limit: int,
    oldest: bool = False,
) -> list[Entry]:
    """Return people of one state, the newest first unless the oldest, from behind a line on."""
    since = SINCE[state]
    columns = (
        subscribers.c.id,
        subscribers.c.email_sealed,
        subscribers.c.state,
        since.label("since"),
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
        .where(subscribers.c.shop_id == shop_id, IN_STATE[state], since.is_not(None))
        .limit(limit)
    )
    place = sa.tuple_(since, subscribers.c.id)
    if oldest:
        query = query.order_by(since, subscribers.c.id)
    else:
        query = query.order_by(since.desc(), subscribers.c.id.desc())
    if behind is not None:
        last = sa.tuple_(sa.literal(behind.since, since.type), sa.literal(behind.id))
        query = query.where(place > last if oldest else place < last)
    return [Entry(**row._mapping) for row in connection.execute(query)]


def listed_blocked(connection: Connection, shop_id: int, skip: int, limit: int) -> list[Blocked]:
    """Return who is never written to, the newest first, without the first `skip` of them."""
    query = (
        sa.select(
            blocked_people.c.identity,
            blocked_people.c.at,
            subscribers.c.id,
            subscribers.c.email_sealed,
        )
        .outerjoin(
            subscribers,
            sa.and_(
                subscribers.c.shop_id == blocked_people.c.shop_id,
                subscribers.c.identity == blocked_people.c.identity,
            ),
        )
        .where(blocked_people.c.shop_id == shop_id)
        .order_by(blocked_people.c.at.desc(), blocked_people.c.identity.desc())
        .offset(skip)
        .limit(limit)
    )
    return [Blocked(**row._mapping) for row in connection.execute(query)]


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
