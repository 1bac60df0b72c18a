"""Customers as the Admin API shows and changes them."""

from __future__ import annotations

import json
import re
from typing import Any

from plugin.demo import payloads
from plugin.demo.database import Connection, Row
from plugin.demo.pages import Listing, Node, gid, number_of
from plugin.demo.shop import Shop
from plugin.demo.webhooks import announce

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_STATES = ("SUBSCRIBED", "UNSUBSCRIBED", "PENDING")


def customer_node(shop: Shop, row: Row) -> Node:
    """Return a customer with the state of their consent to advertising by e-mail."""
    return {
        "id": gid("Customer", row["id"]),
        "updatedAt": row["updated_at"],
        "numberOfOrders": lambda _info: str(
            shop.db.number("SELECT count(*) FROM orders WHERE customer_id = ?", row["id"])
        ),
        "defaultEmailAddress": {
            "emailAddress": row["email"],
            "marketingState": row["marketing_state"],
            "marketingOptInLevel": row["marketing_level"],
            "marketingUpdatedAt": row["marketing_at"],
        },
    }


CUSTOMERS = Listing(
    "customers",
    {"updated_at": "updated_at", "created_at": "created_at", "email": "email", "id": "id"},
    customer_node,
)


def by_identifier(shop: Shop, identifier: dict[str, Any]) -> Node | None:
    """Return the customer with an e-mail address or a global id."""
    if "emailAddress" in identifier:
        row = shop.db.one("SELECT * FROM customers WHERE email = ?", identifier["emailAddress"])
    else:
        number = number_of(identifier["id"], "Customer")
        row = shop.db.one("SELECT * FROM customers WHERE id = ?", number)
    return customer_node(shop, row) if row else None


def _fault(field: str, message: str, code: str | None = None) -> Node:
    return {"field": field.split("."), "message": message, "code": code}


def _consent_faults(consent: dict[str, Any] | None) -> list[Node]:
    if consent is not None and consent["marketingState"] not in _STATES:
        place = "input.emailMarketingConsent.marketingState"
        return [_fault(place, "is not an allowed state", "INCLUSION")]
    return []


def create(shop: Shop, given: dict[str, Any]) -> Node:
    """Answer customerCreate."""
    email = (given.get("email") or "").strip()
    faults = _consent_faults(given.get("emailMarketingConsent"))
    if not _ADDRESS.fullmatch(email):
        faults.append(_fault("email", "Email is invalid"))
    elif shop.db.one("SELECT 1 FROM customers WHERE email = ?", email):
        faults.append(_fault("email", "Email has already been taken"))
    if faults:
        return {"customer": None, "userErrors": faults}
    with shop.db.write() as connection:
        now = shop.stamp()
        made = connection.execute(
            "INSERT INTO customers (email, first_name, last_name, locale, tags, created_at, "
            "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                email,
                given.get("firstName"),
                given.get("lastName"),
                given.get("locale"),
                json.dumps(given.get("tags") or []),
                now,
                now,
            ),
        )
        customer = int(made.lastrowid or 0)
        consent = given.get("emailMarketingConsent")
        if consent is not None:
            _write_consent(connection, shop, customer, consent)
    return {"customer": _reread(shop, customer), "userErrors": []}


def update_consent(shop: Shop, given: dict[str, Any]) -> Node:
    """Answer customerEmailMarketingConsentUpdate."""
    customer = number_of(given["customerId"], "Customer")
    consent = given["emailMarketingConsent"]
    faults = _consent_faults(consent)
    if shop.db.one("SELECT 1 FROM customers WHERE id = ?", customer) is None:
        faults.append(_fault("input.customerId", "Customer not found", "INVALID"))
    if faults:
        return {"customer": None, "userErrors": faults}
    with shop.db.write() as connection:
        _write_consent(connection, shop, customer, consent)
        body = payloads.customer(shop, customer)
        announce(connection, shop, "customers/update", body["email"], body)
    shop.bell.set()
    return {"customer": _reread(shop, customer), "userErrors": []}


def _reread(shop: Shop, customer: int) -> Node | None:
    return by_identifier(shop, {"id": gid("Customer", customer)})


def _write_consent(
    connection: Connection, shop: Shop, customer: int, consent: dict[str, Any]
) -> None:
    connection.execute(
        "UPDATE customers SET marketing_state = ?, marketing_level = ?, marketing_at = ?, "
        "updated_at = ? WHERE id = ?",
        (
            consent["marketingState"],
            consent.get("marketingOptInLevel") or "UNKNOWN",
            consent.get("consentUpdatedAt") or shop.stamp(),
            shop.stamp(),
            customer,
        ),
    )
