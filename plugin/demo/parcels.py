"""Parcels: what the merchant and the carrier do with an order, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from plugin.demo import payloads
from plugin.demo.carriers import (
    expected_day,
    link_of,
    other_carrier,
    tracking_number,
    usual_carrier,
)
from plugin.demo.database import Connection, Row
from plugin.demo.shop import Shop, stamp
from plugin.demo.webhooks import announce

DELIVERED = 4
#: Quantities by order line.
Pieces = dict[int, int]


@dataclass(frozen=True)
class Scan:
    """One event of a carrier."""

    status: str
    message: str
    city: str | None = None
    country: str | None = None


_TRANSIT = Scan("IN_TRANSIT", "Im Paketzentrum bearbeitet", "Köln", "DE")
#: What a carrier may report instead of going on, by the name of the back room.
TROUBLES: Mapping[str, Scan] = {
    "delay": Scan("DELAYED", "Verzögerung im Paketzentrum", "Köln", "DE"),
    "damage": Scan("FAILURE", "Sendung beschädigt", "Köln", "DE"),
    "miss": Scan("ATTEMPTED_DELIVERY", "Empfänger nicht angetroffen"),
    "pickup": Scan("READY_FOR_PICKUP", "Zur Abholung bereit: Filiale Seestraße 12"),
}


def fulfil(shop: Shop, order_id: int, company: str = "", number: str = "") -> int | None:
    """Mark an order as sent in one parcel; return the parcel's id, None if that is impossible."""
    order = _open_order(shop, order_id)
    if order is None:
        return None
    company = company or usual_carrier(order["country"])
    number = number.strip() or tracking_number(order_id, company)
    return _send(shop, order, [(company, number, _pieces(shop, order_id))])[0]


def split(shop: Shop, order_id: int) -> list[int]:
    """Mark an order as sent in two parcels of two carriers; [] if that is impossible."""
    order = _open_order(shop, order_id)
    halves = _halves(_pieces(shop, order_id))
    if order is None or not all(halves):
        return []
    first = usual_carrier(order["country"])
    companies = (first, other_carrier(first))
    return _send(
        shop,
        order,
        [
            (company, tracking_number(order_id * 10 + place, company), pieces)
            for place, (company, pieces) in enumerate(zip(companies, halves, strict=True))
        ],
    )


def step(shop: Shop, order_id: int) -> int:
    """Move an order one step on (fulfil, hand over, deliver); return its stage, 1 to 4."""
    order = shop.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    if order is None:
        raise LookupError(f"no order {order_id}")
    if order["stage"] == 1:
        fulfil(shop, order_id)
    for parcel in open_parcels(shop, order_id) if order["stage"] in (2, 3) else []:
        step_parcel(shop, parcel["id"])
    return shop.db.number("SELECT stage FROM orders WHERE id = ?", order_id)


def step_parcel(shop: Shop, parcel_id: int) -> bool:
    """Let the carrier take one parcel a step on; tell whether there was one under way."""
    found = _under_way(shop, parcel_id)
    if found is None:
        return False
    parcel, order = found
    if parcel["in_transit_at"] is None:
        _report(shop, order, parcel, [_TRANSIT])
        return True
    place = {"city": order["city"], "country": order["country"]}
    scans = [Scan("OUT_FOR_DELIVERY", "In Zustellung", **place)]
    _report(shop, order, parcel, [*scans, Scan("DELIVERED", "Zugestellt", **place)])
    return True


def trouble(shop: Shop, parcel_id: int, name: str) -> bool:
    """Let the carrier report one of `TROUBLES`; tell whether that parcel was under way."""
    found = _under_way(shop, parcel_id)
    if found is None:
        return False
    parcel, order = found
    scan = TROUBLES[name]
    if scan.city is None:
        scan = Scan(scan.status, scan.message, order["city"], order["country"])
    _report(shop, order, parcel, [scan])
    return True


def delay(shop: Shop, order_id: int) -> bool:
    """Let the newest parcel of an order be late; tell whether one was under way."""
    parcels = open_parcels(shop, order_id)
    return bool(parcels) and trouble(shop, parcels[-1]["id"], "delay")


def cancel(shop: Shop, order_id: int) -> bool:
    """Cancel and refund an order that has not been sent; tell whether that was possible."""
    with shop.db.write() as connection:
        now = shop.stamp()
        done = connection.execute(
            "UPDATE orders SET cancelled_at = ?, updated_at = ?, financial_status = 'REFUNDED' "
            "WHERE id = ? AND stage = 1 AND cancelled_at IS NULL",
            (now, now, order_id),
        )
        if not done.rowcount:
            return False
        body = payloads.order(shop, order_id)
        announce(connection, shop, "orders/cancelled", body["name"], body)
        announce(connection, shop, "orders/updated", body["name"], body)
    shop.bell.set()
    return True


def parcels_of(shop: Shop, order_id: int) -> list[Row]:
    """Return an order's parcels, the oldest first."""
    return shop.db.all("SELECT * FROM fulfillments WHERE order_id = ? ORDER BY id", order_id)


def open_parcels(shop: Shop, order_id: int) -> list[Row]:
    """Return an order's parcels that have not arrived."""
    return [row for row in parcels_of(shop, order_id) if row["delivered_at"] is None]


