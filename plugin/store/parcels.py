"""Reading and writing parcels, and the order that a status page is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Milestone, Shipment
from plugin.store.orders import milestones, order_lines, orders, shipments
from plugin.store.writing import Row, chunks, upsert


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


@dataclass(frozen=True)
class Item:
    """What lies in an order."""

    title: str
    quantity: int
    product_id: str | None = None


_ORDER = sa.select(*[orders.c[name] for name in FoundOrder.__dataclass_fields__])


def orders_numbered(
    connection: Connection, shop_id: int, numbers: Sequence[str]
) -> list[FoundOrder]:
    """Return the orders that carry one of these numbers, at most five."""
    query = _ORDER.where(orders.c.shop_id == shop_id, orders.c.number.in_(numbers)).limit(5)
    return [FoundOrder(**row._mapping) for row in connection.execute(query)]


def order_by_id(connection: Connection, shop_id: int, order_id: str) -> FoundOrder | None:
    """Return one order of this shop."""
    query = _ORDER.where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
    row = connection.execute(query).first()
    return None if row is None else FoundOrder(**row._mapping)


def items_of(connection: Connection, shop_id: int, order_id: str) -> list[Item]:
    """Return the lines of an order as a status page tells them."""
    line = order_lines.c
    query = (
        sa.select(line.title, line.quantity, line.product_id)
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
    marks = _milestones(connection, shop_id, [row.shipment_id for row in rows])
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
            milestones=tuple(marks.get(row.shipment_id, ())),
        )
        for row in rows
    ]


def _milestones(
    connection: Connection, shop_id: int, ids: Sequence[str]
) -> dict[str, list[Milestone]]:
    query = sa.select(milestones).where(
        milestones.c.shop_id == shop_id, milestones.c.shipment_id.in_(ids)
    )
    found: dict[str, list[Milestone]] = {}
    for row in connection.execute(query):
        mark = Milestone(row.milestone_id, row.kind, row.happened_at, row.place)
        found.setdefault(row.shipment_id, []).append(mark)
    for marks in found.values():
        marks.sort(key=_age, reverse=True)
    return found


def _age(mark: Milestone) -> tuple[datetime, int, str]:
    # Of two in the same second the platform's later (longer, greater) id is the newer one.
    return mark.happened_at, len(mark.id), mark.id


def put_shipments(
    connection: Connection, shop_id: int, order_id: str, items: Sequence[Shipment]
) -> None:
    """Store an order's parcels as the platform tells them now; others of the order go."""
    known = shipments_of(connection, shop_id, order_id)
    _drop(connection, shop_id, [old.id for old in known if old.id not in {i.id for i in items}])
    upsert(connection, shipments, [_row(shop_id, order_id, item) for item in items])
    upsert(
        connection,
        milestones,
        [
            {
                "shop_id": shop_id,
                "shipment_id": item.id,
                "milestone_id": mark.id,
                "kind": mark.kind[:40],
                "happened_at": mark.happened_at,
                "place": mark.place[:120] if mark.place else None,
            }
            for item in items
            for mark in item.milestones
        ],
    )


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


def _drop(connection: Connection, shop_id: int, ids: Sequence[str]) -> None:
    for some in chunks(ids):
        for table in (milestones, shipments):
            connection.execute(
                sa.delete(table).where(table.c.shop_id == shop_id, table.c.shipment_id.in_(some))
            )
