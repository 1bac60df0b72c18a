"""What shoppers want to be told of an order, what they were told, and what is due to be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.orders import orders, shipments
from plugin.store.outbox import outbox
from plugin.store.writing import chunks, upsert

order_notices = sa.Table(
    "order_notices",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    # No mail about this order any more.
    sa.Column("quiet", sa.Boolean, nullable=False),
    # A mail on the day of delivery, whatever the shop does of its own accord.
    sa.Column("on_the_day", sa.Boolean, nullable=False),
)

_STUCK = ("delayed", "held", "customs", "address")
_OVER = ("returned", "lost", "damaged", "cancelled")


@dataclass(frozen=True)
class Wishes:
    """What the person said who ordered; nothing, as a rule."""

    quiet: bool = False
    on_the_day: bool = False


@dataclass(frozen=True)
class DueParcel:
    """A parcel that has not arrived, of an order whose person can be written to.

    `today`: it comes on the very day that was asked for; else it should have come before.
    """

    shipment_id: str
    order_id: str
    today: bool


def wishes_of(connection: Connection, shop_id: int, order_id: str, *, lock: bool = False) -> Wishes:
    """Return what was said about mails of one order."""
    query = sa.select(order_notices.c.quiet, order_notices.c.on_the_day).where(
        order_notices.c.shop_id == shop_id, order_notices.c.order_id == order_id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Wishes() if row is None else Wishes(*row)


def put_wishes(connection: Connection, shop_id: int, order_id: str, wishes: Wishes) -> None:
    """Keep what was said about mails of one order."""
    row = {"quiet": wishes.quiet, "on_the_day": wishes.on_the_day}
    upsert(connection, order_notices, [{"shop_id": shop_id, "order_id": order_id, **row}])


def due_parcels(
    connection: Connection, shop_id: int, since: datetime, today: date
) -> list[DueParcel]:
    """Return the parcels made since then of which the calendar tells something, oldest first.

    Those that somebody who knows said to come today, and those that should have come before.
    """
    parcel = shipments.c
    comes = sa.and_(
        parcel.expected_day == today,
        parcel.expected_until.is_(None),
        parcel.confidence != "promise",
    )
    last = sa.func.coalesce(parcel.expected_until, parcel.expected_day)
    query = _open(shop_id, since, sa.case((comes, True), else_=False).label("today"))
    query = query.where(sa.or_(comes, last < today, parcel.promised_on < today))
    return [DueParcel(*row) for row in connection.execute(query)]


def stuck_parcels(
    connection: Connection, shop_id: int, since: datetime, today: date
) -> list[DueParcel]:
    """Return the parcels made since then that are late or lie somewhere, oldest first."""
    parcel = shipments.c
    last = sa.func.coalesce(parcel.expected_until, parcel.expected_day)
    query = _open(shop_id, since, sa.literal(False).label("today")).where(
        sa.or_(parcel.condition.in_(_STUCK), last < today, parcel.promised_on < today)
    )
    return [DueParcel(*row) for row in connection.execute(query)]


def _open(shop_id: int, since: datetime, today: sa.Label[bool]) -> sa.Select[Any]:
    parcel = shipments.c
    return (
        sa.select(parcel.shipment_id, parcel.order_id, today)
        .join(
            orders,
            sa.and_(orders.c.shop_id == parcel.shop_id, orders.c.order_id == parcel.order_id),
        )
        .where(
            parcel.shop_id == shop_id,
            parcel.created_at >= since,
            parcel.arrived_at.is_(None),
            parcel.condition.not_in(_OVER),
            orders.c.cancelled_at.is_(None),
            orders.c.email_sealed.is_not(None),
        )
        .order_by(parcel.created_at, parcel.shipment_id)
    )


def written(connection: Connection, shop_id: int, keys: Collection[str]) -> set[str]:
    """Return which of these mails were ever queued, whatever became of them."""
    found: set[str] = set()
    for some in chunks(sorted(keys)):
        query = sa.select(outbox.c.key).where(outbox.c.shop_id == shop_id, outbox.c.key.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def drop_unsent(connection: Connection, shop_id: int, keys: Sequence[str]) -> None:
    """Let mails stay unsent that wait in the outbox; of one being sent nobody knows its fate."""
    queued = outbox.c.state == "queued"
    connection.execute(
        sa.update(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.key.in_(keys),
            sa.or_(queued, outbox.c.state == "sending"),
        )
        .values(state=sa.case((queued, "cancelled"), else_="unknown"), error="mail_overtaken")
    )
