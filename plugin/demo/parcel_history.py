"""Parcels of the last weeks for the built-in shop: most in time, some late, a few stuck."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from plugin.demo.carriers import expected_day, link_of, tracking_number, usual_carrier
from plugin.demo.database import Connection, Row
from plugin.demo.shop import Shop, stamp

SEED = 4711
#: Longer than the four weeks that Bleib looks at: an order of their first morning has one, too.
DAYS = 30
#: Of a hundred parcels so many come too late, by carrier.
_LATE = {"DHL": 6, "DPD": 10, "Österreichische Post": 12, "Schweizerische Post": 8}
#: In a busy shop one of so many orders of the last days still waits for its parcel.
_WAITS_EACH, _WAITS_DAYS = 3, 2.5
#: Orders placed so many days ago may be stuck.
_STUCK_DAYS = (4, 7)
_CENTRES = ("Köngen", "Hagen", "Günzburg", "Wolfurt")


class _Mark(NamedTuple):
    """One scan."""

    status: str
    message: str
    city: str | None
    at: datetime


def write_parcels(connection: Connection, shop: Shop, most_stuck: int) -> None:
    """Give each delivered order of the last weeks that has none a parcel with its scans.

    `most_stuck` of them have not been scanned for days, the last one never.
    """
    dice = random.Random(SEED)  # noqa: S311 - a repeatable past, not secrecy
    now, left = shop.now(), most_stuck
    rows = connection.execute(
        "SELECT * FROM orders WHERE stage = 4 AND cancelled_at IS NULL AND created_at > ? "
        "AND id NOT IN (SELECT order_id FROM fulfillments) ORDER BY id",
        (stamp(now - timedelta(days=DAYS)),),
    ).fetchall()
    busy = shop.settings.waiting_orders > 0
    for order in rows:
        placed = datetime.fromisoformat(order["created_at"])
        age = (now - placed).days
        young = now - placed < timedelta(days=_WAITS_DAYS)
        if busy and young and order["id"] % _WAITS_EACH == 0:
            connection.execute("UPDATE orders SET stage = 1 WHERE id = ?", (order["id"],))
            continue
        hangs = left > 0 and _STUCK_DAYS[0] <= age < _STUCK_DAYS[1]
        _write(connection, dice, order, now, left if hangs else None)
        left -= hangs


def _write(
    connection: Connection, dice: random.Random, order: Row, now: datetime, stuck: int | None
) -> None:
    company = usual_carrier(order["country"])
    if company == "DHL" and dice.random() < 0.4 and stuck is None:
        company = "DPD"
    placed = datetime.fromisoformat(order["created_at"])
    sent = placed + timedelta(hours=dice.uniform(4, 30))
    promised = expected_day(sent)
    late = dice.randrange(100) < _LATE[company]
    arrived = promised + timedelta(
        days=dice.choice((1, 2)) if late else 0, hours=-dice.uniform(1, 6)
    )
    scans = [_Mark("CONFIRMED", "Sendung angekündigt", None, placed + timedelta(hours=3))]
    if stuck != 1:  # the last one is announced and no more
        centre = "Köln" if stuck is None else _CENTRES[stuck % len(_CENTRES)]
        scans.append(_Mark("IN_TRANSIT", "Im Paketzentrum bearbeitet", centre, sent))
    if stuck is None:
        scans.append(_Mark("DELIVERED", "Zugestellt", order["city"], arrived))
    scans = [scan for scan in scans if scan.at < now]
    status = scans[-1].status if scans else "CONFIRMED"
    moments = {scan.status: stamp(scan.at) for scan in scans}
    parcel = _parcel(connection, order, company, status, moments, stamp(promised))
    _scans(connection, parcel, scans)
    if status != "DELIVERED":
        stage = 3 if status == "IN_TRANSIT" else 2
        connection.execute("UPDATE orders SET stage = ? WHERE id = ?", (stage, order["id"]))


def _parcel(
    connection: Connection,
    order: Row,
    company: str,
    status: str,
    moments: dict[str, str],
    promised: str,
) -> int:
    number = tracking_number(order["id"], company)
    first, newest = moments.get("CONFIRMED", order["created_at"]), max(moments.values(), default="")
    made = connection.execute(
        "INSERT INTO fulfillments (order_id, company, number, url, status, created_at, updated_at, "
        "estimated_at, in_transit_at, delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order["id"],
            company,
            number,
            link_of(company, number),
            status,
            first,
            newest or first,
            promised,
            moments.get("IN_TRANSIT"),
            moments.get("DELIVERED"),
        ),
    )
    connection.execute(
        "INSERT INTO parcel_lines (fulfillment_id, line_id, quantity) "
        "SELECT ?, id, quantity FROM lines WHERE order_id = ?",
        (made.lastrowid, order["id"]),
    )
    return int(made.lastrowid or 0)


def _scans(connection: Connection, parcel: int, scans: list[_Mark]) -> None:
    connection.executemany(
        "INSERT INTO fulfillment_events (fulfillment_id, status, happened_at, message, city, "
        "country) VALUES (?, ?, ?, ?, ?, NULL)",
        [(parcel, scan.status, stamp(scan.at), scan.message, scan.city) for scan in scans],
    )
