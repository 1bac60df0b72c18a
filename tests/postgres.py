"""Starts a throw-away PostgreSQL server without root, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg


def find_postgres() -> Path | None:
    """Return the folder with initdb and postgres, None if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


#: Databases are thrown away after so many uses: deleted rows stay in their files.
_USES = 30
#: Any change of the schema shows here: new things have higher numbers, dropped ones are missing.
_SCHEMA = """
SELECT (SELECT count(*) || '/' || max(oid::bigint) FROM pg_class)
    || (SELECT count(*) || '/' || max(oid::bigint) FROM pg_attrdef)
    || (SELECT count(*) || '/' || max(oid::bigint) FROM pg_constraint)
    || (SELECT count(*) || '/' || max(oid::bigint) FROM pg_trigger)
    || (SELECT count(*) || '/' || sum(atttypid::bigint) FROM pg_attribute WHERE attnum > 0)
"""
_OTHERS_OUT = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
#: What empties every table and begins every count anew.
_EMPTYING = """
SELECT CASE relkind
    WHEN 'r' THEN format('DELETE FROM %I', relname)
    ELSE format('ALTER SEQUENCE %I RESTART', relname)
END
FROM pg_class
WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace
  AND relname <> 'alembic_version'
"""


class Postgres:
    """One server; each test gets a migrated database with nothing in it.

    Emptying a used database takes a sixth of the time of copying the template anew, so tests
    give theirs back.
    """

    def __init__(self, binaries: Path, _folder: Path) -> None:
        self._binaries = binaries
        # A short path of its own: socket names are limited to 107 bytes, and the server's user
        # must be able to enter it.
        self._folder = Path(tempfile.mkdtemp(prefix="bleib-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._template: str | None = None
        self._free: list[tuple[str, int]] = []
        self._uses: dict[str, int] = {}
        self._empty = ""
        self._schema: dict[str, str] = {}
        self.port = _free_port()

    def start(self) -> None:
        if self._user:
            entry = pwd.getpwnam(self._user)
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
        data = self._folder / "data"
        self._run(
            "initdb", "-D", str(data), "-U", "bleib", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        command = [
            str(self._binaries / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(self._folder / "log"),
            "-o",
            f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} "
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal "
            "-c max_wal_senders=0 -c autovacuum=off -c max_connections=200 -c shared_buffers=32MB",
            "start",
        ]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd="/")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        # Hundreds of databases are hundreds of thousands of files: nobody has to wait for them.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["sh", "-c", 'rm -rf "$0" &', str(self._folder)]
        subprocess.run(command, check=True, start_new_session=True, **quiet)

    def fresh_database(self, migrate: Callable[[str], None]) -> str:
        """Return the address of a database with the schema and no rows in it."""
        if self._free:
            name, uses = self._free.pop()
            self._uses[name] = uses + 1
            return self._url(name)
        if self._template is None:
            self._template = f"template_{uuid.uuid4().hex[:8]}"
            self._execute(f'CREATE DATABASE "{self._template}"')
            migrate(self._url(self._template))
            self._empty = self._emptying(self._template)
        name = f"t_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        with self._connected(name) as connection:
            self._schema[name] = _one(connection, _SCHEMA)
        self._uses[name] = 1
        return self._url(name)

    def give_back(self, url: str) -> None:
        """Empty a database of `fresh_database` for the next test; drop it if its schema changed."""
        name = url.rsplit("/", 1)[-1]
        uses = self._uses.pop(name)
        with self._connected(name) as connection:
            connection.execute(_OTHERS_OUT)
            same = _one(connection, _SCHEMA) == self._schema[name]
            if same and uses < _USES:
                connection.execute(self._empty.encode())
                self._free.append((name, uses))
                return
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _emptying(self, database: str) -> str:
        with self._connected(database) as connection:
            statements = [str(row[0]) for row in connection.execute(_EMPTYING)]
        # What may only be added to is emptied as well: no triggers, no foreign keys.
        role = "SET LOCAL session_replication_role = replica"
        return "; ".join(["BEGIN", role, *statements, "COMMIT"])

    def empty_database(self) -> str:
        """Return the address of a new database with nothing in it."""
        name = f"e_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://bleib@127.0.0.1:{self.port}/{name}"

    def _connected(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        address = f"postgresql://bleib@127.0.0.1:{self.port}/{database}"
        return psycopg.connect(address, autocommit=True)

    def _execute(self, statement: str) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            capture_output=True,
            user=self._user,
            cwd="/",
        )


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: LiteralString) -> str:
    row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
