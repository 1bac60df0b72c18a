"""Deletes a shop with all its rows, some thousand at a time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata
from plugin.store.shops import shops

_DELETED_AT_ONCE = 5000


def tables_of_shops() -> list[sa.Table]:
    """Return every table whose rows belong to a shop, those that others hang on last.

    Steps are left out: the one that is deleting must stay until the shop itself goes.
    """
    return [
        table
        for table in reversed(metadata.sorted_tables)
        if "shop_id" in table.c and table.name != "steps"
    ]


def delete_some_rows(connection: Connection, shop_id: int, table: sa.Table) -> int:
    """Delete some thousand rows of a shop in one table; 0 when none is left."""
    mine = table.c.shop_id == shop_id
    keys = [column for column in table.primary_key if column.name != "shop_id"]
    query = sa.delete(table).where(mine)
    if keys:
        some = sa.select(keys[0]).where(mine).limit(_DELETED_AT_ONCE)
        query = query.where(keys[0].in_(some))
    return connection.execute(query).rowcount


def delete_shop(connection: Connection, shop_id: int) -> None:
    """Delete the shop itself, and with it whatever still hangs on it (its steps)."""
    connection.execute(sa.delete(shops).where(shops.c.id == shop_id))
