"""Reading and writing parcels, and the order that a status page is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Milestone, Shipment
from plugin.store import parcel_events
from plugin.store.orders import order_lines, orders, shipments
from plugin.store.parcel_events import KeptEvent
from plugin.store.writing import Row, chunks, upsert

#: Keys of events that are milestones of the platform, with its own id behind.
MILESTONE = "m:"


@dataclass(frozen=True)
class FoundOrder:
    """An order with the check values that prove somebody may see it."""

    order_id: str
    number: str
    email_check: str | None
    postcode_check: str | None
    email_sealed: str | None
    paid: bool
    placed_at: datetime
    cancelled_at: datetime | None
    country: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Item:
    """What lies in an order."""

    title: str
    quantity: int
    product_id: str | None = None
    variant_id: str | None = None
    line_id: str = ""

    def with_quantity(self, quantity: int) -> Item:
        """Return the same item with another number of pieces."""
        return replace(self, quantity=quantity)


_ORDER = sa.select(*[orders.c[name] for name in FoundOrder.__dataclass_fields__])


def orders_numbered(
    connection: Connection, shop_id: int, numbers: Sequence[str]
) -> list[FoundOrder]:
    """Return the orders that carry one of these numbers, at most five."""
    query = _ORDER.where(orders.c.shop_id == shop_id, orders.c.number.in_(numbers)).limit(5)
    return [FoundOrder(**row._mapping) for row in connection.execute(query)]


def order_by_id(
    connection: Connection, shop_id: int, order_id: str, *, lock: bool = False
) -> FoundOrder | None:
    """Return one order of this shop; `lock`: whoever else wants it so waits for the transaction."""
    query = _ORDER.where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else FoundOrder(**row._mapping)


def items_of(connection: Connection, shop_id: int, order_id: str) -> list[Item]:
    """Return the lines of an order as a status page tells them."""
    line = order_lines.c
    query = (
        sa.select(line.title, line.quantity, line.product_id, line.variant_id, line.line_id)
        .where(order_lines.c.shop_id == shop_id, order_lines.c.order_id == order_id)
        .order_by(order_lines.c.line_id)
    )
    return [Item(**row._mapping) for row in connection.execute(query)]


def shipments_of(connection: Connection, shop_id: int, order_id: str) -> list[Shipment]:
    """Return an order's parcels in the order of their making, milestones newest first."""
    query = (
        sa.select(shipments)
        .where(shipments.c.shop_id == shop_id, shipments.c.order_id == order_id)
        .order_by(shipments.c.created_at, shipments.c.shipment_id)
    )
    rows = connection.execute(query).all()
    ids = [row.shipment_id for row in rows]
    told = parcel_events.events_of(connection, shop_id, ids)
    inside = parcel_events.lines_of(connection, shop_id, ids)
    return [
        Shipment(
            id=row.shipment_id,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            tracking_url=row.tracking_url,
            status=row.status,
            created_at=row.created_at,
            updated_at=row.updated_at,
            expected_on=row.expected_on,
            delivered_at=row.delivered_at,
            milestones=_milestones(told[row.shipment_id]),
            lines=inside.get(row.shipment_id),
            events=tuple(kept.event for kept in told[row.shipment_id]),
        )
        for row in rows
    ]


def _milestones(told: Sequence[KeptEvent]) -> tuple[Milestone, ...]:
    marks = [
        Milestone(
            kept.key.removeprefix(MILESTONE), kept.word, kept.event.happened_at, kept.event.place
        )
        for kept in told
        if kept.key.startswith(MILESTONE)
    ]
    return tuple(sorted(marks, key=_age, reverse=True))


def _age(mark: Milestone) -> tuple[datetime, int, str]:
    # Of two in the same second the platform's later (longer, greater) id is the newer one.
    return mark.happened_at, len(mark.id), mark.id


def put_shipments(
    connection: Connection, shop_id: int, order_id: str, items: Sequence[Shipment]
) -> None:
    """Store an order's parcels as the platform tells them now; others of the order go.

    What was told of them, and what follows from it, stays.
    """
    connection.execute(
        sa.update(orders)
        .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
        .values(page_changes=orders.c.page_changes + 1)
    )
    wanted = {item.id for item in items}
    known = ids_of(connection, shop_id, order_id)
    _drop(connection, shop_id, [shipment for shipment in known if shipment not in wanted])
    upsert(connection, shipments, [_row(shop_id, order_id, item) for item in items])
    inside = {item.id: item.lines for item in items if item.lines is not None}
    parcel_events.put_lines(connection, shop_id, inside)


def ids_of(connection: Connection, shop_id: int, order_id: str) -> list[str]:
    """Return the ids of an order's parcels."""
    query = sa.select(shipments.c.shipment_id).where(
        shipments.c.shop_id == shop_id, shipments.c.order_id == order_id
    )
    return list(connection.execute(query).scalars())


def _row(shop_id: int, order_id: str, item: Shipment) -> Row:
    return {
        "shop_id": shop_id,
        "shipment_id": item.id,
        "order_id": order_id,
        "carrier": item.carrier[:80] if item.carrier else None,
        "tracking_number": item.tracking_number[:80] if item.tracking_number else None,
        "tracking_url": item.tracking_url[:600] if item.tracking_url else None,
        "status": item.status[:40],
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "expected_on": item.expected_on,
        "delivered_at": item.delivered_at,
    }


def drop_of_order(connection: Connection, shop_id: int, order_id: str) -> None:
    """Delete an order's parcels with all that was told of them."""
    _drop(connection, shop_id, ids_of(connection, shop_id, order_id))


def _drop(connection: Connection, shop_id: int, ids: Sequence[str]) -> None:
    parcel_events.forget(connection, shop_id, ids)
    for some in chunks(ids):
        connection.execute(
            sa.delete(shipments).where(
                shipments.c.shop_id == shop_id, shipments.c.shipment_id.in_(some)
            )
        )
