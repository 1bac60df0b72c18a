"""Files that a merchant hands in: what was read of them, cut into slices for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("kind", sa.String(20), nullable=False),
    # checked (waits for the merchant's yes), running, done, dropped
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("good", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
    # The first rows that do not fit: row, column and reason, never what stood there.
    sa.Column("problems", sa.JSON, nullable=False),
    sa.Column("problem_count", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("finished_at", Utc),
    sqlite_autoincrement=True,
)

import_slices = sa.Table(
    "import_slices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("import_id", sa.Integer, nullable=False),
    # Sealed, because orders name people; gone as soon as it is taken in.
    sa.Column(
        "body_sealed", sa.Text, nullable=False, info=personal("import", erase="row", keep_days=2)
    ),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index("ix_import_slices_import", "shop_id", "import_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Import:
    """One file that was handed in."""

    id: int
    kind: str
    state: str
    rows: int
    good: int
    taken: int
    problems: list[dict[str, Any]]
    problem_count: int
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Slice:
    """Some of the rows of a file, sealed."""

    id: int
    body_sealed: str


_FIELDS = [imports.c[field.name] for field in fields(Import)]


def insert_import(
    connection: Connection, shop_id: int, slices: Sequence[str], **values: object
) -> int:
    """Note a file with its sealed slices; returns its id."""
    query = sa.insert(imports).values(shop_id=shop_id, taken=0, **values).returning(imports.c.id)
    import_id = int(connection.execute(query).scalar_one())
    for sealed in slices:
        connection.execute(
            sa.insert(import_slices).values(
                shop_id=shop_id,
                import_id=import_id,
                body_sealed=sealed,
                created_at=values["created_at"],
            )
        )
    return import_id


def import_of(
    connection: Connection, shop_id: int, import_id: int, *, lock: bool = False
) -> Import | None:
    """Return one file of the shop."""
    query = sa.select(*_FIELDS).where(imports.c.shop_id == shop_id, imports.c.id == import_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Import(**row._mapping)


def newest_imports(connection: Connection, shop_id: int, limit: int = 10) -> list[Import]:
    """Return the files that were handed in last, the newest first."""
    query = sa.select(*_FIELDS).where(imports.c.shop_id == shop_id)
    found = connection.execute(query.order_by(imports.c.id.desc()).limit(limit))
    return [Import(**row._mapping) for row in found]


def update_import(connection: Connection, shop_id: int, import_id: int, **values: object) -> None:
    """Change some columns of one file."""
    connection.execute(
        sa.update(imports)
        .where(imports.c.shop_id == shop_id, imports.c.id == import_id)
        .values(**values)
    )


def next_slice(connection: Connection, shop_id: int, import_id: int) -> Slice | None:
    """Return the first slice that is not taken in yet."""
    query = (
        sa.select(import_slices.c.id, import_slices.c.body_sealed)
        .where(import_slices.c.shop_id == shop_id, import_slices.c.import_id == import_id)
        .order_by(import_slices.c.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Slice(**row._mapping)


def waiting_slices(connection: Connection, shop_id: int) -> list[Slice]:
    """Return everything that waits to be taken in, locked until the transaction ends."""
    query = sa.select(import_slices.c.id, import_slices.c.body_sealed).where(
        import_slices.c.shop_id == shop_id
    )
    found = connection.execute(query.order_by(import_slices.c.id).with_for_update())
    return [Slice(**row._mapping) for row in found]


def change_slice(connection: Connection, shop_id: int, slice_id: int, sealed: str) -> None:
    """Give a slice another content."""
    connection.execute(
        sa.update(import_slices)
        .where(import_slices.c.shop_id == shop_id, import_slices.c.id == slice_id)
        .values(body_sealed=sealed)
    )


def drop_slice(connection: Connection, shop_id: int, slice_id: int) -> bool:
    """Delete a slice; False if somebody else has done it."""
    dropped = connection.execute(
        sa.delete(import_slices).where(
            import_slices.c.shop_id == shop_id, import_slices.c.id == slice_id
        )
    )
    return dropped.rowcount == 1


def drop_slices(connection: Connection, shop_id: int, import_id: int) -> None:
    """Delete what is left of a file."""
    connection.execute(
        sa.delete(import_slices).where(
            import_slices.c.shop_id == shop_id, import_slices.c.import_id == import_id
        )
    )
