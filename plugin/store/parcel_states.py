"""What follows from the reports of a parcel, kept beside it for lists and figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.orders import shipments


@dataclass(frozen=True)
class KeptState:
    """The state of a parcel as of its last report."""

    stage: int
    condition: str
    phase: str | None
    sent_at: datetime | None
    arrived_at: datetime | None
    expected_day: date | None
    expected_until: date | None
    confidence: str | None
    promised_on: date | None
    troubled: bool
    last_at: datetime | None
    last_kind: str | None
    last_place: str | None


@dataclass(frozen=True)
class StandingParcel:
    """A parcel with its order, and its state as far as it was worked out."""

    shipment_id: str
    order_id: str
    created_at: datetime
    state: KeptState


_STATE = [shipments.c[name] for name in KeptState.__dataclass_fields__]


def lock_parcels(connection: Connection, shop_id: int, ids: list[str]) -> list[StandingParcel]:
    """Return these parcels; whoever else adds to them waits until the transaction ends."""
    query = (
        sa.select(shipments.c.shipment_id, shipments.c.order_id, shipments.c.created_at, *_STATE)
        .where(shipments.c.shop_id == shop_id, shipments.c.shipment_id.in_(ids))
        .order_by(shipments.c.shipment_id)
        .with_for_update()
    )
    return [
        StandingParcel(
            row.shipment_id,
            row.order_id,
            row.created_at,
            KeptState(**{column.name: row._mapping[column.name] for column in _STATE}),
        )
        for row in connection.execute(query)
    ]


def save_state(
    connection: Connection, shop_id: int, shipment_id: str, state: KeptState, now: datetime
) -> None:
    """Store what follows from the reports of a parcel."""
    connection.execute(
        sa.update(shipments)
        .where(shipments.c.shop_id == shop_id, shipments.c.shipment_id == shipment_id)
        .values(**asdict(state), changed_at=now)
    )
