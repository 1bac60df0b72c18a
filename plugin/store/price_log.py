"""Which price held from when: rows are only ever added, so that a reduction can be proven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.clock import utc_now
from plugin.model import Product
from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.writing import Row, chunks

price_log = sa.Table(
    "price_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("variant_id", sa.String(80), nullable=False),
    sa.Column("price", Amount, nullable=False),
    # From when on it is known to have held: the shop's own time of the last change.
    sa.Column("since", Utc, nullable=False),
    # False where something may have been missed before it: the first entry, or the first after
    # the product was gone or the shop disconnected.
    sa.Column("joined", sa.Boolean, nullable=False),
    sa.Column("noted_at", Utc, nullable=False, default=utc_now),
    sa.Index("ix_price_log_variant", "shop_id", "variant_id", "id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Entry:
    """A price of one variant, and from when on it held."""

    price: Decimal
    since: datetime
    joined: bool


def note_prices(
    connection: Connection, shop_id: int, items: Sequence[Product], broken: Iterable[str]
) -> None:
    """Add an entry for each variant whose price is another than the last one noted.

    `broken` are ids of products of which something may have been missed meanwhile.
    """
    gap = set(broken)
    last = _last(connection, shop_id, [form.id for item in items for form in item.variants])
    rows: list[Row] = []
    for item in items:
        for form in item.variants:
            before = last.get(form.id)
            joined = before is not None and item.id not in gap
            if joined and before is not None and before.price == form.price:
                continue
            # Two messages may come in the wrong order; time in the log never runs backwards.
            since = item.updated_at if before is None else max(before.since, item.updated_at)
            rows.append(
                {
                    "shop_id": shop_id,
                    "variant_id": form.id,
                    "price": form.price,
                    "since": since,
                    "joined": joined,
                }
            )
    if rows:
        connection.execute(sa.insert(price_log), rows)


def _last(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, Entry]:
    return {
        variant: entries[-1] for variant, entries in entries_of(connection, shop_id, ids).items()
    }


def entries_of(
    connection: Connection, shop_id: int, variant_ids: Sequence[str]
) -> dict[str, list[Entry]]:
    """Return what was noted of these variants, oldest first; unknown ones are left out."""
    found: dict[str, list[Entry]] = {}
    table = price_log.c
    for some in chunks(variant_ids):
        query = (
            sa.select(table.variant_id, table.price, table.since, table.joined)
            .where(table.shop_id == shop_id, table.variant_id.in_(some))
            .order_by(table.id)
        )
        for row in connection.execute(query):
            found.setdefault(row.variant_id, []).append(Entry(row.price, row.since, row.joined))
    return found
