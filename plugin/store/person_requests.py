"""What people asked for under data protection law: noted when it comes, kept as a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

#: Receipts show that a request was answered, for as long as somebody may ask (§§ 195, 199 BGB).
_KEPT = personal("request", erase="blank", keep_days=4 * 365)

person_requests = sa.Table(
    "person_requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("kind", sa.String(10), nullable=False),  # access, erasure
    sa.Column("source", sa.String(10), nullable=False),  # platform, admin, api, command
    # The message it came with, where work on it is queued.
    sa.Column("inbox_id", sa.Integer),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("done_at", Utc),
    sa.Column("done_by", sa.String(120)),
    sa.Column("identity", sa.String(64), info=_KEPT),
    sa.Column("customer_id", sa.String(80), info=_KEPT),
    # Who it is, in the clear only while there is something to answer.
    sa.Column("person_sealed", sa.Text, info=personal("request", erase="blank", keep_days=120)),
    # Rows by table: {"erased": {...}, "kept_locked": {...}} or {"handed_out": {...}}.
    sa.Column("receipt", sa.JSON),
    sa.Index("ix_person_requests_received", "shop_id", "received_at"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class StoredRequest:
    """One request as it is stored."""

    id: int
    kind: str
    source: str
    received_at: datetime
    done_at: datetime | None
    done_by: str | None
    person_sealed: str | None = field(repr=False)
    receipt: dict[str, dict[str, int]] | None


_FIELDS = [person_requests.c[one.name] for one in fields(StoredRequest)]


def add(connection: Connection, shop_id: int, values: dict[str, Any]) -> int:
    """Note a request; returns its number."""
    query = sa.insert(person_requests).values(shop_id=shop_id, **values)
    return int(connection.execute(query.returning(person_requests.c.id)).scalar_one())


def by_id(connection: Connection, shop_id: int, request_id: int) -> StoredRequest | None:
    """Return one request of the shop."""
    return _one(connection, shop_id, person_requests.c.id == request_id)


def by_inbox(connection: Connection, shop_id: int, inbox_id: int) -> StoredRequest | None:
    """Return the request that came with a message."""
    return _one(connection, shop_id, person_requests.c.inbox_id == inbox_id)


def _one(
    connection: Connection, shop_id: int, which: sa.ColumnElement[bool]
) -> StoredRequest | None:
    query = sa.select(*_FIELDS).where(person_requests.c.shop_id == shop_id, which)
    row = connection.execute(query).first()
    return None if row is None else StoredRequest(**row._mapping)


def newest(connection: Connection, shop_id: int, limit: int) -> list[StoredRequest]:
    """Return requests: all that wait come first, the oldest of them first; then what is done."""
    columns = person_requests.c
    waits = sa.case((columns.done_at.is_(None), columns.received_at), else_=None)
    query = (
        sa.select(*_FIELDS)
        .where(columns.shop_id == shop_id)
        .order_by(columns.done_at.is_not(None), waits, columns.id.desc())
        .limit(limit)
    )
    return [StoredRequest(**row._mapping) for row in connection.execute(query)]


def close(
    connection: Connection,
    shop_id: int,
    ids: Sequence[int],
    *,
    at: datetime,
    by: str | None,
    receipt: dict[str, dict[str, int]] | None,
) -> None:
    """Note requests as answered; from here on a check value says whose they were."""
    connection.execute(
        sa.update(person_requests)
        .where(person_requests.c.shop_id == shop_id, person_requests.c.id.in_(ids))
        .values(done_at=at, done_by=by, receipt=receipt, person_sealed=None)
    )


def open_of_person(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> list[int]:
    """Return the waiting requests of one person."""
    columns = person_requests.c
    same = [columns.identity == identity] if identity else []
    same += [columns.customer_id == customer_id] if customer_id else []
    query = sa.select(columns.id).where(
        columns.shop_id == shop_id, columns.done_at.is_(None), sa.or_(sa.false(), *same)
    )
    return list(connection.execute(query).scalars())
