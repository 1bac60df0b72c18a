"""Parcels: what the merchant and the carrier do with an order, step by step."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from plugin.demo import payloads
from plugin.demo.database import Connection, Row
from plugin.demo.shop import Shop, stamp
from plugin.demo.webhooks import announce

DELIVERED = 4
CARRIERS = {
    "DHL": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    "DPD": "https://tracking.dpd.de/parcelstatus?query={number}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/?trackingId={number}",
    "GLS": "https://www.gls-pakete.de/sendungsverfolgung?trackingNumber={number}",
    "Österreichische Post": "https://www.post.at/sv/sendungsdetails?snr={number}",
    "Schweizerische Post": "https://www.post.ch/swisspost-tracking?formattedParcelCodes={number}",
}


@dataclass(frozen=True)
class Scan:
    """One event of a carrier."""

    status: str
    message: str
    city: str | None = None
    country: str | None = None


def usual_carrier(country: str | None) -> str:
    """Return the carrier that brings parcels to a country."""
    return {"AT": "Österreichische Post", "CH": "Schweizerische Post"}.get(country or "", "DHL")


def tracking_number(order_id: int) -> str:
    """Return a made-up tracking number of twenty digits; an order always gets the same."""
    dice = random.Random(order_id)  # noqa: S311 - invented, not secret
    return "00340434" + "".join(str(dice.randrange(10)) for _ in range(12))


def expected_day(now: datetime) -> datetime:
    """Return the promised delivery: the second working day from now, in the afternoon."""
    day = now
    left = 2
    while left:
        day += timedelta(days=1)
        left -= day.weekday() != 6
    return day.replace(hour=15, minute=0, second=0)


def fulfil(shop: Shop, order_id: int, company: str = "", number: str = "") -> int | None:
    """Mark an order as sent with a carrier; return the parcel's id, None if that is impossible."""
    with shop.db.write() as connection:
        order = connection.execute("SELECT * FROM orders WHERE id = ?", (order_id,)).fetchone()
        if order is None or order["stage"] != 1 or order["cancelled_at"]:
            return None
        company = company or usual_carrier(order["country"])
        number = number.strip() or tracking_number(order_id)
        link = CARRIERS.get(company, CARRIERS["DHL"]).format(number=quote(number))
        now = shop.now()
        made = connection.execute(
            "INSERT INTO fulfillments (order_id, company, number, url, status, created_at, "
            "updated_at, estimated_at) VALUES (?, ?, ?, ?, 'CONFIRMED', ?, ?, ?)",
            (order_id, company, number, link, stamp(now), stamp(now), stamp(expected_day(now))),
        )
        parcel = int(made.lastrowid or 0)
        _scan(connection, shop, parcel, Scan("CONFIRMED", "Sendung angekündigt"))
        _touch(connection, shop, order_id, 2)
        _tell(connection, shop, order, parcel, "fulfillments/create")
    shop.bell.set()
    return parcel


def step(shop: Shop, order_id: int) -> int:
    """Move an order one step on (fulfil, hand over, deliver); return its stage, 1 to 4."""
    order = shop.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    if order is None:
        raise LookupError(f"no order {order_id}")
    if order["stage"] == 1:
        fulfil(shop, order_id)
    elif order["stage"] == 2:
        _advance(shop, order, 3, [Scan("IN_TRANSIT", "Im Paketzentrum bearbeitet", "Köln", "DE")])
    elif order["stage"] == 3:
        place = {"city": order["city"], "country": order["country"]}
        _advance(
            shop,
            order,
            DELIVERED,
            [
                Scan("OUT_FOR_DELIVERY", "In Zustellung", **place),
                Scan("DELIVERED", "Zugestellt", **place),
            ],
        )
    return shop.db.number("SELECT stage FROM orders WHERE id = ?", order_id)


def delay(shop: Shop, order_id: int) -> bool:
    """Let the carrier report two more working days; tell whether a parcel was under way."""
    order = shop.db.one("SELECT * FROM orders WHERE id = ? AND stage IN (2, 3)", order_id)
    if order is None:
        return False
    _advance(shop, order, 3, [Scan("DELAYED", "Verzögerung im Paketzentrum", "Köln", "DE")])
    return True


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


def _advance(shop: Shop, order: Row, stage: int, scans: list[Scan]) -> None:
    with shop.db.write() as connection:
        parcel = connection.execute(
            "SELECT id FROM fulfillments WHERE order_id = ? ORDER BY id DESC", (order["id"],)
        ).fetchone()["id"]
        for scan in scans:
            _scan(connection, shop, parcel, scan)
            _record(connection, shop, parcel, scan.status)
        _touch(connection, shop, order["id"], stage)
        _tell(connection, shop, order, parcel, "fulfillments/update")
    shop.bell.set()


def _record(connection: Connection, shop: Shop, parcel: int, status: str) -> None:
    now = shop.now()
    connection.execute(
        "UPDATE fulfillments SET status = ?, updated_at = ? WHERE id = ?",
        (status, stamp(now), parcel),
    )
    if status == "DELAYED":
        promised = connection.execute(
            "SELECT estimated_at FROM fulfillments WHERE id = ?", (parcel,)
        ).fetchone()["estimated_at"]
        later = expected_day(max(now, datetime.fromisoformat(promised)))
        connection.execute(
            "UPDATE fulfillments SET estimated_at = ? WHERE id = ?", (stamp(later), parcel)
        )
    if status in ("IN_TRANSIT", "DELAYED"):
        connection.execute(
            "UPDATE fulfillments SET in_transit_at = coalesce(in_transit_at, ?) WHERE id = ?",
            (stamp(now), parcel),
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


def _touch(connection: Connection, shop: Shop, order_id: int, stage: int) -> None:
    connection.execute(
        "UPDATE orders SET stage = ?, updated_at = ? WHERE id = ?",
        (stage, shop.stamp(), order_id),
    )


def _tell(connection: Connection, shop: Shop, order: Row, parcel: int, topic: str) -> None:
    announce(connection, shop, topic, order["name"], payloads.fulfillment(shop, parcel))
    announce(connection, shop, "orders/updated", order["name"], payloads.order(shop, order["id"]))
