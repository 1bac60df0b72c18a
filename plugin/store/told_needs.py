"""What the merchant was told of by the daily mail, and when; and who wants none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.shops import shops
from plugin.store.writing import upsert

told_needs = sa.Table(
    "told_needs",
    metadata,
    shop_column(primary_key=True),
    # The name of the need, of a draft with the number of its campaign.
    sa.Column("need", sa.String(40), primary_key=True),
    # How much of it there was then.
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("told_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Told:
    """How big a need was when it was told last, and when that was."""

    size: int
    at: datetime


def all_of(connection: Connection, shop_id: int) -> dict[str, Told]:
    """Return what was told of the needs that were there at the last look."""
    query = sa.select(told_needs).where(told_needs.c.shop_id == shop_id)
    return {row.need: Told(row.size, row.told_at) for row in connection.execute(query)}


def keep(connection: Connection, shop_id: int, needs: Collection[str]) -> None:
    """Forget every other need: it is settled, and new when it comes again."""
    gone = sa.delete(told_needs).where(told_needs.c.shop_id == shop_id)
    connection.execute(gone.where(told_needs.c.need.not_in(needs)))


def note(connection: Connection, shop_id: int, sizes: Mapping[str, int], at: datetime) -> None:
    """Remember what is told now."""
    rows = [
        {"shop_id": shop_id, "need": need, "size": size, "told_at": at}
        for need, size in sizes.items()
    ]
    upsert(connection, told_needs, rows)


def wanted(connection: Connection, shop_id: int) -> bool:
    """Tell whether the daily mail may go to the shop's contact address."""
    query = sa.select(shops.c.daily_mail_off).where(shops.c.id == shop_id)
    return not connection.execute(query).scalar()


def set_wanted(connection: Connection, shop_id: int, *, on: bool) -> None:
    """Let the daily mail go to the shop's contact address, or not."""
    connection.execute(sa.update(shops).where(shops.c.id == shop_id).values(daily_mail_off=not on))
