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

import psycopg


def find_postgres() -> Path | None:
    """Return the folder with initdb and postgres, None if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


class Postgres:
    """One server; each test gets a fresh copy of a migrated template database."""

    def __init__(self, binaries: Path, _folder: Path) -> None:
        self._binaries = binaries
        # A short path of its own: socket names are limited to 107 bytes, and the server's user
        # must be able to enter it.
        self._folder = Path(tempfile.mkdtemp(prefix="bleib-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._template: str | None = None
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
            "-c fsync=off -c max_connections=200 -c shared_buffers=32MB",
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
        """Return the address of a new database with the schema in it."""
        if self._template is None:
            self._template = f"template_{uuid.uuid4().hex[:8]}"
            self._execute(f'CREATE DATABASE "{self._template}"')
            migrate(self._url(self._template))
        name = f"t_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return self._url(name)

    def empty_database(self) -> str:
        """Return the address of a new database with nothing in it."""
        name = f"e_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://bleib@127.0.0.1:{self.port}/{name}"

    def _execute(self, statement: str) -> None:
        address = f"postgresql://bleib@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            capture_output=True,
            user=self._user,
            cwd="/",
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
