"""Orders by the person who placed them, and the sums that are kept up with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import Row, chunks, insert_of, upsert

#: Amounts are whole numbers of this part of a unit: sums of them are exact in every database.
PARTS = 10_000

#: An order that counts for a person. Its amounts outlive the person's check values: what was
#: counted stays a number of nobody.
customer_orders = sa.Table(
    "customer_orders",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("identity", sa.String(64), info=personal("order", erase="blank", keep_days=730)),
    sa.Column("customer_id", sa.String(80), info=personal("order", erase="blank", keep_days=730)),
    sa.Column("at", Utc, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("channel", sa.String(60), nullable=False),
    sa.Column("revenue", sa.BigInteger, nullable=False),
    # Nothing where the cost of one of its articles is unknown.
    sa.Column("margin", sa.BigInteger),
    # Worked out of all orders of the person: which purchase this is, of how many, since when.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("purchases", sa.Integer, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_at", Utc, nullable=False),
    sa.Index("ix_customer_orders_identity", "shop_id", "identity"),
    sa.Index("ix_customer_orders_customer", "shop_id", "customer_id"),
    sa.Index("ix_customer_orders_once", "shop_id", "purchases", "first_day"),
)

#: Customers by the day and the channel of their first purchase, and what they had done so many
#: days after it. `squares` are of the margin of one customer, in hundredths of a unit.
customer_horizons = sa.Table(
    "customer_horizons",
    metadata,
    shop_column(primary_key=True),
    sa.Column("horizon", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_day", sa.Date, primary_key=True),
    sa.Column("channel", sa.String(60), primary_key=True),
    sa.Column("customers", sa.Integer, nullable=False),
    sa.Column("again", sa.Integer, nullable=False),
    sa.Column("revenue", sa.BigInteger, nullable=False),
    sa.Column("margin", sa.BigInteger, nullable=False),
    sa.Column("squares", sa.Float, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
)

#: Orders by day and by which purchase of their customer they belong to.
purchase_days = sa.Table(
    "purchase_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("orders", sa.Integer, nullable=False),
    sa.Column("revenue", sa.BigInteger, nullable=False),
    sa.Column("squares", sa.Float, nullable=False),
    sa.Column("margin", sa.BigInteger, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
)

#: How many customers became active for the first time, came back, or went, on a day.
active_days = sa.Table(
    "active_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("came", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer, nullable=False),
    sa.Column("went", sa.Integer, nullable=False),
)

#: How many days lay between the first and the second purchase, by the month of the first.
repeat_gaps = sa.Table(
    "repeat_gaps",
    metadata,
    shop_column(primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("days", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customers", sa.Integer, nullable=False),
)

#: The sums, each with how many leading columns say what is counted, the shop aside.
SUMS: Mapping[str, tuple[sa.Table, int]] = {
    "horizons": (customer_horizons, 3),
    "purchases": (purchase_days, 2),
    "active": (active_days, 1),
    "gaps": (repeat_gaps, 2),
}


class Place(NamedTuple):
    """One row of one of the sums: its name in `SUMS`, and its key without the shop."""

    name: str
    key: tuple[date | int | str, ...]


Amounts = tuple[int | float, ...]


@dataclass(frozen=True)
class CustomerOrder:
    """An order that counts for a person; both names None where nobody knows the person any more."""

    order_id: str
    identity: str | None
    customer_id: str | None
    at: datetime
    day: date
    channel: str
    revenue: int
    margin: int | None
    number: int = 0
    purchases: int = 0
    first_day: date = date.min
    last_at: datetime | None = None

    @property
    def person(self) -> tuple[str, str] | None:
        """Return what the orders of one person have in common."""
        if self.identity:
            return ("identity", self.identity)
        return ("customer_id", self.customer_id) if self.customer_id else None


_COLUMNS = [customer_orders.c[name] for name in CustomerOrder.__dataclass_fields__]


def lock_customers(connection: Connection, shop_id: int) -> None:
    """Let one transaction at a time count the customers of a shop (SQLite has one writer)."""
    if connection.dialect.name == "postgresql":
        number = int(sha256(f"customers:{shop_id}".encode()).hexdigest()[:15], 16)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def counted(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, CustomerOrder]:
    """Return which of the orders are counted, and how."""
    return {row.order_id: row for row in _held(connection, shop_id, "order_id", ids)}


def of_people(
    connection: Connection, shop_id: int, people: Iterable[tuple[str, str]]
) -> list[CustomerOrder]:
    """Return every counted order of some people (`CustomerOrder.person`)."""
    wanted: dict[str, list[str]] = {"identity": [], "customer_id": []}
    for column, value in people:
        wanted[column].append(value)
    named = _held(connection, shop_id, "identity", wanted["identity"])
    numbered = _held(connection, shop_id, "customer_id", wanted["customer_id"])
    # Who has an address as well is known by it.
    return named + [row for row in numbered if row.identity is None]


def _held(
    connection: Connection, shop_id: int, column: str, values: Sequence[str]
) -> list[CustomerOrder]:
    found: list[CustomerOrder] = []
    for some in chunks(values):
        query = sa.select(*_COLUMNS).where(
            customer_orders.c.shop_id == shop_id, customer_orders.c[column].in_(some)
        )
        found += [CustomerOrder(**row._mapping) for row in connection.execute(query)]
    return found


def without_margin(
    connection: Connection, shop_id: int, after: str, limit: int
) -> list[CustomerOrder]:
    """Return the next orders of known people, by their id, whose margin is unknown."""
    query = (
        sa.select(*_COLUMNS)
        .where(
            customer_orders.c.shop_id == shop_id,
            customer_orders.c.order_id > after,
            customer_orders.c.margin.is_(None),
            sa.or_(
                customer_orders.c.identity.is_not(None), customer_orders.c.customer_id.is_not(None)
            ),
        )
        .order_by(customer_orders.c.order_id)
        .limit(limit)
    )
    return [CustomerOrder(**row._mapping) for row in connection.execute(query)]


def put_counted(connection: Connection, shop_id: int, rows: Sequence[CustomerOrder]) -> None:
    """Write how orders are counted."""
    written: list[Row] = [
        {"shop_id": shop_id} | {name: getattr(row, name) for name in row.__dataclass_fields__}
        for row in rows
    ]
    upsert(connection, customer_orders, written)


def drop_counted(connection: Connection, shop_id: int, ids: Sequence[str]) -> None:
    """Forget orders that count no longer."""
    for some in chunks(ids):
        connection.execute(
            sa.delete(customer_orders).where(
                customer_orders.c.shop_id == shop_id, customer_orders.c.order_id.in_(some)
            )
        )


def add_sums(connection: Connection, shop_id: int, sums: Mapping[Place, Amounts]) -> None:
    """Add to the sums; amounts may be negative."""
    for name, (table, keys) in SUMS.items():
        columns = [column.name for column in table.c if column.name != "shop_id"]
        rows: list[Row] = [
            {"shop_id": shop_id, **dict(zip(columns, place.key + amounts, strict=True))}
            for place, amounts in sorted(sums.items())
            if place.name == name
        ]
        if rows:
            insert = insert_of(connection, table)
            added = insert.on_conflict_do_update(
                index_elements=[column.name for column in table.primary_key],
                set_={one: table.c[one] + insert.excluded[one] for one in columns[keys:]},
            )
            connection.execute(added, rows)
