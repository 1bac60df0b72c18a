"""A backup is a copy that one could go on with: proven by opening it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.security import Keyring
from plugin.services import backups
from plugin.services.context import Context
from plugin.store import backup
from plugin.store.db import Database
from plugin.store.subscribers import subscribers
from tests.conftest import START
from tests.postgres import Postgres
from tests.services.test_privacy import MARA, live


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, context: Context) -> str | None:
    """Where an archive of PostgreSQL is filled into; a copy of SQLite needs no such place."""
    if context.db.is_sqlite:
        return None
    server: Postgres = request.getfixturevalue("postgres")
    return server.empty_database()


def test_a_copy_holds_everything_and_opens_with_the_same_keys(
    context: Context, shop: Shop, tmp_path: Path, empty_url: str | None
) -> None:
    live(context, shop, MARA, 1)
    copy = tmp_path / "copy"
    backups.make(context, copy)
    found = backups.check(context, copy, empty_url)
    assert (found.shops, found.records, found.problems) == (1, 1, ())
    assert copy.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        backups.make(context, copy)


def test_the_tools_of_the_database_get_the_password_and_no_list_of_processes_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {told}\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    backup.copy(Database("postgresql+psycopg://bleib:s3cret@db.example/shops"), tmp_path / "copy")
    password, _, address, *_ = told.read_text().split()
    assert (password, address) == ("s3cret", "postgresql://bleib@db.example/shops")


@pytest.fixture
def copied(context: Context, shop: Shop, tmp_path: Path) -> Path:
    live(context, shop, MARA, 1)
    with context.db.write() as connection:
        connection.execute(sa.update(subscribers).values(confirmed_at=START))
    backups.make(context, tmp_path / "copy")
    return tmp_path / "copy"


# What is checked in a copy is the same for both.
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_other_keys_do_not_open_it_and_that_is_said(context: Context, copied: Path) -> None:
    other = Keyring(["another-secret-of-thirty-two-bytes!!"], "another-hash-key-of-32-bytes-here!")
    problems = backups.check(replace(context, keys=other), copied).problems
    assert any("BLEIB_SECRET_KEY" in one for one in problems)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_a_changed_address_and_a_torn_file_are_said(context: Context, copied: Path) -> None:
    database = Database(f"sqlite:///{copied}")
    with database.write() as connection:
        connection.execute(sa.update(subscribers).values(email_sealed="x"))
    database.dispose()
    assert backups.check(context, copied).problems
    copied.write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    assert "no database of ours" in backups.check(context, copied).problems[0]
