"""The demo shop's own small SQLite file: it survives a restart of the demo."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Row = sqlite3.Row
Value = str | int | float | bytes | None
Connection = sqlite3.Connection


class Database:
    """One SQLite file in WAL mode; every thread gets its own connection."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        with self.write() as connection:
            for statement in Path(__file__).with_name("tables.sql").read_text().split(";"):
                connection.execute(statement)

    def connection(self) -> Connection:
        """Return this thread's connection, opened on first use."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=NORMAL")
            self._local.connection = found
        return found

    def close(self) -> None:
        """Close this thread's connection; the next use opens a new one."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
            del self._local.connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one write transaction; an exception rolls it back."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def all(self, sql: str, *values: Value) -> list[Row]:
        """Return every row of a query."""
        return self.connection().execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        """Return the first row of a query, or None."""
        row: Row | None = self.connection().execute(sql, values).fetchone()
        return row

    def number(self, sql: str, *values: Value) -> int:
        """Return the single whole number a query yields; nothing counts as 0."""
        row = self.one(sql, *values)
        return int(row[0] or 0) if row is not None else 0

    def fact(self, name: str, default: str = "") -> str:
        """Return a remembered value of the shop as a whole."""
        row = self.one("SELECT value FROM facts WHERE name = ?", name)
        return str(row["value"]) if row is not None else default


def remember(connection: Connection, name: str, value: str) -> None:
    """Store a value of the shop as a whole."""
    connection.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
