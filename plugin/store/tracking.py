"""Keys of a shop at tracking APIs, and when each of its parcels is looked for again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.orders import shipments
from plugin.store.writing import Row, upsert

carrier_keys = sa.Table(
    "carrier_keys",
    metadata,
    shop_column(primary_key=True),
    sa.Column("api", sa.String(20), primary_key=True),
    sa.Column("credentials_sealed", sa.Text, nullable=False),
    # connected, revoked (credentials refused)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("per_day", sa.Integer, nullable=False),
    # How often it was asked on that day (UTC).
    sa.Column("day", sa.Date),
    sa.Column("asked", sa.Integer, nullable=False),
    # Before this nothing is asked: the pause between two calls, or after a failure.
    sa.Column("next_at", Utc, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("error", sa.String(60)),
    sa.Column("heard_at", Utc),
    sa.Column("connected_at", Utc, nullable=False),
)

parcel_looks = sa.Table(
    "parcel_looks",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    # As it was asked for, without blanks.
    sa.Column("number", sa.String(80), nullable=False),
    # Empty: never again.
    sa.Column("due_at", Utc),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Index("ix_parcel_looks_number", "shop_id", "number"),
)


@dataclass(frozen=True)
class CarrierKey:
    """A shop's access to one API, its credentials still sealed."""

    shop_id: int
    api: str
    credentials_sealed: str = field(repr=False)
    state: str
    per_day: int
    day: date | None
    asked: int
    next_at: datetime
    failures: int
    error: str | None
    heard_at: datetime | None
    connected_at: datetime


@dataclass(frozen=True)
class Watched:
    """A parcel as polling sees it; `failures` are looks in a row that found nothing."""

    shipment_id: str
    carrier: str | None
    tracking_number: str
    phase: str | None
    last_at: datetime | None
    created_at: datetime
    failures: int


_KEY = [carrier_keys.c[one.name] for one in fields(CarrierKey)]
_WATCHED = [
    *[shipments.c[one.name] for one in fields(Watched) if one.name != "failures"],
    sa.func.coalesce(parcel_looks.c.failures, 0).label("failures"),
]
_LOOKED_FOR = shipments.outerjoin(
    parcel_looks,
    sa.and_(
        parcel_looks.c.shop_id == shipments.c.shop_id,
        parcel_looks.c.shipment_id == shipments.c.shipment_id,
    ),
)


def keys_of(connection: Connection, shop_id: int) -> list[CarrierKey]:
    """Return the shop's keys, by the name of the API."""
    query = sa.select(*_KEY).where(carrier_keys.c.shop_id == shop_id).order_by(carrier_keys.c.api)
    return [CarrierKey(**row._mapping) for row in connection.execute(query)]


def key_of(
    connection: Connection, shop_id: int, api: str, *, lock: bool = False
) -> CarrierKey | None:
    """Return the shop's key for one API; `lock` holds it until the transaction ends."""
    query = sa.select(*_KEY).where(carrier_keys.c.shop_id == shop_id, carrier_keys.c.api == api)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else CarrierKey(**row._mapping)


def put_key(connection: Connection, shop_id: int, api: str, values: Mapping[str, object]) -> None:
    """Store a key in place of any earlier one."""
    row: Row = {"shop_id": shop_id, "api": api, **values}
    upsert(connection, carrier_keys, [row])


def update_key(connection: Connection, shop_id: int, api: str, /, **values: object) -> None:
    """Change a key; one that is gone stays gone."""
    connection.execute(
        sa.update(carrier_keys)
        .where(carrier_keys.c.shop_id == shop_id, carrier_keys.c.api == api)
        .values(**values)
    )


def delete_key(connection: Connection, shop_id: int, api: str) -> None:
    """Forget a key with its credentials."""
    connection.execute(
        sa.delete(carrier_keys).where(carrier_keys.c.shop_id == shop_id, carrier_keys.c.api == api)
    )


def due(
    connection: Connection, shop_id: int, now: datetime, since: datetime, limit: int
) -> list[Watched]:
    """Return parcels made at or after `since` that are due, the longest waiting first."""
    query = (
        sa.select(*_WATCHED)
        .select_from(_LOOKED_FOR)
        .where(
            shipments.c.shop_id == shop_id,
            shipments.c.tracking_number.is_not(None),
            shipments.c.created_at >= since,
            sa.or_(parcel_looks.c.shipment_id.is_(None), parcel_looks.c.due_at <= now),
        )
        .order_by(
            sa.func.coalesce(parcel_looks.c.due_at, shipments.c.created_at),
            shipments.c.shipment_id,
        )
        .limit(limit)
    )
    return [Watched(**row._mapping) for row in connection.execute(query)]


def watched(connection: Connection, shop_id: int, ids: Sequence[str]) -> list[Watched]:
    """Return these parcels as they are now."""
    query = (
        sa.select(*_WATCHED)
        .select_from(_LOOKED_FOR)
        .where(shipments.c.shop_id == shop_id, shipments.c.shipment_id.in_(ids))
    )
    return [Watched(**row._mapping) for row in connection.execute(query)]


def put_look(
    connection: Connection,
    shop_id: int,
    shipment_id: str,
    number: str,
    due_at: datetime | None,
    failures: int = 0,
) -> None:
    """Say when a parcel is looked for again; None is never."""
    row: Row = {
        "shop_id": shop_id,
        "shipment_id": shipment_id,
        "number": number[:80],
        "due_at": due_at,
        "failures": failures,
    }
    upsert(connection, parcel_looks, [row])


def looked_for(connection: Connection, shop_id: int, number: str) -> list[str]:
    """Return the parcels that were asked for by this number."""
    query = sa.select(parcel_looks.c.shipment_id).where(
        parcel_looks.c.shop_id == shop_id, parcel_looks.c.number == number
    )
    return list(connection.execute(query).scalars())


def forget_looks(connection: Connection, shop_id: int) -> None:
    """Let every parcel of the shop be looked for anew."""
    connection.execute(sa.delete(parcel_looks).where(parcel_looks.c.shop_id == shop_id))


def drop_strays(connection: Connection, shop_id: int) -> None:
    """Delete what is kept of parcels that are gone."""
    there = sa.select(shipments.c.shipment_id).where(shipments.c.shop_id == shop_id)
    connection.execute(
        sa.delete(parcel_looks).where(
            parcel_looks.c.shop_id == shop_id, parcel_looks.c.shipment_id.not_in(there)
        )
    )
