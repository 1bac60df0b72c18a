"""Opens the demo shop: its file, and on the very first start its shelves and its past."""

from __future__ import annotations

import logging
from datetime import timedelta

from plugin.demo import parcels
from plugin.demo.catalogue import stock_shelves
from plugin.demo.database import Database, remember
from plugin.demo.history import write_history
from plugin.demo.import_orders import Progress, import_orders
from plugin.demo.parcel_history import write_parcels
from plugin.demo.settings import Settings
from plugin.demo.shop import Shop, stamp

FILE = "demo-shop.sqlite3"
# How far the four newest orders have come when the shop opens.
OPEN_STEPS = (3, 2, 1, 0)


def _log(line: str) -> None:
    logging.getLogger(__name__).info(line)


def open_shop(settings: Settings, progress: Progress = _log) -> Shop:
    """Return the shop; an empty file is stocked first, with `progress` told what happens.

    The file of an earlier run is used as it is: orders, carts, install and mails are kept.
    """
    shop = Shop(settings, Database(settings.data / FILE))
    if shop.db.fact("opened"):
        return shop
    with shop.db.write() as connection:
        if settings.orders_file is not None:
            progress(f"reading {settings.orders_file.name}")
            import_orders(connection, shop, settings.orders_file, progress)
        else:
            stock_shelves(connection, shop)
            write_history(connection, shop, settings.generated_orders)
        remember(connection, "opened", shop.stamp())
    if settings.orders_file is None:
        _leave_some_waiting(shop)
        _leave_some_open(shop)
        with shop.db.write() as connection:
            write_parcels(connection, shop, settings.stuck_parcels)
    return shop


def _leave_some_waiting(shop: Shop) -> None:
    """Let the newest orders be of this day, every other one of them without its payment."""
    newest = shop.db.all(
        "SELECT id FROM orders ORDER BY id DESC LIMIT ?", shop.settings.waiting_orders
    )
    now = shop.now()
    with shop.db.write() as connection:
        for number, row in enumerate(newest, start=1):
            at = stamp(now - timedelta(minutes=20 * number))
            connection.execute(
                "UPDATE orders SET stage = 1, created_at = ?, updated_at = ?, cancelled_at = NULL,"
                " financial_status = ? WHERE id = ?",
                (at, at, "PENDING" if number % 2 else "PAID", row["id"]),
            )


def _leave_some_open(shop: Shop) -> None:
    newest = shop.db.all(
        "SELECT id FROM orders ORDER BY id DESC LIMIT ? OFFSET ?",
        len(OPEN_STEPS),
        shop.settings.waiting_orders,
    )
    now = shop.now()
    with shop.db.write() as connection:
        for hours, row in enumerate(newest, start=1):
            at = stamp(now - timedelta(hours=5 * hours))
            connection.execute(
                "UPDATE orders SET stage = 1, created_at = ?, updated_at = ?, cancelled_at = NULL,"
                " financial_status = 'PAID' WHERE id = ?",
                (at, at, row["id"]),
            )
    for row, steps in zip(reversed(newest), OPEN_STEPS, strict=False):
        for _ in range(steps):
            parcels.step(shop, row["id"])
