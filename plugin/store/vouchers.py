"""Vouchers: one discount code for each person, from its plan to its end."""

from __future__ import annotations

from collections.abc import Mapping
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
    # One welcome voucher per person and shop, for ever: the unique key below is the promise.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("voucher", erase="keep_locked", keep_days=4 * 365),
    ),
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
    sa.UniqueConstraint("shop_id", "identity"),
    sa.UniqueConstraint("shop_id", "code"),
)

@dataclass(frozen=True)
class Voucher:
    """A discount code made for one person."""

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
    """Return the one voucher that a person has had in this shop."""
    return _first(
        connection,
        sa.select(*_FIELDS).where(vouchers.c.shop_id == shop_id, vouchers.c.identity == identity),
    )


def voucher_by_code(connection: Connection, shop_id: int, code: str) -> Voucher | None:
    """Return the voucher with this code (upper case, as we make them), locked."""
    query = sa.select(*_FIELDS).where(vouchers.c.shop_id == shop_id, vouchers.c.code == code)
    return _first(connection, query.with_for_update())
