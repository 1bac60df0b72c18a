"""Long lists are read in parts, and no part costs the sorting of the whole list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import mail_connections, subscriber_list
from plugin.store.subscribers import subscribers
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture

Read = Callable[[Connection, int], object]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PARTS: dict[str, Read] = {
    "everybody who confirmed": lambda connection, shop_id: subscriber_list.listed(
        connection, shop_id, 0, 100
    ),
    "everybody for a mail service": lambda connection, shop_id: mail_connections.people_after(
        connection, shop_id, 0, LONG_AGO, 100
    ),
}


def sorts(context: Context, read: Read, shop_id: int) -> bool:
    """Tell whether SQLite puts rows in order by itself for this reading."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def hear(
        _c: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object
    ) -> None:
        asked.append((statement, values))

    sa.event.listen(context.db.engine, "before_cursor_execute", hear)
    with context.db.read() as connection:
        read(connection, shop_id)
    sa.event.remove(context.db.engine, "before_cursor_execute", hear)
    statement, values = asked[-1]
    with context.db.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return any("TEMP B-TREE" in row.detail for row in plan)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_comes_from_an_index_in_its_order(context: Context, shop: Shop, name: str) -> None:
    assert not sorts(context, PARTS[name], shop.id)


def test_a_reading_that_sorts_everybody_would_be_noticed(context: Context, shop: Shop) -> None:
    def by_language(connection: Connection, shop_id: int) -> object:
        query = sa.select(subscribers.c.id).where(subscribers.c.shop_id == shop_id)
        return connection.execute(query.order_by(subscribers.c.language).limit(100)).all()

    assert sorts(context, by_language, shop.id)
