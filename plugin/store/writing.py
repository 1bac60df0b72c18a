"""INSERTs that meet an existing row, in the dialect of the connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

Row = dict[str, Any]


def insert_of(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401 - two dialects, one API
    """Return an INSERT that knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_ignoring(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401 - as above
    """Return an INSERT that does nothing on any key conflict."""
    return insert_of(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows, or overwrite every given column of those whose primary key is known.

    All rows name the same columns. No row, no statement.
    """
    if not rows:
        return
    insert = insert_of(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def chunks(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Cut a list of ids for IN (...): databases limit the number of parameters."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
