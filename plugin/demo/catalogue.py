"""The built-in catalogue of Uferhaus: ceramics and tea, about sixty products in two languages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from plugin.demo.amounts import cents
from plugin.demo.database import Connection
from plugin.demo.shop import Shop

FIRST_PRODUCT = 8_410_001
FIRST_VARIANT = 45_210_001

Entry = dict[str, Any]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the catalogue file's entries in their order."""
    path = Path(__file__).with_name("catalogue") / "products.json"
    return tuple(json.loads(path.read_text(encoding="utf-8")))


def stock_shelves(connection: Connection, shop: Shop) -> None:
    """Write the built-in catalogue into an empty shop."""
    now = shop.stamp()
    for index, entry in enumerate(entries()):
        texts = {name: entry[name] for name in ("title", "note", "text", "facts")}
        connection.execute(
            "INSERT INTO products (id, handle, kind, glaze, collection, title, texts, tax, "
            "featured, sold, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,0,?,?)",
            (
                FIRST_PRODUCT + index,
                entry["handle"],
                entry["kind"],
                entry["glaze"],
                ",".join(entry["collections"]),
                entry["title"]["de"],
                json.dumps(texts, ensure_ascii=False),
                entry["tax"],
                entry["featured"],
                now,
                now,
            ),
        )
        connection.execute(
            "INSERT INTO variants (id, product_id, position, title, price, unit_cost) "
            "VALUES (?, ?, 1, 'Default Title', ?, ?)",
            (
                FIRST_VARIANT + index,
                FIRST_PRODUCT + index,
                cents(entry["price"]),
                cents(entry["cost"]),
            ),
        )
