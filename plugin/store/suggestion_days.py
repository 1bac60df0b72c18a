"""Suggestions by day: what became of them by their marks, and how carts changed in each arm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.writing import insert_of

suggestion_days = sa.Table(
    "suggestion_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("campaign", sa.Integer, primary_key=True),
    sa.Column("mark", sa.String(8), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),  # shown, click, add, undo
    sa.Column("count", sa.Integer, nullable=False),
)

# Sums over single views of a page, in hundredths of the shop's currency; nothing of one cart.
cart_days = sa.Table(
    "cart_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("campaign", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("arm", sa.String(1), primary_key=True),
    sa.Column("views", sa.Integer, nullable=False),
    sa.Column("grew", sa.Integer, nullable=False),
    sa.Column("shrank", sa.Integer, nullable=False),
    sa.Column("change", sa.BigInteger, nullable=False),
    sa.Column("squares", sa.Double, nullable=False),  # of the changes
    sa.Column("added", sa.BigInteger, nullable=False),  # by the row itself
    sa.Column("grown", sa.BigInteger, nullable=False),  # how much of that the carts grew
)


class ItemPlace(NamedTuple):
    """Where what became of a suggestion is counted."""

    day: date
    campaign: int
    mark: str
    kind: str


class CartPlace(NamedTuple):
    """Where the change of a cart is counted."""

    day: date
    campaign: int
    version: int
    arm: str


class CartSums(NamedTuple):
    """Sums over carts, as `cart_days` has them."""

    views: int
    grew: int
    shrank: int
    change: int
    squares: float
    added: int
    grown: int


class ItemCount(NamedTuple):
    """How often something became of suggestions with one mark on one day."""

    day: date
    mark: str
    kind: str
    number: int


class ArmCarts(NamedTuple):
    """How the carts of one arm of one version changed; `since` is the first day of them."""

    version: int
    arm: str
    since: date
    sums: CartSums


def add_items(connection: Connection, shop_id: int, sums: Mapping[ItemPlace, int]) -> None:
    """Add to the sums of several places."""
    rows = [
        {"shop_id": shop_id, **place._asdict(), "count": count}
        for place, count in sorted(sums.items())
    ]
    _add(connection, suggestion_days, rows, ("count",))


def add_carts(connection: Connection, shop_id: int, sums: Mapping[CartPlace, CartSums]) -> None:
    """Add to the sums of several places."""
    rows = [
        {"shop_id": shop_id, **place._asdict(), **more._asdict()}
        for place, more in sorted(sums.items())
    ]
    _add(connection, cart_days, rows, CartSums._fields)


def _add(
    connection: Connection, table: sa.Table, rows: list[dict[str, object]], names: tuple[str, ...]
) -> None:
    if not rows:
        return
    insert = insert_of(connection, table)
    added = insert.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key],
        set_={name: table.c[name] + insert.excluded[name] for name in names},
    )
    # One statement for all rows, in a fixed order: two transactions never wait for each other's.
    connection.execute(added, rows)


def items_between(
    connection: Connection, shop_id: int, campaign: int, start: date, end: date
) -> list[ItemCount]:
    """Return what became of a campaign's suggestions from `start` to `end`, both included."""
    table = suggestion_days
    query = (
        sa.select(table.c.day, table.c.mark, table.c.kind, table.c["count"])
        .where(
            table.c.shop_id == shop_id,
            table.c.campaign == campaign,
            table.c.day.between(start, end),
        )
        .order_by(table.c.day, table.c.mark, table.c.kind)
    )
    return [ItemCount(*row) for row in connection.execute(query)]


def carts_of(connection: Connection, shop_id: int, campaign: int) -> list[ArmCarts]:
    """Return how carts changed on all days together, by version and arm."""
    table = cart_days
    sums = [sa.func.sum(table.c[name]) for name in CartSums._fields]
    query = (
        sa.select(table.c.version, table.c.arm, sa.func.min(table.c.day), *sums)
        .where(table.c.shop_id == shop_id, table.c.campaign == campaign)
        .group_by(table.c.version, table.c.arm)
        .order_by(table.c.version, table.c.arm)
    )
    return [_arm(*row) for row in connection.execute(query)]


def _arm(version: int, arm: str, since: date, *sums: float) -> ArmCarts:
    # PostgreSQL sums whole numbers as decimals.
    views, grew, shrank, change, squares, added, grown = sums
    whole = CartSums(
        int(views), int(grew), int(shrank), int(change), float(squares), int(added), int(grown)
    )
    return ArmCarts(version, arm, since, whole)
