"""The database: transactions, types, migrations."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.errors import UnavailableError
from plugin.model import Shop
from plugin.store import db as db_module
from plugin.store import migrate
from plugin.store.db import Amount, Database, Utc
from plugin.store.shops import shop_by_domain, shop_by_key, shops


def test_the_migrated_schema_is_the_schema_in_code(db: Database) -> None:
    with db.read() as connection:
        assert migrate.is_current(connection)
        assert migrate.differences(connection) == []


def test_migrating_twice_changes_nothing(db: Database) -> None:
    migrate.upgrade(db)
    with db.read() as connection:
        assert migrate.is_current(connection)


def test_two_migrators_at_once_both_succeed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    failures: list[Exception] = []

    def migrate_once() -> None:
        database = Database(url)
        try:
            migrate.upgrade(database)
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            database.dispose()

    threads = [threading.Thread(target=migrate_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_unmigrated_database_is_not_current(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with database.read() as connection:
        assert not migrate.is_current(connection)
    database.dispose()


def test_a_shop_comes_back_as_it_was_stored(db: Database, shop: Shop) -> None:
    with db.read() as connection:
        assert shop_by_key(connection, shop.key) == shop
        assert shop_by_domain(connection, "shopify", shop.domain) == shop
        assert shop_by_domain(connection, "shopware", shop.domain) is None


def test_a_failed_write_leaves_nothing(db: Database, make_shop: Callable[..., Shop]) -> None:
    with pytest.raises(RuntimeError), db.write() as connection:
        connection.execute(sa.delete(shops))
        raise RuntimeError
    make_shop("another.myshopify.com")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Utc().process_bind_param(datetime(2026, 1, 1), _dialect())  # noqa: DTZ001


def test_times_are_kept_in_utc_whatever_zone_they_came_in(db: Database, shop: Shop) -> None:
    local = datetime.fromisoformat("2026-11-21T14:00:00+01:00")
    with db.write() as connection:
        connection.execute(sa.update(shops).where(shops.c.id == shop.id).values(stopped_at=local))
    with db.read() as connection:
        found = shop_by_key(connection, shop.key)
    assert found is not None
    assert found.stopped_at == datetime(2026, 11, 21, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0.10", "19.9900", "123456789.01"])
def test_amounts_keep_every_digit(text: str) -> None:
    bound = Amount().process_bind_param(Decimal(text), _dialect())
    assert Amount().process_result_value(bound, _dialect()) == Decimal(text)


def test_x14_a_busy_writer_is_waited_for_and_then_answered_as_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_module, "BUSY_SECONDS", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'busy.sqlite3'}")
    migrate.upgrade(database)
    with database.write() as holding:
        holding.execute(sa.select(shops.c.id)).all()
        with pytest.raises(UnavailableError), database.write():
            pytest.fail("the lock was taken twice")
    database.dispose()


def test_x14_a_reader_never_has_to_turn_writer(db: Database, shop: Shop) -> None:
    """Eight threads read, then write in the same transaction; none fails with a locked database."""
    failures: list[Exception] = []

    def raise_version() -> None:
        try:
            for _ in range(10):
                with db.write() as connection:
                    query = sa.select(shops.c.config_version).where(shops.c.id == shop.id)
                    if not db.is_sqlite:
                        query = query.with_for_update()
                    version = connection.execute(query).scalar_one()
                    connection.execute(
                        sa.update(shops)
                        .where(shops.c.id == shop.id)
                        .values(config_version=version + 1)
                    )
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=raise_version) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.read() as connection:
        found = shop_by_key(connection, shop.key)
    assert found is not None
    assert found.config_version == 81


def _dialect() -> sa.Dialect:
    from sqlalchemy.dialects.sqlite import dialect

    return dialect()
