"""Every personal column expires by itself: proven for each one of the registry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import privacy
from plugin.services.context import Context
from plugin.services.steps import Step
from plugin.store import personal
from plugin.store.db import Amount, Utc, metadata
from plugin.store.inbox import put_inbox
from plugin.store.shops import inbox
from plugin.store.subscribers import subscribers
from tests.conftest import START

#: What ends with something else than its own age, and where that is proven.
_OTHERWISE = {
    "evidence": "tests/services/test_evidence.py: with the proof",
    "subscribers": "below: with the proof, after unsubscribing; unconfirmed ones by their own step",
    "blocked_people": "never: a wish not to be written to outlives everything",
    "team": "when they leave: what names them is emptied (services/team.py)",
}
_STATES = {"steps": "done", "inbox": "x"}
EXPIRING = [column for column in personal.personal_columns() if column.table not in _OTHERWISE]


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    # The rows are the same in both; what the store does on PostgreSQL its own tests cover.
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def value_for(column: sa.Column[Any], at: datetime) -> Any:
    """Return anything that fits into a column."""
    if isinstance(column.type, Utc):
        return at
    if isinstance(column.type, Amount):
        return Decimal(1)
    kind = column.type.python_type
    plain = {int: 1, bool: False, float: 1.0, date: at.date()}
    if kind in plain:
        return plain[kind]
    return "x" if kind is str else {}


def put_row(connection: Connection, shop_id: int, table: sa.Table, at: datetime) -> dict[str, Any]:
    """Insert one row of this age, with what it hangs on; returns its values."""
    values: dict[str, Any] = {}
    for column in table.c:
        parent = next((key.column for key in column.foreign_keys), None)
        if column.name == "shop_id":
            values[column.name] = shop_id
        elif parent is not None and parent.table is not table and not column.nullable:
            values[column.name] = put_row(connection, shop_id, parent.table, at)[parent.name]
        elif "personal" in column.info or not (column.nullable or column.autoincrement is True):
            values[column.name] = value_for(column, at)
    if "state" in values:
        values["state"] = _STATES.get(table.name, "x")
    if "id" in table.c:
        values.setdefault("id", 1)
    connection.execute(sa.insert(table).values(**values))
    return values


def held(context: Context, column: personal.PersonalColumn) -> list[Any]:
    table = metadata.tables[column.table]
    with context.db.read() as connection:
        found = connection.execute(sa.select(table.c[column.column])).scalars().all()
    return [value for value in found if value is not None and not str(value).startswith("erased:")]


def run(context: Context, shop: Shop) -> None:
    privacy.retention(context, Step(1, shop.id, "privacy.retention", "r", {}, 1))


def test_every_personal_column_is_here_or_named_with_its_reason() -> None:
    tables = {column.table for column in personal.personal_columns()}
    assert tables >= set(_OTHERWISE)
    assert [column for column in EXPIRING if column.keep_days is None] == []


def test_each_column_lasts_its_time_and_no_longer(context: Context, shop: Shop) -> None:
    tables = {column.table: metadata.tables[column.table] for column in EXPIRING}
    for name, table in tables.items():
        days = [column.keep_days or 0 for column in EXPIRING if column.table == name]
        for place, age in enumerate((min(days) - 1, max(days) + 1)):
            with context.db.write() as connection:
                for gone in reversed(metadata.sorted_tables):
                    if gone.name not in ("shops", "evidence"):
                        connection.execute(sa.delete(gone))
                put_row(connection, shop.id, table, START - timedelta(days=age))
            run(context, shop)
            for column in EXPIRING:
                if column.table == name:
                    wanted = place == 0
                    assert bool(held(context, column)) is wanted, f"{name}.{column.column} {age}"


def test_who_unsubscribed_goes_with_the_proof(context: Context, shop: Shop) -> None:
    left = datetime.fromisoformat("2022-12-30T10:00:00+00:00")
    for state, stays in (("confirmed", 1), ("unsubscribed", 0)):
        with context.db.write() as connection:
            connection.execute(sa.delete(subscribers))
            put_row(connection, shop.id, subscribers, left)
            connection.execute(sa.update(subscribers).values(state=state, unsubscribed_at=left))
        run(context, shop)
        with context.db.read() as connection:
            assert len(connection.execute(sa.select(subscribers)).all()) == stays


def test_messages_that_are_dealt_with_are_pruned(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        for key, age, body in (("old", 61, None), ("new", 59, None)):
            at = START - timedelta(days=age)
            put_inbox(connection, shop.id, topic="t", key=key, received_at=at, body_sealed=body)
    run(context, shop)
    with context.db.read() as connection:
        assert connection.execute(sa.select(inbox.c.key)).scalars().all() == ["new"]
