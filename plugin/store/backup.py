"""Copies the whole database while it is in use, and looks whether a copy is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from plugin.errors import UnavailableError
from plugin.store import migrate
from plugin.store.db import Database, metadata


@dataclass(frozen=True)
class Whole:
    """What was found in a database: whether its schema is ours, its damage, its rows by table."""

    current: bool
    damage: str
    rows: dict[str, int]


def copy(database: Database, target: Path) -> None:
    """Write a copy as of one moment into a new file that nobody else may read.

    SQLite: a database file. PostgreSQL: an archive of pg_dump. FileExistsError if there is a file
    already; UnavailableError("backup_failed") if the copy could not be made.
    """
    target.touch(mode=0o600, exist_ok=False)
    try:
        if database.is_sqlite:
            _copy_file(str(database.url.database), target)
        else:
            _run("pg_dump", database.url, "--format=custom", "--file", str(target))
    except BaseException:
        target.unlink()
        raise


def _copy_file(source: str, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as written:
        live.backup(written)
    live.close()
    written.close()


def restore(archive: Path, into: URL) -> None:
    """Fill an empty PostgreSQL database from an archive; UnavailableError("backup_failed")."""
    _run("pg_restore", into, "--no-owner", "--exit-on-error", str(archive))


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools; the password is in no list of processes."""
    path = shutil.which(program)
    if path is None:
        raise UnavailableError("backup_failed")
    # Not `url.set`, which takes None for no change: the address would hold the stars of a password.
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603 - a tool of the database, found on the path
        [path, "--dbname", address, *arguments], env=environ, capture_output=True, check=False
    )
    if done.returncode:
        raise UnavailableError("backup_failed")


def look(database: Database) -> Whole:
    """Read every table once, and let the database itself look for damage."""
    try:
        return _look(database)
    except sa.exc.DatabaseError as error:
        return Whole(current=False, damage=f"no database of ours: {error.orig}", rows={})


def _look(database: Database) -> Whole:
    with database.read() as connection:
        damage = ""
        if database.is_sqlite:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            damage = "" if said == "ok" else str(said)
        current = migrate.is_current(connection)
        rows = {}
        for table in metadata.sorted_tables if current else []:
            query = sa.select(sa.func.count()).select_from(table)
            rows[table.name] = connection.execute(query).scalar_one()
    return Whole(current, damage, rows)
