"""Codes that a merchant brought along, handed out one by one where the platform makes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.writing import Row, insert_ignoring

voucher_codes = sa.Table(
    "voucher_codes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # A code is money: nobody reads it here before it belongs to a person.
    sa.Column("code_sealed", sa.Text, nullable=False),
    # Its check value, whatever the case of the letters: known again in uploads and in orders.
    sa.Column("code_check", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("value", Amount, nullable=False),
    sa.Column("minimum", Amount),
    sa.Column("ends_at", Utc),
    # free, given (to a person), used (seen in an order before we gave it to anybody)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("voucher_id", sa.Integer),
    sa.Column("added_at", Utc, nullable=False),
    sa.Column("taken_at", Utc),
    sa.UniqueConstraint("shop_id", "code_check"),
    sa.Index("ix_voucher_codes_state", "shop_id", "state"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class PoolCode:
    """One code of the pool, still sealed."""

    id: int
    code_sealed: str
    state: str
    voucher_id: int | None


@dataclass(frozen=True)
class Lot:
    """Codes of the same worth and the same conditions, and how many of them are left."""

    kind: str
    value: Decimal
    minimum: Decimal | None
    ends_at: datetime | None
    free: int
    total: int


def add_codes(connection: Connection, shop_id: int, rows: Sequence[Row]) -> int:
    """Add free codes; returns how many were new. What the shop has already stays as it is."""
    query = insert_ignoring(connection, voucher_codes).returning(voucher_codes.c.id)
    fresh = 0
    for row in rows:
        values = {**row, "shop_id": shop_id, "state": "free"}
        fresh += connection.execute(query.values(**values)).first() is not None
    return fresh


def find_free(
    connection: Connection,
    shop_id: int,
    *,
    kind: str,
    value: Decimal,
    minimum: Decimal | None,
    until: datetime,
) -> PoolCode | None:
    """Return a free code that keeps the promise, locked until the transaction ends.

    It is worth exactly that, asks for no more than `minimum`, and holds at least `until`; the one
    that ends first comes first. Codes that somebody else is just taking are passed over.
    """
    fitting = _fitting(shop_id, kind, value)
    table = voucher_codes.c
    # Amounts are text in SQLite, so that they are compared here.
    asked = connection.execute(sa.select(table.minimum).where(fitting).distinct()).scalars()
    kept = [amount for amount in asked if amount is not None and amount <= (minimum or 0)]
    query = (
        sa.select(table.id, table.code_sealed, table.state, table.voucher_id)
        .where(
            fitting,
            sa.or_(table.minimum.is_(None), table.minimum.in_(kept)),
            sa.or_(table.ends_at.is_(None), table.ends_at >= until),
        )
        .order_by(table.ends_at.is_(None), table.ends_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).first()
    return None if row is None else PoolCode(**row._mapping)


def _fitting(shop_id: int, kind: str, value: Decimal) -> sa.ColumnElement[bool]:
    table = voucher_codes.c
    return sa.and_(
        table.shop_id == shop_id,
        table.state == "free",
        table.kind == kind,
        table.value == value.quantize(Decimal("0.01")),
    )


def give(connection: Connection, shop_id: int, code_id: int, voucher_id: int, at: datetime) -> None:
    """Hand a free code over to a person's voucher."""
    connection.execute(
        sa.update(voucher_codes)
        .where(voucher_codes.c.shop_id == shop_id, voucher_codes.c.id == code_id)
        .values(state="given", voucher_id=voucher_id, taken_at=at)
    )


def give_back(connection: Connection, shop_id: int, voucher_id: int) -> None:
    """Free the code of a voucher that was never shown to anybody."""
    connection.execute(
        sa.update(voucher_codes)
        .where(
            voucher_codes.c.shop_id == shop_id,
            voucher_codes.c.voucher_id == voucher_id,
            voucher_codes.c.state == "given",
        )
        .values(state="free", voucher_id=None, taken_at=None)
    )


def mark_used(connection: Connection, shop_id: int, code_id: int, at: datetime) -> None:
    """Note that a free code came in with an order: nobody else may get it."""
    connection.execute(
        sa.update(voucher_codes)
        .where(
            voucher_codes.c.shop_id == shop_id,
            voucher_codes.c.id == code_id,
            voucher_codes.c.state == "free",
        )
        .values(state="used", taken_at=at)
    )


def code_by_check(connection: Connection, shop_id: int, check: str) -> PoolCode | None:
    """Return the code with this check value."""
    table = voucher_codes.c
    query = sa.select(table.id, table.code_sealed, table.state, table.voucher_id).where(
        table.shop_id == shop_id, table.code_check == check
    )
    row = connection.execute(query.with_for_update()).first()
    return None if row is None else PoolCode(**row._mapping)


def drop_free(connection: Connection, shop_id: int) -> int:
    """Delete every code that nobody has got; returns how many."""
    return connection.execute(
        sa.delete(voucher_codes).where(
            voucher_codes.c.shop_id == shop_id, voucher_codes.c.state == "free"
        )
    ).rowcount


def lots(connection: Connection, shop_id: int) -> list[Lot]:
    """Return what the pool holds, by worth and conditions."""
    table = voucher_codes.c
    free = sa.func.sum(sa.case((table.state == "free", 1), else_=0)).label("free")
    query = (
        sa.select(
            table.kind, table.value, table.minimum, table.ends_at, free,
            sa.func.count().label("total"),
        )
        .where(table.shop_id == shop_id)
        .group_by(table.kind, table.value, table.minimum, table.ends_at)
        .order_by(table.kind, table.value, table.ends_at)
    )  # fmt: skip
    return [Lot(**row._mapping) for row in connection.execute(query)]


def last_filled(connection: Connection, shop_id: int) -> tuple[datetime | None, int, int]:
    """Return when the pool was filled last, how many are free, and how many went since then."""
    table = voucher_codes.c
    mine = table.shop_id == shop_id
    filled = connection.execute(sa.select(sa.func.max(table.added_at)).where(mine)).scalar()
    if filled is None:
        return None, 0, 0
    count = sa.select(sa.func.count()).where(mine)
    free = connection.execute(count.where(table.state == "free")).scalar_one()
    gone = connection.execute(count.where(table.taken_at >= filled)).scalar_one()
    return filled, int(free), int(gone)