def stage_of(parcel: Row) -> int:
    """Return how far a parcel is: 2 announced, 3 on its way, 4 delivered."""
    if parcel["delivered_at"] is not None:
        return DELIVERED
    return 2 if parcel["in_transit_at"] is None else 3


def _open_order(shop: Shop, order_id: int) -> Row | None:
    return shop.db.one(
        "SELECT * FROM orders WHERE id = ? AND stage = 1 AND cancelled_at IS NULL", order_id
    )


def _under_way(shop: Shop, parcel_id: int) -> tuple[Row, Row] | None:
    parcel = shop.db.one(
        "SELECT * FROM fulfillments WHERE id = ? AND delivered_at IS NULL", parcel_id
    )
    if parcel is None:
        return None
    order = shop.db.one("SELECT * FROM orders WHERE id = ?", parcel["order_id"])
    return None if order is None else (parcel, order)


def _pieces(shop: Shop, order_id: int) -> Pieces:
    lines = shop.db.all("SELECT id, quantity FROM lines WHERE order_id = ? ORDER BY id", order_id)
    return {line["id"]: line["quantity"] for line in lines}


def _halves(pieces: Pieces) -> tuple[Pieces, Pieces]:
    """Share an order between two parcels, by its lines or by the pieces of its only one."""
    if len(pieces) > 1:
        cut = (len(pieces) + 1) // 2
        shared = list(pieces.items())
        return dict(shared[:cut]), dict(shared[cut:])
    first = {line: (count + 1) // 2 for line, count in pieces.items()}
    return first, {line: n - first[line] for line, n in pieces.items() if n > first[line]}


def _send(shop: Shop, order: Row, wanted: list[tuple[str, str, Pieces]]) -> list[int]:
    parcels = []
    with shop.db.write() as connection:
        for company, number, pieces in wanted:
            parcel = _write(connection, shop.now(), order, company, number)
            connection.executemany(
                "INSERT INTO parcel_lines (fulfillment_id, line_id, quantity) VALUES (?, ?, ?)",
                [(parcel, line, count) for line, count in pieces.items()],
            )
            _scan(connection, shop, parcel, Scan("CONFIRMED", "Sendung angekündigt"))
            parcels.append(parcel)
        _touch(connection, shop, order["id"])
        for parcel in parcels:
            _tell(connection, shop, order, parcel, "fulfillments/create")
    shop.bell.set()
    return parcels


def _write(connection: Connection, now: datetime, order: Row, company: str, number: str) -> int:
    made = connection.execute(
        "INSERT INTO fulfillments (order_id, company, number, url, status, created_at, "
        "updated_at, estimated_at) VALUES (?, ?, ?, ?, 'CONFIRMED', ?, ?, ?)",
        (
            order["id"],
            company,
            number,
            link_of(company, quote(number)),
            stamp(now),
            stamp(now),
            stamp(expected_day(now)),
        ),
    )
    return int(made.lastrowid or 0)


def _report(shop: Shop, order: Row, parcel: Row, scans: list[Scan]) -> None:
    with shop.db.write() as connection:
        for scan in scans:
            _scan(connection, shop, parcel["id"], scan)
            _record(connection, shop, parcel["id"], scan.status)
        _touch(connection, shop, order["id"])
        _tell(connection, shop, order, parcel["id"], "fulfillments/update")
    shop.bell.set()


def _record(connection: Connection, shop: Shop, parcel: int, status: str) -> None:
    now = shop.now()
    connection.execute(
        "UPDATE fulfillments SET status = ?, updated_at = ?, "
        "in_transit_at = coalesce(in_transit_at, ?) WHERE id = ?",
        (status, stamp(now), stamp(now), parcel),
    )
    if status == "DELAYED":
        promised = connection.execute(
            "SELECT estimated_at FROM fulfillments WHERE id = ?", (parcel,)
        ).fetchone()["estimated_at"]
        later = expected_day(max(now, datetime.fromisoformat(promised)))
        connection.execute(
            "UPDATE fulfillments SET estimated_at = ? WHERE id = ?", (stamp(later), parcel)
        )
    if status == "DELIVERED":
        connection.execute(
            "UPDATE fulfillments SET delivered_at = ? WHERE id = ?", (stamp(now), parcel)
        )


def _scan(connection: Connection, shop: Shop, parcel: int, scan: Scan) -> None:
    connection.execute(
        "INSERT INTO fulfillment_events (fulfillment_id, status, happened_at, message, city, "
        "country) VALUES (?, ?, ?, ?, ?, ?)",
        (parcel, scan.status, shop.stamp(), scan.message, scan.city, scan.country),
    )


def _touch(connection: Connection, shop: Shop, order_id: int) -> None:
    """Let an order be as far as the last of its parcels."""
    rows = connection.execute("SELECT * FROM fulfillments WHERE order_id = ?", (order_id,))
    connection.execute(
        "UPDATE orders SET stage = ?, updated_at = ? WHERE id = ?",
        (min(stage_of(row) for row in rows), shop.stamp(), order_id),
    )


def _tell(connection: Connection, shop: Shop, order: Row, parcel: int, topic: str) -> None:
    announce(connection, shop, topic, order["name"], payloads.fulfillment(shop, parcel))
    announce(connection, shop, "orders/updated", order["name"], payloads.order(shop, order["id"]))
