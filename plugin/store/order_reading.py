"""One order as we hold it, for the shop that told us of it; and its removal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import OrderLine
from plugin.store import order_arms
from plugin.store.baskets import take_back
from plugin.store.catalogue import products, variants
from plugin.store.customer_orders import customer_orders
from plugin.store.notices import order_notices
from plugin.store.orders import order_lines, orders
from plugin.store.parcel_figures import page_visits
from plugin.store.parcels import drop_of_order


@dataclass(frozen=True)
class HeldOrder:
    """An order without the person who placed it."""

    order_id: str
    number: str
    country: str | None
    currency: str
    total: Decimal
    discount: Decimal
    codes: Sequence[str]
    paid: bool
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None


_ORDER = [orders.c[name] for name in HeldOrder.__dataclass_fields__]


def held_order(connection: Connection, shop_id: int, order_id: str) -> HeldOrder | None:
    """Return one order of this shop."""
    query = sa.select(*_ORDER).where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
    row = connection.execute(query).first()
    return None if row is None else HeldOrder(**row._mapping)


def held_lines(connection: Connection, shop_id: int, order_id: str) -> tuple[OrderLine, ...]:
    """Return the lines of an order."""
    query = (
        sa.select(order_lines)
        .where(order_lines.c.shop_id == shop_id, order_lines.c.order_id == order_id)
        .order_by(order_lines.c.line_id)
    )
    return tuple(
        OrderLine(
            id=row.line_id,
            product_id=row.product_id,
            variant_id=row.variant_id,
            title=row.title,
            quantity=row.quantity,
            price=row.price,
            source=row.source,
            kept=row.kept,
        )
        for row in connection.execute(query)
    )


def delete_order(connection: Connection, shop_id: int, order_id: str) -> None:
    """Delete an order with its lines and parcels; it counts for no suggestion any more."""
    # First of all the order itself, as those do who take it in: two that lock things in another
    # order wait for each other until the database ends one of them.
    held = sa.select(orders.c.order_id).where(
        orders.c.shop_id == shop_id, orders.c.order_id == order_id
    )
    connection.execute(held.with_for_update())
    take_back(connection, shop_id, order_id)
    order_arms.take_back(connection, shop_id, order_id)
    drop_of_order(connection, shop_id, order_id)
    for table in (order_lines, page_visits, order_notices, customer_orders, orders):
        connection.execute(
            sa.delete(table).where(table.c.shop_id == shop_id, table.c.order_id == order_id)
        )


@dataclass(frozen=True)
class HeldProduct:
    """A product of the catalogue."""

    product_id: str
    title: str
    url: str
    image_url: str | None
    kind: str
    published: bool
    updated_at: datetime
    tags: Sequence[str]
    categories: Sequence[str]
    relations: Sequence[Sequence[str]]
    rating: Decimal | None


@dataclass(frozen=True)
class HeldVariant:
    """One form of a product."""

    variant_id: str
    title: str
    price: Decimal
    compare_at: Decimal | None
    unit_cost: Decimal | None
    available: bool
    options: Sequence[Sequence[str]]
    measure: Sequence[str] | None


_PRODUCT = [products.c[name] for name in HeldProduct.__dataclass_fields__]
_VARIANT = [variants.c[name] for name in HeldVariant.__dataclass_fields__]


def held_product(
    connection: Connection, shop_id: int, product_id: str
) -> tuple[HeldProduct, list[HeldVariant]] | None:
    """Return one product that the shop still has, with its variants."""
    row = connection.execute(
        sa.select(*_PRODUCT).where(
            products.c.shop_id == shop_id,
            products.c.product_id == product_id,
            sa.not_(products.c.gone),
        )
    ).first()
    if row is None:
        return None
    forms = connection.execute(
        sa.select(*_VARIANT)
        .where(variants.c.shop_id == shop_id, variants.c.product_id == product_id)
        .order_by(variants.c.position)
    )
    return HeldProduct(**row._mapping), [HeldVariant(**form._mapping) for form in forms]


def count_held(connection: Connection, shop_id: int) -> tuple[int, int]:
    """Return how many orders and how many products of a shop we hold."""
    held_orders = sa.select(sa.func.count()).where(orders.c.shop_id == shop_id)
    held_products = sa.select(sa.func.count()).where(
        products.c.shop_id == shop_id, sa.not_(products.c.gone)
    )
    return (
        int(connection.execute(held_orders).scalar_one()),
        int(connection.execute(held_products).scalar_one()),
    )
