"""The registry of personal columns, and what exporting, erasing and expiring does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.customer_orders import customer_orders
from plugin.store.db import Erasure, metadata
from plugin.store.inserts import flyers
from plugin.store.notices import order_notices
from plugin.store.order_arms import order_arms
from plugin.store.orders import counted_baskets, order_lines, orders, shipments
from plugin.store.parcel_events import parcel_events, shipment_lines
from plugin.store.parcel_figures import page_visits
from plugin.store.parcels import drop_of_order
from plugin.store.surprises import surprises
from plugin.store.thanks import gifts
from plugin.store.voucher_uses import voucher_uses
from plugin.store.vouchers import vouchers
from plugin.store.withdrawals import withdrawals
from plugin.store.writing import chunks

#: The column that says how old a row is; every table with an expiring column has one.
AGE = {
    "customers": "updated_at",
    "access_log": "at",
    "customer_orders": "last_at",
    "evidence": "at",
    "guard_decisions": "at",
    "import_slices": "created_at",
    "inbox": "received_at",
    "orders": "placed_at",
    "outbox": "queued_at",
    "page_visits": "at",
    "person_requests": "received_at",
    "saved_carts": "created_at",
    "service_answers": "at",
    "service_messages": "received_at",
    "steps": "created_at",
    "suppressions": "at",
    "thanks_gifts": "promised_at",
    "vouchers": "planned_at",
    "webhook_deliveries": "created_at",
    "withdrawals": "declared_at",
}


@dataclass(frozen=True)
class PersonalColumn:
    """One column that holds something of a person."""

    table: str
    column: str
    datum: str
    erase: Erasure
    keep_days: int | None


def personal_columns() -> list[PersonalColumn]:
    """Return every personal column of the database, by table and column."""
    return [
        PersonalColumn(table.name, column.name, **column.info["personal"])
        for table in metadata.sorted_tables
        for column in table.c
        if "personal" in column.info
    ]


def keep_days(column: sa.Column[Any]) -> int:
    """Return after how many days a personal column expires."""
    days = column.info["personal"]["keep_days"]
    if days is None:
        raise LookupError(f"{column} does not expire by itself")
    return int(days)


def _tables_by_identity() -> Iterator[sa.Table]:
    for table in metadata.sorted_tables:
        if "shop_id" in table.c and "identity" in table.c:
            yield table


def _of_person(
    table: sa.Table, shop_id: int, identity: str | None, customer_id: str | None
) -> sa.ColumnElement[bool]:
    same: list[sa.ColumnElement[bool]] = []
    if identity:
        same.append(table.c.identity == identity)
    if customer_id and "customer_id" in table.c:
        same.append(table.c.customer_id == customer_id)
    return sa.and_(table.c.shop_id == shop_id, sa.or_(sa.false(), *same))


def rows_of_person(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> dict[str, list[dict[str, Any]]]:
    """Return every row that belongs to a person, by table, as stored (sealed text still sealed)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in _tables_by_identity():
        query = sa.select(table).where(_of_person(table, shop_id, identity, customer_id))
        found[table.name] = [dict(row._mapping) for row in connection.execute(query)]
    ids = [row["order_id"] for row in found["orders"]]
    for table in (order_lines, order_arms, shipments, page_visits, order_notices):
        found[table.name] = _rows(connection, table, shop_id, "order_id", ids)
    parcels = [row["shipment_id"] for row in found["shipments"]]
    for table in (parcel_events, shipment_lines):
        found[table.name] = _rows(connection, table, shop_id, "shipment_id", parcels)
    return found


