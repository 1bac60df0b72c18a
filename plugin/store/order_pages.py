"""Orders as their pages are asked for: by the hash of a link, by a parcel's number, by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import orders, shipments
from plugin.store.parcels import FoundOrder
from plugin.store.shops import shops

_ORDER = sa.select(*[orders.c[name] for name in FoundOrder.__dataclass_fields__])


@dataclass(frozen=True)
class Linked:
    """The order behind a link, and when it changed last."""

    shop_id: int
    order_id: str
    updated_at: datetime


def order_of_link(connection: Connection, link_hash: str) -> Linked | None:
    """Return the order that a link leads to: there the token is all that a browser brings."""
    query = sa.select(orders.c.shop_id, orders.c.order_id, orders.c.updated_at).where(
        orders.c.link_hash == link_hash
    )
    row = connection.execute(query).first()
    return None if row is None else Linked(**row._mapping)


def newest_order(connection: Connection, shop_id: int) -> FoundOrder | None:
    """Return the order that was placed last."""
    query = _ORDER.where(orders.c.shop_id == shop_id).order_by(orders.c.placed_at.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else FoundOrder(**row._mapping)


def parcel_numbered(
    connection: Connection, shop_id: int, numbers: Sequence[str]
) -> tuple[str, str] | None:
    """Return order and id of the newest parcel that carries one of these numbers."""
    query = (
        sa.select(shipments.c.order_id, shipments.c.shipment_id)
        .where(shipments.c.shop_id == shop_id, shipments.c.tracking_number.in_(numbers))
        .order_by(shipments.c.created_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.order_id, row.shipment_id)


def newest_parcel(connection: Connection, shop_id: int) -> tuple[str, str] | None:
    """Return order and id of some parcel of the shop."""
    query = sa.select(shipments.c.order_id, shipments.c.shipment_id).where(
        shipments.c.shop_id == shop_id
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else (row.order_id, row.shipment_id)


def touch(connection: Connection, link_hash: str) -> None:
    """Note that somebody did something on the page: whatever shows it must draw it anew."""
    connection.execute(
        sa.update(orders)
        .where(orders.c.link_hash == link_hash)
        .values(page_changes=orders.c.page_changes + 1)
    )


def touch_order(connection: Connection, shop_id: int, order_id: str) -> None:
    """Note that something changed what the page of an order tells: it is drawn anew."""
    connection.execute(
        sa.update(orders)
        .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
        .values(page_changes=orders.c.page_changes + 1)
    )


_CHANGED = (
    sa.select(sa.func.max(sa.func.coalesce(shipments.c.changed_at, shipments.c.updated_at)))
    .where(shipments.c.shop_id == orders.c.shop_id, shipments.c.order_id == orders.c.order_id)
    .scalar_subquery()
)
_STATE = (
    sa.select(
        orders.c.updated_at,
        orders.c.page_changes,
        _CHANGED,
        shops.c.config_version,
        shops.c.state,
    )
    .join(shops, shops.c.id == orders.c.shop_id)
    .where(orders.c.link_hash == sa.bindparam("link_hash"))
)


def page_state(connection: Connection, link_hash: str) -> tuple[object, ...] | None:
    """Return what changes whenever the page behind a link must be drawn anew; None without one."""
    row = connection.execute(_STATE, {"link_hash": link_hash}).first()
    return None if row is None else tuple(row)
