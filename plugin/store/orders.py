"""Orders without names and addresses, their lines, and their parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, personal, shop_column
from plugin.store.writing import Row, chunks, upsert

orders = sa.Table(
    "orders",
    metadata,
    shop_column(primary_key=True),
    sa.Column(
        "order_id",
        sa.String(80),
        primary_key=True,
        info=personal("order", erase="blank", keep_days=3650),
    ),
    sa.Column("number", sa.String(40), nullable=False),
    # Check values: who ordered and where to, comparable but not readable.
    sa.Column("identity", sa.String(64), info=personal("order", erase="blank", keep_days=730)),
    sa.Column("email_check", sa.String(64), info=personal("order", erase="blank", keep_days=730)),
    sa.Column(
        "postcode_check", sa.String(64), info=personal("order", erase="blank", keep_days=730)
    ),
    # Sealed; needed to write about the parcel, emptied 90 days after delivery.
    sa.Column("email_sealed", sa.Text, info=personal("order", erase="blank", keep_days=180)),
    sa.Column("customer_id", sa.String(80), info=personal("order", erase="blank", keep_days=730)),
    # What the link of the order's page is known by; whoever reads it can open nothing.
    sa.Column(
        "link_hash",
        sa.String(64),
        unique=True,
        info=personal("order", erase="blank", keep_days=730),
    ),
    # Counts what changed that page, so that whoever remembers it draws it anew.
    sa.Column("page_changes", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("country", sa.String(2)),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("total", Amount, nullable=False),
    sa.Column("discount", Amount, nullable=False),
    sa.Column("codes", sa.JSON, nullable=False),
    sa.Column("paid", sa.Boolean, nullable=False),
    sa.Column("placed_at", Utc, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("cancelled_at", Utc),
    # What brought the customer, in a few words (plugin/model/origins.py): nothing about a person.
    sa.Column("channel", sa.String(60)),
    sa.Index("ix_orders_number", "shop_id", "number"),
    # Orders of a stretch of time are counted from it alone, however many there are.
    sa.Index("ix_orders_placed", "shop_id", "placed_at", "cancelled_at"),
    sa.Index("ix_orders_identity", "shop_id", "identity"),
)
#: Whether an order carried a code: in both databases an empty list is this text. Written out, for
#: an index with a condition is of use only to a question with the very same one.
HAS_CODE = sa.cast(orders.c.codes, sa.Text) != sa.literal_column("'[]'")
_KEPT_WITH_CODE = sa.and_(orders.c.cancelled_at.is_(None), HAS_CODE)
sa.Index(
    "ix_orders_coded",
    orders.c.shop_id,
    orders.c.placed_at,
    sqlite_where=_KEPT_WITH_CODE,
    postgresql_where=_KEPT_WITH_CODE,
)

order_lines = sa.Table(
    "order_lines",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("line_id", sa.String(80), primary_key=True),
    sa.Column("product_id", sa.String(80)),
    sa.Column("variant_id", sa.String(80)),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price", Amount, nullable=False),
    # Our mark "cross_sell:<campaign id>:<mark>" on lines that a suggestion brought.
    sa.Column("source", sa.String(80)),
    # How many pieces did not come back; nothing where the platform does not say.
    sa.Column("kept", sa.Integer),
    # Few lines have one.
    sa.Index(
        "ix_order_lines_source",
        "shop_id",
        "source",
        sqlite_where=sa.text("source IS NOT NULL"),
        postgresql_where=sa.text("source IS NOT NULL"),
    ),
)

#: What of each order is counted for the suggestions (store/baskets.py), and whether it is due.
counted_baskets = sa.Table(
    "counted_baskets",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("due", sa.Boolean, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False, default=0),
    sa.Column("basket", sa.LargeBinary, nullable=False, default=b""),
)
sa.Index(
    "ix_counted_baskets_due",
    counted_baskets.c.shop_id,
    sqlite_where=sa.text("due = 1"),
    postgresql_where=sa.text("due"),
)

shipments = sa.Table(
    "shipments",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    sa.Column("order_id", sa.String(80), nullable=False),
    sa.Column("carrier", sa.String(80)),
    sa.Column("tracking_number", sa.String(80)),
    sa.Column("tracking_url", sa.String(600)),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("expected_on", sa.Date),
    sa.Column("delivered_at", Utc),
    # What follows from all that was told (services/parcels/state.py), worked out at each report.
    sa.Column("stage", sa.SmallInteger, nullable=False, default=2),
    sa.Column("condition", sa.String(12), nullable=False, default="announced"),
    sa.Column("phase", sa.String(12)),
    sa.Column("sent_at", Utc),
    sa.Column("arrived_at", Utc),
    sa.Column("expected_day", sa.Date),
    sa.Column("expected_until", sa.Date),
    sa.Column("confidence", sa.String(10)),
    sa.Column("promised_on", sa.Date),
    sa.Column("troubled", sa.Boolean, nullable=False, default=False),
    sa.Column("last_at", Utc),
    sa.Column("last_kind", sa.String(20)),
    sa.Column("last_place", sa.String(120)),
    sa.Column("changed_at", Utc),
    # Counts what was told of it, as `page_changes` of its order.
    sa.Column("page_changes", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Index("ix_shipments_order", "shop_id", "order_id"),
    sa.Index("ix_shipments_number", "shop_id", "tracking_number"),
    # Those still open have no such moment; those that arrived are counted by it.
    sa.Index("ix_shipments_arrived", "shop_id", "arrived_at"),
)


@dataclass(frozen=True)
class KnownOrder:
    """What decides whether an order that comes in again is newer."""

    updated_at: datetime
    cancelled: bool
    channel: str | None


@dataclass(frozen=True)
class MarkedLine:
    """An order line that a widget brought."""

    source: str
    quantity: int
    price: Decimal


def known_orders(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, KnownOrder]:
    """Return which of the orders are stored, and in which state."""
    found: dict[str, KnownOrder] = {}
    for some in chunks(ids):
        query = sa.select(
            orders.c.order_id, orders.c.updated_at, orders.c.cancelled_at, orders.c.channel
        ).where(orders.c.shop_id == shop_id, orders.c.order_id.in_(some))
        for row in connection.execute(query):
            gone = row.cancelled_at is not None
            found[row.order_id] = KnownOrder(row.updated_at, gone, row.channel)
    return found


def marked_lines(
    connection: Connection, shop_id: int, ids: Sequence[str]
) -> dict[tuple[str, str], MarkedLine]:
    """Return the lines of some orders that a widget brought, by order and line id."""
    found: dict[tuple[str, str], MarkedLine] = {}
    for some in chunks(ids):
        query = sa.select(order_lines).where(
            order_lines.c.shop_id == shop_id,
            order_lines.c.order_id.in_(some),
            order_lines.c.source.is_not(None),
        )
        for row in connection.execute(query):
            place = (row.order_id, row.line_id)
            found[place] = MarkedLine(row.source, row.quantity, row.price)
    return found


def put_orders(
    connection: Connection,
    shop_id: int,
    rows: Sequence[Row],
    lines: Sequence[Row],
    replaced: Sequence[str],
) -> None:
    """Write order rows and their lines; the lines of `replaced` orders are deleted first.

    What was written is due to be counted for the suggestions.
    """
    upsert(connection, orders, [{"shop_id": shop_id, **row} for row in rows])
    for some in chunks(replaced):
        connection.execute(
            sa.update(orders)
            .where(orders.c.shop_id == shop_id, orders.c.order_id.in_(some))
            .values(page_changes=orders.c.page_changes + 1)
        )
        connection.execute(
            sa.delete(order_lines).where(
                order_lines.c.shop_id == shop_id, order_lines.c.order_id.in_(some)
            )
        )
    upsert(connection, order_lines, [{"shop_id": shop_id, **line} for line in lines])
    due = [{"shop_id": shop_id, "order_id": row["order_id"], "due": True} for row in rows]
    upsert(connection, counted_baskets, due)


def ordered_by(connection: Connection, shop_id: int, identity: str) -> bool:
    """Tell whether this person has an order that was not cancelled."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop_id == shop_id,
        orders.c.identity == identity,
        orders.c.cancelled_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def ordered_before(
    connection: Connection, shop_id: int, identity: str, moment: datetime, *, but: str
) -> bool:
    """Tell whether this person had an order before that moment that still stands; not `but`."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop_id == shop_id,
        orders.c.identity == identity,
        orders.c.placed_at < moment,
        orders.c.order_id != but,
        orders.c.cancelled_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None
