"""Carts: lines and codes bound to a cookie, and the sums a shopper sees."""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from flask import Request, g, request
from werkzeug.wrappers import Response

from plugin.demo.amounts import spread
from plugin.demo.database import Connection, Row
from plugin.demo.discounts import Applied, Refused, combines, judge
from plugin.demo.history import shipping_for
from plugin.demo.shop import Shop, current_shop

COOKIE = "cart"
R = TypeVar("R", bound=Response)
MOST = 99


class CartError(Exception):
    """The cart cannot take what was asked; the message is a sentence for developers."""


@dataclass(frozen=True)
class Line:
    """One line of a cart."""

    key: str
    variant: Row
    product: Row
    quantity: int
    properties: dict[str, str]

    @property
    def price(self) -> int:
        """The price of one piece in cents."""
        return int(self.variant["price"])

    @property
    def total(self) -> int:
        """The price of the line in cents, before any code."""
        return self.price * self.quantity


@dataclass(frozen=True)
class Sums:
    """What a cart comes to, in cents; `parts` is the discount of each line in order."""

    subtotal: int
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    shipping: int
    tax: int
    total: int
    parts: tuple[int, ...]

    @property
    def discount(self) -> int:
        """What all codes together take off."""
        return sum(code.amount for code in self.applied)


@dataclass(frozen=True)
class Cart:
    """A shopper's cart as stored."""

    token: str
    lines: tuple[Line, ...]
    codes: tuple[str, ...]
    attributes: dict[str, str]

    @property
    def count(self) -> int:
        """How many pieces lie in the cart."""
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> int:
        """The sum of all lines in cents."""
        return sum(line.total for line in self.lines)


def token_of(given: Request) -> str:
    """Return the cart token of a request, a fresh one where there is none."""
    found = given.cookies.get(COOKIE, "")
    if len(found) == 32 and found.isalnum():
        return found
    if "cart_token" not in g:
        g.cart_token = secrets.token_hex(16)
    return str(g.cart_token)


def bind(response: R, token: str) -> R:
    """Bind a response to a cart for two weeks, as the platform does."""
    response.set_cookie(COOKIE, token, max_age=timedelta(days=14), samesite="Lax", httponly=True)
    return response


def load(shop: Shop, token: str) -> Cart:
    """Return the cart of a token; an unknown token is an empty cart."""
    head = shop.db.one("SELECT codes, attributes FROM carts WHERE token = ?", token)
    rows = shop.db.all("SELECT * FROM cart_lines WHERE cart = ? ORDER BY id", token)
    lines = []
    for row in rows:
        variant = shop.db.one("SELECT * FROM variants WHERE id = ?", row["variant_id"])
        if variant is None:
            continue
        product = shop.db.one("SELECT * FROM products WHERE id = ?", variant["product_id"])
        if product is not None:
            properties = json.loads(row["properties"])
            lines.append(Line(row["line_key"], variant, product, row["quantity"], properties))
    if head is None:
        return Cart(token, tuple(lines), (), {})
    codes, attributes = json.loads(head["codes"]), json.loads(head["attributes"])
    return Cart(token, tuple(lines), tuple(codes), attributes)


def current_cart() -> Cart:
    """Return the cart of the request that is being answered."""
    return load(current_shop(), token_of(request))


def sums(shop: Shop, cart: Cart, *, email: str | None = None, country: str = "DE") -> Sums:
    """Return what the cart comes to; with an e-mail address the customer's rules count too."""
    subtotal = cart.subtotal
    applied: list[Applied] = []
    refused: list[Refused] = []
    for code in cart.codes:
        verdict = judge(shop, code, subtotal, cart.count, email)
        if isinstance(verdict, Refused):
            refused.append(verdict)
        elif applied and not (combines(shop, code) and combines(shop, applied[0].code)):
            refused.append(Refused(code, "not_together", {"other": applied[0].code}))
        else:
            applied.append(verdict)
    off = min(subtotal, sum(code.amount for code in applied))
    shipping = shipping_for(country, subtotal - off) if cart.lines else 0
    parts = spread(off, [line.total for line in cart.lines])
    tax = sum(
        _tax_within(line.total - part, line.product["tax"])
        for line, part in zip(cart.lines, parts, strict=True)
    ) + _tax_within(shipping, 19)
    return Sums(
        subtotal, tuple(applied), tuple(refused), shipping, tax, subtotal - off + shipping,
        tuple(parts),
    )  # fmt: skip


