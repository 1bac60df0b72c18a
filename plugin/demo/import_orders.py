"""Loads a CSV of real orders as products, customers and order history.

Columns: basket_id, timestamp, item_id, and where present customer_id, price, qty, country, name.
Prices count as GBP. The whole past is moved forward by full weeks so that the newest order is
recent: weekdays stay what they were, and "the last 30 days" is not empty.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from plugin.demo.amounts import cents
from plugin.demo.catalogue import FIRST_PRODUCT, FIRST_VARIANT
from plugin.demo.database import Connection, remember
from plugin.demo.generic_kinds import collection_of, glaze_of, kind_of
from plugin.demo.history import FIRST_ORDER
from plugin.demo.people import FIRST_CUSTOMER
from plugin.demo.shop import Shop, stamp

REQUIRED = ("basket_id", "timestamp", "item_id")
EVERY = 50_000
UCI = "uci_online_retail"
COUNTRIES = {
    "united kingdom": "GB", "eire": "IE", "germany": "DE", "france": "FR", "austria": "AT",
    "switzerland": "CH", "netherlands": "NL", "belgium": "BE", "spain": "ES", "portugal": "PT",
    "italy": "IT", "norway": "NO", "denmark": "DK", "sweden": "SE", "finland": "FI",
    "channel islands": "GB", "cyprus": "CY", "greece": "GR", "poland": "PL", "iceland": "IS",
    "malta": "MT", "lithuania": "LT", "czech republic": "CZ", "australia": "AU", "japan": "JP",
    "singapore": "SG", "usa": "US", "canada": "CA", "israel": "IL", "hong kong": "HK",
    "bahrain": "BH", "lebanon": "LB", "brazil": "BR", "saudi arabia": "SA", "rsa": "ZA",
    "united arab emirates": "AE",
}  # fmt: skip

Progress = Callable[[str], None]


class WrongFileError(Exception):
    """The file cannot be read as orders; the message says what is missing."""


@dataclass
class _Item:
    product: int
    variant: int
    name: str = ""
    price: int = 0
    sold: int = 0


@dataclass
class _Basket:
    key: str
    at: datetime
    customer: str
    country: str
    lines: list[tuple[int, int, str, int, int]] = field(default_factory=list)


def _reader(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
        text = io.TextIOWrapper(
            cast("io.BufferedReader", raw), encoding="utf-8", errors="replace", newline=""
        )
        reader = csv.DictReader(text)
        missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise WrongFileError(f"{path.name} lacks the column(s) {', '.join(missing)}")
        yield from reader


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _shift(path: Path, now: datetime) -> timedelta:
    newest = max((row["timestamp"] for row in _reader(path)), default="")
    if not newest:
        raise WrongFileError(f"{path.name} holds no orders")
    return timedelta(weeks=(now - _moment(newest)).days // 7)


class _Import:
    """One run of an import inside one write transaction."""

    def __init__(self, connection: Connection, shop: Shop, progress: Progress) -> None:
        self._connection = connection
        self._now = shop.stamp()
        self._progress = progress
        self._items: dict[str, _Item] = {}
        self._customers: dict[str, int] = {}
        self._baskets: dict[str, _Basket] = {}
        self._written = 0
        self._lines = 0

    def run(self, path: Path, shift: timedelta) -> None:
        """Read the file line by line and write what it holds."""
        for row in _reader(path):
            self._take(row, shift)
            self._lines += 1
            if self._lines % EVERY == 0:
                self._progress(f"{self._lines:,} lines, {len(self._baskets):,} orders")
        for basket in sorted(self._baskets.values(), key=lambda found: (found.at, found.key)):
            self._write_order(basket)
        self._write_products()
        self._progress(
            f"{self._lines:,} lines, {self._written:,} orders, {len(self._items):,} products, "
            f"{len(self._customers):,} customers"
        )

    def _take(self, row: dict[str, str], shift: timedelta) -> None:
        key = row["basket_id"]
        basket = self._baskets.get(key)
        if basket is None:
            basket = _Basket(
                key,
                _moment(row["timestamp"]) + shift,
                row.get("customer_id") or "",
                COUNTRIES.get((row.get("country") or "").lower(), "GB"),
            )
            self._baskets[key] = basket
        item = self._item(row)
        quantity = max(1, int(float(row.get("qty") or 1)))
        price = cents(row["price"]) if row.get("price") else 100
        item.sold += quantity
        item.price = price
        basket.lines.append((item.product, item.variant, item.name, quantity, price))

    def _item(self, row: dict[str, str]) -> _Item:
        found = self._items.get(row["item_id"])
        if found is None:
            number = len(self._items)
            found = _Item(FIRST_PRODUCT + number, FIRST_VARIANT + number)
            self._items[row["item_id"]] = found
        name = (row.get("name") or "").strip()
        found.name = found.name or name or row["item_id"]
        return found

    def _customer(self, basket: _Basket) -> tuple[int | None, str]:
        if not basket.customer:
            return None, f"gast{basket.key.lower()}@example.com"
        email = f"kunde{basket.customer.lower()}@example.com"
        known = self._customers.get(basket.customer)
        if known is None:
            known = FIRST_CUSTOMER + len(self._customers)
            self._customers[basket.customer] = known
            at = stamp(basket.at)
            self._connection.execute(
                "INSERT INTO customers (id, email, locale, created_at, updated_at) "
                "VALUES (?, ?, 'en', ?, ?)",
                (known, email, at, at),
            )
        return known, email

    def _write_order(self, basket: _Basket) -> None:
        customer, email = self._customer(basket)
        order_id = FIRST_ORDER + self._written
        self._written += 1
        subtotal = sum(quantity * price for *_, quantity, price in basket.lines)
        at = stamp(basket.at)
        self._connection.execute(
            "INSERT INTO orders (id, name, token, email, customer_id, created_at, updated_at, "
            "financial_status, currency, subtotal, discount, shipping, total, country, stage) "
            "VALUES (?,?,?,?,?,?,?,'PAID','GBP',?,0,0,?,?,4)",
            (
                order_id,
                f"#{basket.key}",
                secrets.token_hex(16),
                email,
                customer,
                at,
                at,
                subtotal,
                subtotal,
                basket.country,
            ),
        )
        self._connection.executemany(
            "INSERT INTO lines (order_id, product_id, variant_id, title, quantity, price) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(order_id, *line) for line in basket.lines],
        )

    def _write_products(self) -> None:
        handles: set[str] = set()
        for key, item in self._items.items():
            handle = handle_for(item.name, key, handles)
            texts = {
                "title": {"de": item.name, "en": item.name},
                "note": {"de": f"Artikel {key}", "en": f"Item {key}"},
                "text": {"de": "", "en": ""},
                "facts": [],
            }
            self._connection.execute(
                "INSERT INTO products (id, handle, kind, glaze, collection, title, texts, tax, "
                "featured, sold, created_at, updated_at) VALUES (?,?,?,?,?,?,?,19,0,?,?,?)",
                (
                    item.product,
                    handle,
                    kind_of(item.name),
                    glaze_of(item.name),
                    collection_of(item.name),
                    item.name,
                    json.dumps(texts, ensure_ascii=False),
                    item.sold,
                    self._now,
                    self._now,
                ),
            )
            self._connection.execute(
                "INSERT INTO variants (id, product_id, position, title, price) "
                "VALUES (?, ?, 1, 'Default Title', ?)",
                (item.variant, item.product, item.price),
            )


def handle_for(name: str, key: str, taken: set[str]) -> str:
    """Return an address part for a product name, unique among `taken`, and take it."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name)
    handle = "-".join(words.lower().split()) or "artikel"
    if handle in taken:
        handle = f"{handle}-{key.lower()}"
    while handle in taken:
        handle += "-x"
    taken.add(handle)
    return handle


def import_orders(connection: Connection, shop: Shop, path: Path, progress: Progress) -> None:
    """Load a CSV (also .gz) of orders into an empty shop, inside the caller's transaction.

    `progress` is called with a line of English text now and then. Raises WrongFileError.
    """
    _Import(connection, shop, progress).run(path, _shift(path, shop.now()))
    remember(connection, "currency", "GBP")
    remember(connection, "source", path.name)
    if path.name.startswith(UCI):
        remember(connection, "attribution", "uci")
