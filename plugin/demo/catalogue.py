"""The built-in catalogue of Uferhaus: ceramics and tea, about seventy products in two languages."""

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
#: Between the numbers of a product's forms.
FURTHER = 1000

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
        _stock_forms(connection, index, entry)
        _note_facts(connection, index, entry)


def _stock_forms(connection: Connection, index: int, entry: Entry) -> None:
    """Write what can be bought of a product: one form, or one for each size of its packing."""
    forms = entry.get("forms") or [{"title": "Default Title", "size": entry.get("size")}]
    for place, form in enumerate(forms):
        # Further forms are numbered beyond all first ones, which the invented past counts on.
        variant = FIRST_VARIANT + index + place * FURTHER
        connection.execute(
            "INSERT INTO variants (id, product_id, position, title, price, unit_cost) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                variant,
                FIRST_PRODUCT + index,
                place + 1,
                form["title"],
                cents(form.get("price", entry["price"])),
                cents(form.get("cost", entry["cost"])),
            ),
        )
        quantity, unit = form.get("size") or (None, None)
        connection.execute(
            "INSERT INTO variant_facts (variant_id, option, quantity, unit) VALUES (?, ?, ?, ?)",
            (variant, entry.get("choice"), quantity, unit),
        )


def _note_facts(connection: Connection, index: int, entry: Entry) -> None:
    """Write what a product belongs to and goes with, other products by their number."""
    numbers = {item["handle"]: FIRST_PRODUCT + place for place, item in enumerate(entries())}
    connection.execute(
        "INSERT INTO product_facts (product_id, category, tags, complementary, related, rating) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            FIRST_PRODUCT + index,
            entry["category"],
            json.dumps(entry["tags"], ensure_ascii=False),
            json.dumps([numbers[handle] for handle in entry.get("complementary", ())]),
            json.dumps([numbers[handle] for handle in entry.get("related", ())]),
            entry.get("rating"),
        ),
    )
