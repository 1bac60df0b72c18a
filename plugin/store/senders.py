"""Who a shop's mails come from: name, address, key of its signature, and what the DNS said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.writing import insert_of

senders = sa.Table(
    "senders",
    metadata,
    shop_column(primary_key=True),
    # What stands before the address; "": the shop's name.
    sa.Column("name", sa.String(80), nullable=False),
    # "": the operator's address.
    sa.Column("address", sa.String(320), nullable=False),
    # "": the shop's contact address as the platform knows it.
    sa.Column("reply_to", sa.String(320), nullable=False),
    sa.Column("selector", sa.String(63), nullable=False),
    sa.Column("key_sealed", sa.Text, nullable=False),
    sa.Column("key_public", sa.Text, nullable=False),
    # Whether the last check found everything that mails from this address need.
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("checked_at", Utc),
    sa.Column("findings", sa.JSON),
)


@dataclass(frozen=True)
class StoredSender:
    """One shop's sender; `key_sealed` opens with Keyring.unseal(…, "dkim", …)."""

    name: str
    address: str
    reply_to: str
    selector: str
    key_sealed: str
    key_public: str
    passed: bool
    checked_at: datetime | None
    findings: Any


_FIELDS = [senders.c[field.name] for field in fields(StoredSender)]


def sender_of(connection: Connection, shop_id: int) -> StoredSender | None:
    """Return what the shop has set, None if it never did."""
    row = connection.execute(sa.select(*_FIELDS).where(senders.c.shop_id == shop_id)).first()
    return None if row is None else StoredSender(**row._mapping)


def put_sender(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> None:
    """Set some columns of a shop's sender; the first time it takes all of them."""
    updated = connection.execute(
        sa.update(senders).where(senders.c.shop_id == shop_id).values(**values)
    )
    if updated.rowcount == 0:
        connection.execute(insert_of(connection, senders).values(shop_id=shop_id, **values))


def note_check(
    connection: Connection,
    shop_id: int,
    address: str,
    *,
    passed: bool,
    findings: Any,  # noqa: ANN401 - JSON
    at: datetime,
) -> None:
    """Write down what a check of an address found, unless the address was changed meanwhile."""
    connection.execute(
        sa.update(senders)
        .where(senders.c.shop_id == shop_id, senders.c.address == address)
        .values(passed=passed, findings=findings, checked_at=at)
    )
