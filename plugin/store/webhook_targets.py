"""Outgoing webhooks: the addresses that developers gave, and every delivery to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

webhook_targets = sa.Table(
    "webhook_targets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("secret_sealed", sa.Text, nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    # on, off (by the merchant), given_up (by us: it failed for days, or said that it is gone)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("failing_since", Utc),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index("ix_webhook_targets_shop", "shop_id"),
    sqlite_autoincrement=True,
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("target_id", sa.Integer, nullable=False),
    # Told to the receiver: the same for every attempt and every target.
    sa.Column("event_id", sa.String(36), nullable=False),
    sa.Column("topic", sa.String(40), nullable=False),
    # Whom it is about; the message itself is made anew from the rows for each attempt.
    sa.Column("identity", sa.String(64), info=personal("webhook", erase="row", keep_days=30)),
    sa.Column("subject_id", sa.Integer),
    sa.Column("at", Utc, nullable=False),
    # waiting, delivered, failed (after the last attempt), dropped (nobody left to tell of)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.String(60)),
    sa.Column("last_at", Utc),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index("ix_webhook_deliveries_target", "shop_id", "target_id", "id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Target:
    """One address that is told what happens in the shop."""

    id: int
    shop_id: int
    url: str
    secret_sealed: str = field(repr=False)
    topics: list[str]
    state: str
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Delivery:
    """One message to one address, and what came of it."""

    id: int
    shop_id: int
    target_id: int
    event_id: str
    topic: str
    identity: str | None
    subject_id: int | None
    at: datetime
    state: str
    attempts: int
    status: int | None
    error: str | None
    last_at: datetime | None
    created_at: datetime


_TARGET = [webhook_targets.c[one.name] for one in fields(Target)]
_DELIVERY = [webhook_deliveries.c[one.name] for one in fields(Delivery)]


def insert_target(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> int:
    """Add an address and return its id."""
    query = sa.insert(webhook_targets).values(shop_id=shop_id, **values)
    return int(connection.execute(query.returning(webhook_targets.c.id)).scalar_one())


def targets_of(connection: Connection, shop_id: int) -> list[Target]:
    """Return the addresses of a shop, the oldest first."""
    query = sa.select(*_TARGET).where(webhook_targets.c.shop_id == shop_id)
    found = connection.execute(query.order_by(webhook_targets.c.id))
    return [Target(**row._mapping) for row in found]


def target_by_id(
    connection: Connection, shop_id: int, target_id: int, *, lock: bool = False
) -> Target | None:
    """Return one address of the shop."""
    query = sa.select(*_TARGET).where(
        webhook_targets.c.shop_id == shop_id, webhook_targets.c.id == target_id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Target(**row._mapping)


def update_target(connection: Connection, shop_id: int, target_id: int, **values: object) -> None:
    """Change some columns of one address."""
    connection.execute(
        sa.update(webhook_targets)
        .where(webhook_targets.c.shop_id == shop_id, webhook_targets.c.id == target_id)
        .values(**values)
    )


def delete_target(connection: Connection, shop_id: int, target_id: int) -> None:
    """Forget an address with all its deliveries."""
    for table, column in (
        (webhook_deliveries, webhook_deliveries.c.target_id),
        (webhook_targets, webhook_targets.c.id),
    ):
        connection.execute(sa.delete(table).where(table.c.shop_id == shop_id, column == target_id))


def insert_delivery(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> int:
    """Note a message that waits to be delivered; returns its id."""
    row = {"shop_id": shop_id, "state": "waiting", "attempts": 0, **values}
    query = sa.insert(webhook_deliveries).values(**row)
    return int(connection.execute(query.returning(webhook_deliveries.c.id)).scalar_one())


def delivery_by_id(
    connection: Connection, shop_id: int, delivery_id: int, *, lock: bool = False
) -> Delivery | None:
    """Return one delivery of the shop."""
    query = sa.select(*_DELIVERY).where(
        webhook_deliveries.c.shop_id == shop_id, webhook_deliveries.c.id == delivery_id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Delivery(**row._mapping)


def deliveries_to(
    connection: Connection, shop_id: int, target_id: int, limit: int
) -> list[Delivery]:
    """Return the newest deliveries to an address."""
    query = (
        sa.select(*_DELIVERY)
        .where(
            webhook_deliveries.c.shop_id == shop_id,
            webhook_deliveries.c.target_id == target_id,
        )
        .order_by(webhook_deliveries.c.id.desc())
        .limit(limit)
    )
    return [Delivery(**row._mapping) for row in connection.execute(query)]


def update_delivery(
    connection: Connection, shop_id: int, delivery_id: int, **values: object
) -> None:
    """Change some columns of one delivery."""
    connection.execute(
        sa.update(webhook_deliveries)
        .where(webhook_deliveries.c.shop_id == shop_id, webhook_deliveries.c.id == delivery_id)
        .values(**values)
    )
