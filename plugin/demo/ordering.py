"""Placing an order: the one way a cart becomes an order, for shoppers and for the back room."""

from __future__ import annotations

import itertools
import json
import random
import secrets
from dataclasses import dataclass

from plugin.demo import carts, payloads
from plugin.demo.carts import Cart, Line, Sums, sums
from plugin.demo.database import Connection, Row
from plugin.demo.people import invent_person
from plugin.demo.shop import Shop
from plugin.demo.webhooks import announce


@dataclass(frozen=True)
class Address:
    """Who orders and where it goes."""

    email: str
    first_name: str
    last_name: str
    street: str
    zip: str
    city: str
    country: str


class CodeGoneError(Exception):
    """A single-use code was used by another order a moment ago."""


def place(shop: Shop, cart: Cart, address: Address) -> int:
    """Turn a cart into a paid order and tell the app; return the order's id.

    The cart's codes must have been judged for this address before. Raises CodeGoneError if a
    code was used up in between; then nothing has happened.
    """
    total = sums(shop, cart, email=address.email, country=address.country)
    with shop.db.write() as connection:
        for code in total.applied:
            taken = connection.execute(
                "UPDATE discounts SET used = used + 1 WHERE code = ? "
                "AND (usage_limit IS NULL OR used < usage_limit)",
                (code.code,),
            )
            if not taken.rowcount:
                raise CodeGoneError(code.code)
        customer = _customer(connection, shop, address)
        order_id = _write(connection, shop, cart, address, total, customer)
        carts.empty(connection, cart.token)
        body = payloads.order(shop, order_id)
        announce(connection, shop, "orders/create", body["name"], body)
    shop.bell.set()
    return order_id


def _customer(connection: Connection, shop: Shop, address: Address) -> int:
    now = shop.stamp()
    connection.execute(
        "INSERT INTO customers (email, first_name, last_name, locale, created_at, updated_at) "
        "VALUES (?, ?, ?, 'de', ?, ?) ON CONFLICT (email) DO UPDATE SET "
        "first_name = excluded.first_name, last_name = excluded.last_name, "
        "updated_at = excluded.updated_at",
        (address.email, address.first_name, address.last_name, now, now),
    )
    row = connection.execute("SELECT id FROM customers WHERE email = ?", (address.email,))
    return int(row.fetchone()["id"])


def _write(
    connection: Connection, shop: Shop, cart: Cart, address: Address, total: Sums, customer: int
) -> int:
    now = shop.stamp()
    newest = connection.execute(
        "SELECT max(CAST(substr(name, 2) AS INTEGER)) AS number FROM orders"
    ).fetchone()
    name = f"#{int(newest['number'] or 1000) + 1}"
    code = total.applied[0] if total.applied else None
    made = connection.execute(
        "INSERT INTO orders (name, token, email, customer_id, created_at, updated_at, "
        "financial_status, currency, subtotal, discount, shipping, total, code, code_kind, "
        "first_name, last_name, street, zip, city, country, attributes, stage) "
        "VALUES (?,?,?,?,?,?,'PAID',?,?,?,?,?,?,?,?,?,?,?,?,?,?,1)",
        (
            name,
            secrets.token_hex(16),
            address.email,
            customer,
            now,
            now,
            shop.currency,
            total.subtotal,
            total.discount,
            total.shipping,
            total.total,
            code.code if code else None,
            code.kind if code else None,
            address.first_name,
            address.last_name,
            address.street,
            address.zip,
            address.city,
            address.country,
            json.dumps(cart.attributes),
        ),
    )
    order_id = int(made.lastrowid or 0)
    for line, off in zip(cart.lines, total.parts, strict=True):
        _write_line(connection, order_id, line, off)
    return order_id


def _write_line(connection: Connection, order_id: int, line: Line, off: int) -> None:
    connection.execute(
        "INSERT INTO lines (order_id, product_id, variant_id, title, quantity, price, discount, "
        "properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order_id,
            line.product["id"],
            line.variant["id"],
            line.product["title"],
            line.quantity,
            line.price,
            off,
            json.dumps(line.properties) if line.properties else None,
        ),
    )
    connection.execute(
        "UPDATE products SET sold = sold + ? WHERE id = ?", (line.quantity, line.product["id"])
    )


def somebody_buys(
    shop: Shop,
    email: str = "",
    pieces: int = 2,
    codes: list[str] | None = None,
    country: str = "",
) -> Row:
    """Let an invented customer order some of the best-selling products; return the order.

    `email` makes it somebody in particular, `country` ("DE", "AT" or "CH") somebody from there.
    Codes are used as far as they hold.
    """
    dice = random.SystemRandom()
    anybody = (
        invent_person(random.Random(dice.random()), dice.randrange(10**6))  # noqa: S311
        for _ in itertools.count()
    )
    invented = next(one for one in anybody if country in {"", one.country})
    address = Address(
        email or invented.email,
        invented.first,
        invented.last,
        invented.street,
        invented.zip,
        invented.city,
        invented.country,
    )
    token = secrets.token_hex(16)
    shelf = shop.db.all(
        "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id "
        "WHERE v.available = 1 ORDER BY p.sold DESC LIMIT 40"
    )
    for row in dice.sample(shelf, min(pieces, len(shelf))):
        carts.add(shop, token, row["id"], 1, {})
    if codes:
        carts.set_codes(shop, token, codes)
    order_id = place(shop, carts.load(shop, token), address)
    order = shop.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    if order is None:
        raise LookupError(f"no order {order_id}")
    return order
