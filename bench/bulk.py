"""Puts many rows into an empty database fast: as it stands there afterwards, not how it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Database, Utc

Row = dict[str, Any]

_MEMORY = 1_024
#: What is broken off leaves a file that is good for nothing.
_HURRY = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA cache_size=-1000000",
    "PRAGMA temp_store=MEMORY",
)


@contextmanager
def hurried(database: Database, tables: Sequence[sa.Table]) -> Iterator[None]:
    """Within the block these tables have no second index, and SQLite keeps no journal.

    Afterwards they have them again, the files are in order, and the planner knows how much there
    is, as it does in a shop that has grown (on PostgreSQL; SQLite never asks).
    """
    database.dispose()
    if database.is_sqlite:
        sa.event.listen(database.engine, "connect", _hurry)
    indexes = [index for table in tables for index in table.indexes]
    with database.write() as connection:
        for index in indexes:
            index.drop(connection)
    yield
    with database.write() as connection:
        for index in indexes:
            index.create(connection)
    if database.is_sqlite:
        sa.event.remove(database.engine, "connect", _hurry)
    else:
        with database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            # Without it no index alone could answer: autovacuum would come by in a minute.
            alone.execute(sa.text("VACUUM ANALYZE"))
    database.dispose()


def _hurry(connection: Any, _record: object) -> None:  # noqa: ANN401 - of the driver
    for pragma in _HURRY:
        connection.execute(pragma)


def put(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Inserts rows that all name the same columns, past everything that takes time per row."""
    if not rows:
        return
    columns = [table.c[name] for name in rows[0]]
    absent = [one for one in table.c if one.name not in rows[0] and _has_default(one)]
    names = ", ".join(f'"{one.name}"' for one in [*columns, *absent])
    cells = _cells(connection, columns, absent, rows)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * (len(columns) + len(absent)))
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", cells)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for one in cells:
            copy.write_row(one)


def _has_default(column: sa.Column[Any]) -> bool:
    return column.default is not None and column.default.is_scalar


def _cells(
    connection: Connection,
    columns: Sequence[sa.Column[Any]],
    absent: Sequence[sa.Column[Any]],
    rows: Iterable[Row],
) -> Iterator[tuple[Any, ...]]:
    kinds = [(one.name, _processor(connection, one)) for one in columns]
    defaults = tuple(_default(connection, one) for one in absent)
    for row in rows:
        yield (
            *(row[name] if made is None else made(row[name]) for name, made in kinds),
            *defaults,
        )


def _processor(connection: Connection, column: sa.Column[Any]) -> Any:  # noqa: ANN401 - of SQLAlchemy
    made = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    # The same moment stands in many columns of a row.
    return lru_cache(_MEMORY)(made) if made and isinstance(column.type, Utc | sa.Date) else made


def _default(connection: Connection, column: sa.Column[Any]) -> Any:  # noqa: ANN401 - of any column
    value = getattr(column.default, "arg", None)
    made = _processor(connection, column)
    return value if made is None else made(value)