def _tax_within(gross: int, rate: int) -> int:
    return gross - round(gross * 100 / (100 + rate))


def _ensure(connection: Connection, shop: Shop, token: str) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO carts (token, created_at) VALUES (?, ?)", (token, shop.stamp())
    )


def line_key(variant_id: int, properties: dict[str, str]) -> str:
    """Return the key under which equal lines are added up."""
    text = json.dumps(properties, sort_keys=True)
    return f"{variant_id}:{zlib.crc32(text.encode()):08x}"


def add(shop: Shop, token: str, variant_id: int, quantity: int, properties: dict[str, str]) -> str:
    """Add pieces of a variant; return the line's key. Raises CartError for what is not on sale."""
    variant = shop.db.one("SELECT * FROM variants WHERE id = ? AND available = 1", variant_id)
    if variant is None:
        raise CartError("Cannot find variant")
    if quantity < 1:
        raise CartError("Quantity must be greater than 0")
    key = line_key(variant_id, properties)
    with shop.db.write() as connection:
        _ensure(connection, shop, token)
        connection.execute(
            "INSERT INTO cart_lines (cart, line_key, variant_id, quantity, properties) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (cart, line_key) "
            "DO UPDATE SET quantity = min(?, quantity + excluded.quantity)",
            (token, key, variant_id, min(quantity, MOST), json.dumps(properties), MOST),
        )
    return key


def change(shop: Shop, token: str, key: str, quantity: int) -> None:
    """Set a line (by key, or the first of a variant id) to a quantity; 0 removes it."""
    wanted = min(max(quantity, 0), MOST)
    found = shop.db.one(
        "SELECT id FROM cart_lines WHERE cart = ? AND (line_key = ? OR variant_id = ?) "
        "ORDER BY line_key = ? DESC, id",
        token,
        key,
        int(key) if key.isdigit() else -1,
        key,
    )
    if found is None:
        raise CartError("The line item you requested to update does not exist")
    with shop.db.write() as connection:
        if wanted:
            connection.execute(
                "UPDATE cart_lines SET quantity = ? WHERE id = ?", (wanted, found["id"])
            )
        else:
            connection.execute("DELETE FROM cart_lines WHERE id = ?", (found["id"],))


def set_codes(shop: Shop, token: str, codes: list[str]) -> None:
    """Set the discount codes of a cart; an empty list takes them off."""
    kept = list(dict.fromkeys(code.strip()[:64] for code in codes if code.strip()))[:5]
    with shop.db.write() as connection:
        _ensure(connection, shop, token)
        connection.execute("UPDATE carts SET codes = ? WHERE token = ?", (json.dumps(kept), token))


def set_attributes(shop: Shop, token: str, given: dict[str, str]) -> None:
    """Add attributes to a cart, which its order takes over; an empty text takes one off."""
    known = load(shop, token).attributes | given
    kept = {name: text for name, text in known.items() if text}
    with shop.db.write() as connection:
        _ensure(connection, shop, token)
        connection.execute(
            "UPDATE carts SET attributes = ? WHERE token = ?", (json.dumps(kept), token)
        )


def empty(connection: Connection, token: str) -> None:
    """Empty a cart inside the caller's transaction."""
    connection.execute("DELETE FROM cart_lines WHERE cart = ?", (token,))
    connection.execute("DELETE FROM carts WHERE token = ?", (token,))
