"""Turns an order of the platform into what we keep of it: check values instead of addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from plugin.errors import InvalidFieldError
from plugin.model import Order, Shop
from plugin.sanitize import plain_text
from plugin.security import Keyring
from plugin.services.context import Context
from plugin.services.identity import clean_email, email_check, identity_of
from plugin.services.parcels.links import hash_of, token_of
from plugin.store.orders import MarkedLine, orders
from plugin.store.personal import keep_days

_COUNTRY_PREFIX = re.compile(r"^[A-Z]{1,3}-")
_SEAL = "order_email"


@dataclass(frozen=True)
class Person:
    """Who ordered, in the forms that we keep; everything None once the time for it is over."""

    identity: str | None = None
    email_check: str | None = None
    postcode_check: str | None = None
    email_sealed: str | None = None
    customer_id: str | None = None


def person_of(context: Context, shop: Shop, order: Order) -> Person:
    """Return what may be kept of the person who placed an order of that age."""
    age = context.now() - order.created_at
    if age > timedelta(days=keep_days(orders.c.identity)):
        return Person()
    postcode = order.postcode and postcode_check(context.keys, shop.id, order.postcode)
    email = _clean(order.email)
    if email is None:
        return Person(postcode_check=postcode, customer_id=order.customer_id)
    writable = age <= timedelta(days=keep_days(orders.c.email_sealed))
    return Person(
        identity=identity_of(context.keys, shop.id, email),
        email_check=email_check(context.keys, shop.id, email),
        postcode_check=postcode,
        email_sealed=context.keys.seal(shop.id, _SEAL, email) if writable else None,
        customer_id=order.customer_id,
    )


def open_email(keys: Keyring, shop_id: int, sealed: str) -> str:
    """Return the address of an order."""
    return keys.unseal(shop_id, _SEAL, sealed)


def postcode_check(keys: Keyring, shop_id: int, postcode: str) -> str:
    """Return the check value of a postcode; spaces, case and country prefix do not matter."""
    text = _COUNTRY_PREFIX.sub("", postcode.strip().upper())
    return keys.check_value(shop_id, "postcode", "".join(filter(str.isalnum, text)))


def pseudonym(keys: Keyring, shop_id: int, order_id: str) -> str:
    """Return the id under which an erased order's basket stays: known again, not readable."""
    return "erased:" + keys.check_value(shop_id, "order", order_id)[:48]


def order_row(context: Context, shop: Shop, order: Order, person: Person) -> dict[str, Any]:
    """Return the columns of an order."""
    return {
        "order_id": order.id,
        "number": order.number[:40],
        "identity": person.identity,
        "email_check": person.email_check,
        "postcode_check": person.postcode_check,
        "email_sealed": person.email_sealed,
        "customer_id": person.customer_id,
        "link_hash": _link_hash(context, shop, order),
        "country": order.country,
        "currency": order.currency,
        "total": order.total,
        "discount": order.discount,
        "codes": list(order.codes),
        "paid": order.paid,
        "placed_at": order.created_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "channel": order.channel,
    }


def _link_hash(context: Context, shop: Shop, order: Order) -> str | None:
    if context.now() - order.created_at > timedelta(days=keep_days(orders.c.link_hash)):
        return None
    return hash_of(token_of(context.keys, shop.id, order.id))


def line_rows(order: Order, marked: Mapping[tuple[str, str], MarkedLine]) -> list[dict[str, Any]]:
    """Return the columns of an order's lines; a mark once known survives an answer without it."""
    rows = []
    for line in order.lines:
        known = marked.get((order.id, line.id))
        source = line.source or (known.source if known else None)
        rows.append(
            {
                "order_id": order.id,
                "line_id": line.id,
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "title": plain_text(line.title)[:300],
                "quantity": line.quantity,
                "price": line.price,
                "source": source[:80] if source else None,
                "kept": line.kept,
            }
        )
    return rows


def _clean(email: str | None) -> str | None:
    try:
        return clean_email(email) if email else None
    except InvalidFieldError:
        return None
