"""The database: one engine, explicit read and write transactions, column types of the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from plugin.errors import UnavailableError

#: Seconds a writer waits for another one before the request is answered with 503.
BUSY_SECONDS: float = 5
#: FULL: an answered sign-up must survive a power cut, not only a crash of the process.
SYNCHRONOUS = "FULL"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; a naive one is a bug and refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Keep the zone where the database can."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Hand out UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Amount(sa.types.TypeDecorator[Decimal]):
    """A decimal amount: text in SQLite (which would make it a float), numeric in PostgreSQL."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Choose the exact type of the database."""
        exact: sa.types.TypeEngine[Any] = (
            sa.Numeric(14, 4) if dialect.name == "postgresql" else sa.String(24)
        )
        return dialect.type_descriptor(exact)

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401
        """Store without loss."""
        if value is None or dialect.name == "postgresql":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:  # noqa: ANN401
        """Hand out a Decimal."""
        return None if value is None else Decimal(value)


Erasure = Literal["row", "blank", "keep_locked"]


def personal(datum: str, *, erase: Erasure, keep_days: int | None) -> dict[str, Any]:
    """Mark a column as personal (for `Column(info=...)`).

    `datum` names it in an export, `erase` says what erasing a person does to it ("keep_locked":
    the law wants the proof kept, so only its retention ends it), `keep_days` after how many days
    it expires by itself (None: with the row it hangs on).
    """
    return {"personal": {"datum": datum, "erase": erase, "keep_days": keep_days}}


def shop_column(**extra: Any) -> sa.Column[int]:  # noqa: ANN401
    """Return the column that ties a row to its tenant."""
    return sa.Column(
        "shop_id",
        sa.Integer,
        sa.ForeignKey("shops.id", ondelete="CASCADE"),
        nullable=False,
        **extra,
    )


class Database:
    """Reading and writing transactions on SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = sa.engine.make_url(url)
        self.engine = _engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits when the block ends and rolls back on any error.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a reader that turns writer
        would fail without waiting. UnavailableError("database_busy") if the lock is not free
        within BUSY_SECONDS.
        """
        with (
            _translated(),
            self.engine.connect().execution_options(bleib_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def dispose(self) -> None:
        """Close every pooled connection (after a fork, at the end of a test)."""
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise UnavailableError("database_busy", retry_after=2) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError("database_busy", retry_after=2) from error
        raise


def _engine(url: sa.engine.URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
        )
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # What is stored of people must not stand in the log of an error.
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("bleib_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
