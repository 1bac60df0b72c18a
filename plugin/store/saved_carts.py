"""Carts that shoppers took along: what was in them, behind the hash of an unguessable token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import insert_ignoring

#: So long a link leads to its cart; the row goes with the next daily expiry.
KEEP_DAYS = 14

saved_carts = sa.Table(
    "saved_carts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # A browser that sends again what was taken before gets the same link again.
    sa.Column("request_id", sa.String(36), nullable=False),
    # Whoever reads the database can open no link.
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    # A person's choice, but nobody's name: the address of the mail is never here.
    sa.Column(
        "items",
        sa.JSON,
        nullable=False,
        info=personal("saved_cart", erase="row", keep_days=KEEP_DAYS),
    ),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    # When the one mail was asked for.
    sa.Column("mailed_at", Utc),
    sa.UniqueConstraint("shop_id", "request_id"),
    sa.Index("ix_saved_carts_age", "shop_id", "created_at"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class SavedCart:
    """One saved cart; an item is {"variant", "product", "quantity"}."""

    id: int
    shop_id: int
    items: list[dict[str, Any]]
    language: str
    created_at: datetime
    mailed_at: datetime | None


_FIELDS = [saved_carts.c[field.name] for field in fields(SavedCart)]


def insert_cart(
    connection: Connection,
    shop_id: int,
    *,
    request_id: str,
    token_hash: str,
    items: Sequence[dict[str, Any]],
    language: str,
    at: datetime,
) -> bool:
    """Keep a cart; False if the shop has one under this request id, which stays as it is."""
    query = insert_ignoring(connection, saved_carts).values(
        shop_id=shop_id,
        request_id=request_id,
        token_hash=token_hash,
        items=list(items),
        language=language,
        created_at=at,
    )
    return connection.execute(query.returning(saved_carts.c.id)).first() is not None


def cart_of(connection: Connection, shop_id: int, token_hash: str) -> SavedCart | None:
    """Return a cart of the shop."""
    query = sa.select(*_FIELDS).where(
        saved_carts.c.shop_id == shop_id, saved_carts.c.token_hash == token_hash
    )
    row = connection.execute(query).first()
    return None if row is None else SavedCart(**row._mapping)


def shop_of_cart(connection: Connection, token_hash: str) -> int | None:
    """Return the shop that a link leads to: there the token is all that a browser brings."""
    query = sa.select(saved_carts.c.shop_id).where(saved_carts.c.token_hash == token_hash)
    return connection.execute(query).scalar()


def claim_mail(connection: Connection, shop_id: int, cart_id: int, at: datetime) -> bool:
    """Note that the one mail of a cart is asked for; False if it was before."""
    result = connection.execute(
        sa.update(saved_carts)
        .where(
            saved_carts.c.shop_id == shop_id,
            saved_carts.c.id == cart_id,
            saved_carts.c.mailed_at.is_(None),
        )
        .values(mailed_at=at)
    )
    return result.rowcount == 1


def delete_cart(connection: Connection, shop_id: int, cart_id: int) -> None:
    """Delete one cart of the shop."""
    connection.execute(
        sa.delete(saved_carts).where(saved_carts.c.shop_id == shop_id, saved_carts.c.id == cart_id)
    )