def _rows(
    connection: Connection, table: sa.Table, shop_id: int, column: str, ids: Sequence[str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for some in chunks(ids):
        query = sa.select(table).where(table.c.shop_id == shop_id, table.c[column].in_(some))
        found.extend(dict(row._mapping) for row in connection.execute(query))
    return found


def erase_person(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> dict[str, int]:
    """Erase a person's rows and columns as the registry says; returns changed rows by table.

    Orders are the caller's business as well (`rename_orders`): their id is a key.
    """
    return {
        table.name: _erase(connection, table, _of_person(table, shop_id, identity, customer_id))
        for table in _tables_by_identity()
    }


def locked_rows(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> dict[str, int]:
    """Return how many rows of a person are kept locked because the law wants the proof."""
    found = {}
    for table in _tables_by_identity():
        kinds = {c.info["personal"]["erase"] for c in table.c if "personal" in c.info}
        if "keep_locked" in kinds:
            where = _of_person(table, shop_id, identity, customer_id)
            query = sa.select(sa.func.count()).select_from(table).where(where)
            found[table.name] = connection.execute(query).scalar_one()
    return found


def _erase(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    marked = [column for column in table.c if "personal" in column.info]
    kinds = {column.info["personal"]["erase"] for column in marked}
    if "row" in kinds:
        return connection.execute(sa.delete(table).where(where)).rowcount
    blank: dict[str, Any] = {
        column.name: None
        for column in marked
        if column.info["personal"]["erase"] == "blank" and not column.primary_key
    }
    if not blank:
        return 0
    if table.name == "outbox":  # a mail without recipient must not be tried
        blank["state"] = sa.case(
            (table.c.state.in_(("queued", "sending")), "cancelled"), else_=table.c.state
        )
    return connection.execute(sa.update(table).where(where).values(**blank)).rowcount


def order_ids_of(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> list[str]:
    """Return the ids of a person's orders."""
    query = sa.select(orders.c.order_id).where(_of_person(orders, shop_id, identity, customer_id))
    return list(connection.execute(query).scalars())


def orders_before(connection: Connection, shop_id: int, before: datetime, limit: int) -> list[str]:
    """Return ids of orders placed before a moment that still carry the platform's id."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop_id == shop_id,
        orders.c.placed_at < before,
        sa.not_(orders.c.order_id.like("erased:%")),
    )
    return list(connection.execute(query.limit(limit)).scalars())


def rename_orders(connection: Connection, shop_id: int, names: Mapping[str, str]) -> None:
    """Cut orders loose from the platform: their baskets stay under another id, parcels go."""
    for old, new in names.items():
        drop_of_order(connection, shop_id, old)
        for gone in (page_visits, order_notices):
            connection.execute(
                sa.delete(gone).where(gone.c.shop_id == shop_id, gone.c.order_id == old)
            )
        for table in (
            order_lines,
            order_arms,
            customer_orders,
            counted_baskets,
            orders,
            vouchers,
            voucher_uses,
            gifts,
            withdrawals,
            flyers,
            surprises,
        ):
            values: dict[str, Any] = {"order_id": new}
            if table is orders:
                values |= {"number": "", "link_hash": None}
            if table is counted_baskets:
                values["due"] = True  # whoever counts in the order of the ids must not miss it
            connection.execute(
                sa.update(table)
                .where(table.c.shop_id == shop_id, table.c.order_id == old)
                .values(**values)
            )
        connection.execute(
            sa.update(vouchers)
            .where(vouchers.c.shop_id == shop_id, vouchers.c.for_order == old)
            .values(for_order=new)
        )


def expire(connection: Connection, shop_id: int, column: PersonalColumn, before: datetime) -> int:
    """Empty a personal column of rows older than `before`; delete those it cannot be empty in."""
    table = metadata.tables[column.table]
    old = sa.and_(table.c.shop_id == shop_id, table.c[AGE[column.table]] < before)
    target = table.c[column.column]
    if column.table == "steps":
        old = sa.and_(old, table.c.state.in_(("done", "dead")))
    if not target.nullable or column.erase == "row":
        return connection.execute(sa.delete(table).where(old)).rowcount
    emptied = sa.update(table).where(old, target.is_not(None)).values({target: None})
    return connection.execute(emptied).rowcount
