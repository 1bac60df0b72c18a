"""Vouchers: one discount code for each person, from its plan to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, personal, shop_column

vouchers = sa.Table(
    "vouchers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # One welcome voucher per person and shop, for ever, and one of each other occasion for an
    # order: the unique key below is the promise.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("voucher", erase="keep_locked", keep_days=4 * 365),
    ),
    # welcome; for a next order: insert (in the parcel), thanks (after the delivery)
    sa.Column("occasion", sa.String(10), nullable=False, server_default="welcome"),
    # The order that it is given for, "" for a welcome.
    sa.Column("for_order", sa.String(80), nullable=False, server_default=""),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("widget", sa.String(40), nullable=False),
    # As with the sign-up it was given for.
    sa.Column("arms", sa.JSON),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("value", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("minimum", Amount),
    # What it took from the month's budget, to be given back if it is not issued after all.
    sa.Column("reserved", Amount, nullable=False),
    # planned, issued, redeemed, cancelled (the order was), expired, refused (before issuing)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("platform_id", sa.String(120)),
    sa.Column("planned_at", Utc, nullable=False),
    sa.Column("issued_at", Utc),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("redeemed_at", Utc),
    sa.Column("order_id", sa.String(80)),
    sa.Column("redeemed_amount", Amount),
    sa.Column("order_total", Amount),
    # What was promised beside worth, minimum and end: {"products": ids it is not valid for}.
    sa.Column("terms", sa.JSON),
    # When the shop was rid of a code that nobody used.
    sa.Column("removed_at", Utc),
    sa.Index("ix_vouchers_ends", "shop_id", "state", "ends_at"),
    sa.Index("ix_vouchers_order", "shop_id", "for_order"),
    # What was issued, and what came in, is added up from these alone.
    sa.Index("ix_vouchers_issued", "shop_id", "occasion", "issued_at", "widget"),
    sa.Index(
        "ix_vouchers_redeemed",
        "shop_id",
        "redeemed_at",
        sqlite_where=sa.text("state = 'redeemed'"),
        postgresql_where=sa.text("state = 'redeemed'"),
    ),
    sa.UniqueConstraint("shop_id", "identity", "occasion", "for_order"),
    sa.UniqueConstraint("shop_id", "code"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Voucher:
    """A discount code for one person; `for_order` is the order it is given for, "" if for none."""

    id: int
    shop_id: int
    identity: str
    code: str
    campaign_id: int
    widget: str
    kind: str
    value: Decimal
    currency: str
    minimum: Decimal | None
    reserved: Decimal
    state: str
    platform_id: str | None
    planned_at: datetime
    issued_at: datetime | None
    ends_at: datetime
    redeemed_at: datetime | None
    order_id: str | None
    redeemed_amount: Decimal | None
    order_total: Decimal | None
    arms: Any = None
    terms: Any = None
    removed_at: datetime | None = None
    occasion: str = "welcome"
    for_order: str = ""


_FIELDS = [vouchers.c[field.name] for field in fields(Voucher)]


def _first(connection: Connection, query: sa.Select[Any]) -> Voucher | None:
    row = connection.execute(query).first()
    return None if row is None else Voucher(**row._mapping)


def insert_voucher(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> int:
    """Add a planned voucher and return its id; a second one for the person is an error."""
    query = sa.insert(vouchers).values(shop_id=shop_id, **values).returning(vouchers.c.id)
    return int(connection.execute(query).scalar_one())


def update_voucher(connection: Connection, shop_id: int, voucher_id: int, **values: object) -> None:
    """Change some columns of one voucher."""
    connection.execute(
        sa.update(vouchers)
        .where(vouchers.c.shop_id == shop_id, vouchers.c.id == voucher_id)
        .values(**values)
    )


def voucher_by_id(
    connection: Connection, shop_id: int, voucher_id: int, *, lock: bool = False
) -> Voucher | None:
    """Return one voucher of the shop."""
    query = sa.select(*_FIELDS).where(vouchers.c.shop_id == shop_id, vouchers.c.id == voucher_id)
    return _first(connection, query.with_for_update() if lock else query)


def voucher_of(connection: Connection, shop_id: int, identity: str) -> Voucher | None:
    """Return the one welcome voucher that a person has had in this shop."""
    query = sa.select(*_FIELDS).where(
        vouchers.c.shop_id == shop_id, vouchers.c.identity == identity, is_welcome()
    )
    return _first(connection, query)


def is_welcome() -> sa.ColumnElement[bool]:
    """Return what tells welcome vouchers from those for a next order."""
    return vouchers.c.occasion == "welcome"


def voucher_for_order(
    connection: Connection, shop_id: int, order_id: str, occasion: str
) -> Voucher | None:
    """Return the voucher that an order was followed by on one occasion."""
    query = sa.select(*_FIELDS).where(
        vouchers.c.shop_id == shop_id,
        vouchers.c.for_order == order_id,
        vouchers.c.occasion == occasion,
    )
    return _first(connection, query)


def voucher_by_code(connection: Connection, shop_id: int, code: str) -> Voucher | None:
    """Return the voucher with this code (upper case, as we make them), locked."""
    query = sa.select(*_FIELDS).where(vouchers.c.shop_id == shop_id, vouchers.c.code == code)
    return _first(connection, query.with_for_update())


def left_behind(
    connection: Connection, shop_id: int, before: datetime, limit: int
) -> Sequence[int]:
    """Return vouchers that ended before then, were never used, and may still be in the shop."""
    query = (
        sa.select(vouchers.c.id)
        .where(
            vouchers.c.shop_id == shop_id,
            vouchers.c.state.in_(("issued", "expired")),
            vouchers.c.ends_at < before,
            vouchers.c.platform_id.is_not(None),
            vouchers.c.removed_at.is_(None),
        )
        .order_by(vouchers.c.ends_at)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def any_open(connection: Connection, shop_id: int, now: datetime) -> bool:
    """Tell whether somebody holds a code of this shop that has not ended."""
    query = sa.select(vouchers.c.id).where(
        vouchers.c.shop_id == shop_id,
        vouchers.c.state.in_(("planned", "issued")),
        vouchers.c.ends_at > now,
    )
    return connection.execute(query.limit(1)).first() is not None


def count_issued(connection: Connection, shop_id: int, since: datetime) -> dict[str, int]:
    """Return how many welcome vouchers were issued since a moment, by widget."""
    query = (
        sa.select(vouchers.c.widget, sa.func.count())
        .where(
            vouchers.c.shop_id == shop_id,
            vouchers.c.occasion == "welcome",
            vouchers.c.issued_at >= since,
        )
        .group_by(vouchers.c.widget)
    )
    return {widget: int(count) for widget, count in connection.execute(query)}


def count_states(connection: Connection, shop_id: int, since: datetime) -> dict[str, int]:
    """Count the vouchers that were planned since then, by their state."""
    query = (
        sa.select(vouchers.c.state, sa.func.count().label("n"))
        .where(vouchers.c.shop_id == shop_id, vouchers.c.planned_at >= since)
        .group_by(vouchers.c.state)
    )
    return {row.state: row.n for row in connection.execute(query)}
