"""Orders as their pages are asked for: by the hash of a link, by a parcel's number, by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products
from plugin.store.orders import order_lines, orders, shipments
from plugin.store.parcels import FoundOrder
from plugin.store.shops import shops

_ORDER = sa.select(*[orders.c[name] for name in FoundOrder.__dataclass_fields__])


def order_of_link(connection: Connection, link_hash: str) -> tuple[int, FoundOrder] | None:
    """Return shop and order that a link leads to: there the token is all that a browser brings."""
    query = _ORDER.add_columns(orders.c.shop_id).where(orders.c.link_hash == link_hash)
    row = connection.execute(query).first()
    return None if row is None else (row.shop_id, FoundOrder(*row[:-1]))


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


@dataclass(frozen=True, slots=True)
class PageState:
    """Counters and marks of everything that the page of an order shows: equal, it shows the same.

    Each is counted up in the transaction that changes something, so neither the clock of a
    process nor two changes within one moment can hide one. `messages` belongs to what is measured
    of the shop's answers, which is the same for all its pages and mostly stays as it is.
    """

    shop_id: int
    shop: tuple[object, ...]
    order: tuple[object, ...]
    messages: int


_PARCELS = (
    sa.select(sa.func.sum(shipments.c.page_changes))
    .where(shipments.c.shop_id == orders.c.shop_id, shipments.c.order_id == orders.c.order_id)
    .scalar_subquery()
)
_PRODUCTS = (
    sa.select(sa.func.sum(products.c.told))
    .select_from(order_lines)
    .join(
        products,
        sa.and_(
            products.c.shop_id == order_lines.c.shop_id,
            products.c.product_id == order_lines.c.product_id,
        ),
    )
    .where(order_lines.c.shop_id == orders.c.shop_id, order_lines.c.order_id == orders.c.order_id)
    .scalar_subquery()
)
_STATE = (
    sa.select(
        orders.c.shop_id,
        shops.c.message_changes,
        shops.c.config_version,
        shops.c.page_changes,
        shops.c.state,
        orders.c.order_id,
        orders.c.page_changes,
        _PARCELS,
        _PRODUCTS,
    )
    .join(shops, shops.c.id == orders.c.shop_id)
    .where(orders.c.link_hash == sa.bindparam("link_hash"))
)


def page_state(connection: Connection, link_hash: str) -> PageState | None:
    """Return what changes whenever the page behind a link must be drawn anew; None without one."""
    row = connection.execute(_STATE, {"link_hash": link_hash}).first()
    if row is None:
        return None
    return PageState(shop_id=row[0], messages=row[1], shop=tuple(row[2:5]), order=tuple(row[5:]))
