"""Brings the schema to the newest revision; safe when two processes try at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from plugin.store import evidence_triggers
from plugin.store.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x626C6569  # any number: the advisory lock of our migrations on PostgreSQL


def upgrade(database: Database) -> None:
    """Apply what is missing, all or nothing."""
    # Imported here: alembic costs a quarter of a second that no web worker needs.
    from alembic import command

    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        # Laid anew each time: a migration may rebuild the table, and must not be hindered.
        evidence_triggers.lift(connection)
        command.upgrade(_config(connection), "head")
        evidence_triggers.lay(connection)


def is_current(connection: Connection) -> bool:
    """Tell whether the schema is at our newest revision."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found == head()


@cache
def head() -> str:
    """Return the newest revision in the tree."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(_FOLDER))
    return script.get_current_head() or ""


def differences(connection: Connection) -> list[object]:
    """Return where tables in code and in the database differ (none, if migrations are complete)."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from plugin.store import metadata

    migration = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(migration, metadata))


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
