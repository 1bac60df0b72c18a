"""What shoppers want to be told of an order, what they were told, and whose parcels are under way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Wishes:
    """What the person said who ordered; nothing, as a rule."""

    quiet: bool = False
    on_the_day: bool = False


@dataclass(frozen=True)
class OpenParcel:
    """A parcel that has not arrived, of an order whose person can be written to."""

    shipment_id: str
    order_id: str


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


def forget_wishes(connection: Connection, shop_id: int, order_id: str) -> None:
    """Delete what was said about an order that is deleted or cut loose itself."""
    connection.execute(
        sa.delete(order_notices).where(
            order_notices.c.shop_id == shop_id, order_notices.c.order_id == order_id
        )
    )


def open_parcels(connection: Connection, shop_id: int, since: datetime) -> list[OpenParcel]:
    """Return the parcels made since then that have not arrived, the oldest first."""
    parcel = shipments.c
    query = (
        sa.select(parcel.shipment_id, parcel.order_id)
        .join(
            orders,
            sa.and_(orders.c.shop_id == parcel.shop_id, orders.c.order_id == parcel.order_id),
        )
        .where(
            parcel.shop_id == shop_id,
            parcel.created_at >= since,
            parcel.delivered_at.is_(None),
            orders.c.cancelled_at.is_(None),
            orders.c.email_sealed.is_not(None),
        )
        .order_by(parcel.created_at, parcel.shipment_id)
    )
    return [OpenParcel(*row) for row in connection.execute(query)]


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
