"""How much a shop holds of each kind of personal data: counted, never read."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata


def rows_by_datum(connection: Connection, shop_id: int, most: int) -> dict[str, int]:
    """Return how many rows hold something of each datum; counting one table ends after `most`.

    Of a datum that lies in several tables it is the number of the largest one: the others hold
    more of the same.
    """
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for datum, columns in _by_datum(table).items():
            held = sa.or_(*(column.is_not(None) for column in columns))
            some = sa.select(sa.literal(1)).where(table.c.shop_id == shop_id, held).limit(most)
            query = sa.select(sa.func.count()).select_from(some.subquery())
            found[datum] = max(found.get(datum, 0), connection.execute(query).scalar_one())
    return found


def tables_without_people() -> int:
    """Return how many tables of a shop hold nothing of a person."""
    return sum(
        1 for table in metadata.sorted_tables if "shop_id" in table.c and not _by_datum(table)
    )


def _by_datum(table: sa.Table) -> dict[str, list[sa.Column[object]]]:
    found: dict[str, list[sa.Column[object]]] = defaultdict(list)
    for column in table.c:
        if "personal" in column.info:
            found[column.info["personal"]["datum"]].append(column)
    return found
