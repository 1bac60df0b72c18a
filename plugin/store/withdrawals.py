"""Declarations of withdrawal as they came in, and whether the merchant has settled them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.orders import orders
from plugin.store.shops import lock_shop
from plugin.store.writing import insert_ignoring

#: Claims out of a withdrawal end after three years, to the end of the year (§§ 195, 199 BGB).
_PROOF = personal("withdrawal", erase="keep_locked", keep_days=4 * 365)

withdrawals = sa.Table(
    "withdrawals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Of the form and all that was entered in it: sent twice it is one declaration.
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("reference", sa.String(60), nullable=False),
    # statutory, voluntary
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("declared_at", Utc, nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    # Name, address for the receipt, order, items and the words, as declared; never changed.
    sa.Column("declaration_sealed", sa.Text, info=_PROOF),
    sa.Column("identity", sa.String(64), info=_PROOF),
    # The order that it is about, once that is proved; and the last day of its period, if begun.
    sa.Column("order_id", sa.String(80)),
    sa.Column("period_ends", sa.Date),
    sa.Column("handled_at", Utc),
    sa.UniqueConstraint("shop_id", "key"),
    sa.Index("ix_withdrawals_order", "shop_id", "order_id"),
    sa.Index("ix_withdrawals_identity", "shop_id", "identity"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Withdrawal:
    """One declaration; `declaration_sealed` is None once its time is over."""

    id: int
    shop_id: int
    reference: str
    kind: str
    declared_at: datetime
    language: str
    declaration_sealed: str | None = field(repr=False)
    identity: str | None
    order_id: str | None
    period_ends: date | None
    handled_at: datetime | None


_FIELDS = [withdrawals.c[one.name] for one in fields(Withdrawal)]


def known(connection: Connection, shop_id: int, key: str) -> int | None:
    """Return the id of a declaration that came in already; one at a time asks in a shop."""
    lock_shop(connection, shop_id)
    query = sa.select(withdrawals.c.id).where(
        withdrawals.c.shop_id == shop_id, withdrawals.c.key == key
    )
    return connection.execute(query).scalar()


def insert(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> int:
    """Add a declaration that is not `known`; returns its id."""
    query = insert_ignoring(connection, withdrawals).values(shop_id=shop_id, **values)
    return int(connection.execute(query.returning(withdrawals.c.id)).scalar_one())


def by_id(
    connection: Connection, shop_id: int, withdrawal_id: int, *, lock: bool = False
) -> Withdrawal | None:
    """Return one declaration of this shop."""
    query = sa.select(*_FIELDS).where(
        withdrawals.c.shop_id == shop_id, withdrawals.c.id == withdrawal_id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Withdrawal(**row._mapping)


def of_order(connection: Connection, shop_id: int, order_id: str) -> list[Withdrawal]:
    """Return what was declared about one order, the newest first."""
    query = sa.select(*_FIELDS).where(
        withdrawals.c.shop_id == shop_id, withdrawals.c.order_id == order_id
    )
    found = connection.execute(query.order_by(withdrawals.c.id.desc()))
    return [Withdrawal(**row._mapping) for row in found]


def newest(
    connection: Connection, shop_id: int, limit: int, *, handled: bool | None = None
) -> list[Withdrawal]:
    """Return the newest declarations; `handled` picks the settled ones, or the open ones."""
    query = sa.select(*_FIELDS).where(withdrawals.c.shop_id == shop_id)
    if handled is not None:
        done = withdrawals.c.handled_at
        query = query.where(done.is_not(None) if handled else done.is_(None))
    found = connection.execute(query.order_by(withdrawals.c.id.desc()).limit(limit))
    return [Withdrawal(**row._mapping) for row in found]


def count_open(connection: Connection, shop_id: int) -> int:
    """Return how many declarations wait for the merchant."""
    query = (
        sa.select(sa.func.count())
        .select_from(withdrawals)
        .where(withdrawals.c.shop_id == shop_id, withdrawals.c.handled_at.is_(None))
    )
    return int(connection.execute(query).scalar_one())


def put_on_order(
    connection: Connection, shop_id: int, withdrawal_id: int, order_id: str, ends: date | None
) -> None:
    """Note which order a declaration turned out to be about."""
    connection.execute(
        sa.update(withdrawals)
        .where(withdrawals.c.shop_id == shop_id, withdrawals.c.id == withdrawal_id)
        .values(order_id=order_id, period_ends=ends)
    )


def settle(
    connection: Connection, shop_id: int, withdrawal_id: int, handled_at: datetime | None
) -> bool:
    """Mark a declaration as settled, or as open again; False if this shop has no such one."""
    changed = connection.execute(
        sa.update(withdrawals)
        .where(withdrawals.c.shop_id == shop_id, withdrawals.c.id == withdrawal_id)
        .values(handled_at=handled_at)
    )
    return changed.rowcount > 0


def is_withdrawing(connection: Connection, shop_id: int, identity: str) -> bool:
    """Tell whether a person has a declaration about an order of theirs that is not settled yet.

    Whose address somebody typed in as their own says nothing: it could be anybody's.
    """
    query = (
        sa.select(withdrawals.c.id)
        .join(
            orders,
            sa.and_(
                orders.c.shop_id == withdrawals.c.shop_id,
                orders.c.order_id == withdrawals.c.order_id,
            ),
        )
        .where(
            withdrawals.c.shop_id == shop_id,
            withdrawals.c.handled_at.is_(None),
            orders.c.identity == identity,
        )
    )
    return connection.execute(query.limit(1)).first() is not None
