"""What the app keeps in the shop: its own fields, which its part of the theme reads."""

from __future__ import annotations

import json
from typing import Any

from plugin.demo.pages import Node, gid
from plugin.demo.shop import Shop

#: Bytes that a value may have, by its type.
LARGEST = {"json": 131_072}
LARGEST_TEXT = 65_536


def fields_of(shop: Shop, install: int) -> dict[str, str]:
    """Return the values of the fields that an installation keeps for the theme, by key."""
    rows = shop.db.all(
        "SELECT key, value FROM metafields WHERE owner = ? AND namespace = 'bleib'",
        gid("AppInstallation", install),
    )
    return {row["key"]: row["value"] for row in rows}


def set_metafields(shop: Shop, given: list[dict[str, Any]]) -> Node:
    """Write the app's own fields, all of them or none."""
    install = shop.install
    owner = gid("AppInstallation", install["id"] if install else 0)
    faults, written = [], []
    for index, field in enumerate(given):
        fault = _fault_of(field, owner)
        if fault:
            where, code, text = fault
            place = ["metafields", str(index), where]
            faults.append({"field": place, "message": text, "code": code})
    if faults:
        return {"metafields": None, "userErrors": faults}
    with shop.db.write() as transaction:
        for field in given:
            name = (owner, field.get("namespace") or "", field["key"])
            transaction.execute(
                "INSERT INTO metafields (owner, namespace, key, type, value) VALUES (?,?,?,?,?) "
                "ON CONFLICT (owner, namespace, key) DO UPDATE SET value = excluded.value",
                (*name, field.get("type") or "single_line_text_field", field["value"]),
            )
            found = transaction.execute(
                "SELECT * FROM metafields WHERE owner = ? AND namespace = ? AND key = ?", name
            ).fetchone()
            written.append(
                {
                    "id": gid("Metafield", found["id"]),
                    "namespace": found["namespace"],
                    "key": found["key"],
                }
            )
    return {"metafields": written, "userErrors": []}


def _fault_of(field: dict[str, Any], owner: str) -> tuple[str, str, str] | None:
    """Return the place, the code and the text of what is wrong with a metafield."""
    kind, value = field.get("type") or "", field["value"]
    if field["ownerId"] != owner:
        text = "The app may only write metafields of its own installation."
        return "ownerId", "APP_NOT_AUTHORIZED", text
    if len(value.encode()) > LARGEST.get(kind, LARGEST_TEXT):
        return "value", "TOO_LONG", "Value is too long."
    if kind == "json" and not _is_json(value):
        return "value", "INVALID_VALUE", "Value is invalid JSON."
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
