"""What was told of parcels and what lies in them: added to, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Expected, ParcelEvent, ShippedLine
from plugin.store.db import Utc, metadata, shop_column
from plugin.store.orders import shipments as parcels
from plugin.store.writing import Row, chunks, insert_ignoring, upsert

parcel_events = sa.Table(
    "parcel_events",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    #: The source's own id, or a value made of what makes two reports the same one.
    sa.Column("event_key", sa.String(90), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    #: What the source calls it.
    sa.Column("word", sa.String(40), nullable=False),
    sa.Column("happened_at", Utc, nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("place", sa.String(120)),
    sa.Column("text", sa.String(300)),
    sa.Column("expected_day", sa.Date),
    sa.Column("expected_until", sa.Date),
    sa.Column("window_from", sa.Time),
    sa.Column("window_to", sa.Time),
    sa.Column("confidence", sa.String(10)),
    sa.Column("taken_at", Utc, nullable=False),
)

shipment_lines = sa.Table(
    "shipment_lines",
    metadata,
    shop_column(primary_key=True),
    sa.Column("shipment_id", sa.String(80), primary_key=True),
    sa.Column("line_id", sa.String(80), primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class KeptEvent:
    """An event with the key that makes it one, and the word its source used."""

    key: str
    word: str
    event: ParcelEvent


def add(
    connection: Connection,
    shop_id: int,
    shipment_id: str,
    told: Sequence[KeptEvent],
    now: datetime,
) -> int:
    """Store what is not known yet; returns how many that were, and the order's page is old."""
    if not told:
        return 0
    known = parcel_events.c
    query = sa.select(known.event_key).where(
        known.shop_id == shop_id, known.shipment_id == shipment_id
    )
    held = set(connection.execute(query).scalars())
    new = {item.key: item for item in told if item.key not in held}
    rows = [_row(shop_id, shipment_id, item, now) for item in new.values()]
    if rows:
        connection.execute(insert_ignoring(connection, parcel_events), rows)
        connection.execute(
            sa.update(parcels)
            .where(parcels.c.shop_id == shop_id, parcels.c.shipment_id == shipment_id)
            .values(page_changes=parcels.c.page_changes + 1)
        )
    return len(rows)


def events_of(
    connection: Connection, shop_id: int, shipments: Sequence[str]
) -> dict[str, list[KeptEvent]]:
    """Return what was told of these parcels, by parcel, in no particular order."""
    found: dict[str, list[KeptEvent]] = {shipment: [] for shipment in shipments}
    for some in chunks(shipments):
        query = sa.select(parcel_events).where(
            parcel_events.c.shop_id == shop_id, parcel_events.c.shipment_id.in_(some)
        )
        for row in connection.execute(query):
            found[row.shipment_id].append(KeptEvent(row.event_key, row.word, _event(row)))
    return found


def put_lines(
    connection: Connection, shop_id: int, inside: Mapping[str, Sequence[ShippedLine]]
) -> None:
    """Store what lies in parcels, in place of what was stored for them."""
    _drop_from(connection, shipment_lines, shop_id, list(inside))
    upsert(
        connection,
        shipment_lines,
        [
            {
                "shop_id": shop_id,
                "shipment_id": shipment,
                "line_id": line.line_id,
                "quantity": line.quantity,
            }
            for shipment, lines in inside.items()
            for line in lines
        ],
    )


def lines_of(
    connection: Connection, shop_id: int, shipments: Sequence[str]
) -> dict[str, tuple[ShippedLine, ...]]:
    """Return what lies in these parcels; one of which nothing is known is missing."""
    found: dict[str, tuple[ShippedLine, ...]] = {}
    for some in chunks(shipments):
        query = (
            sa.select(shipment_lines)
            .where(shipment_lines.c.shop_id == shop_id, shipment_lines.c.shipment_id.in_(some))
            .order_by(shipment_lines.c.line_id)
        )
        for row in connection.execute(query):
            line = ShippedLine(row.line_id, row.quantity)
            found[row.shipment_id] = (*found.get(row.shipment_id, ()), line)
    return found


def forget(connection: Connection, shop_id: int, shipments: Sequence[str]) -> None:
    """Delete everything that hangs on these parcels."""
    for table in (parcel_events, shipment_lines):
        _drop_from(connection, table, shop_id, shipments)


def _drop_from(
    connection: Connection, table: sa.Table, shop_id: int, shipments: Sequence[str]
) -> None:
    for some in chunks(shipments):
        connection.execute(
            sa.delete(table).where(table.c.shop_id == shop_id, table.c.shipment_id.in_(some))
        )


def _row(shop_id: int, shipment_id: str, kept: KeptEvent, now: datetime) -> Row:
    event, told = kept.event, kept.event.expected
    window: tuple[time, time] | tuple[None, None] = (None, None)
    if told is not None and told.window is not None:
        window = told.window
    return {
        "shop_id": shop_id,
        "shipment_id": shipment_id,
        "event_key": kept.key,
        "kind": event.kind,
        "word": kept.word,
        "happened_at": event.happened_at,
        "source": event.source,
        "place": event.place,
        "text": event.text,
        "expected_day": told.day if told else None,
        "expected_until": told.until_day if told else None,
        "window_from": window[0],
        "window_to": window[1],
        "confidence": told.confidence if told else None,
        "taken_at": now,
    }


def _event(row: Any) -> ParcelEvent:  # noqa: ANN401 - a row of the database
    expected = None
    if row.expected_day is not None:
        window = None if row.window_from is None else (row.window_from, row.window_to)
        expected = Expected(row.expected_day, row.expected_until, window, row.confidence)
    return ParcelEvent(row.kind, row.happened_at, row.source, row.place, row.text, expected)
