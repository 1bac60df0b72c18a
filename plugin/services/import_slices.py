"""Slices of a merchant's file that wait to be taken in: sealed, because they name people."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.store import imports as store

_SEAL = "import"


def seal(context: Context, shop: Shop, things: list[Any]) -> str:
    """Return some things of a file as a slice keeps them."""
    return context.keys.seal(shop.id, _SEAL, json.dumps(things))


def unseal(context: Context, shop: Shop, part: store.Slice) -> str:
    """Return the things of a slice as JSON."""
    return context.keys.unseal(shop.id, _SEAL, part.body_sealed)


def forget(connection: Connection, context: Context, shop: Shop, identity: str) -> None:
    """Take a person out of every slice: a file that waits must not bring back who was erased."""
    for part in store.waiting_slices(connection, shop.id):
        things = json.loads(unseal(context, shop, part))
        kept = [one for one in things if not _names(context, shop, one, identity)]
        if len(kept) < len(things):
            store.change_slice(connection, shop.id, part.id, seal(context, shop, kept))


def _names(context: Context, shop: Shop, thing: Any, identity: str) -> bool:  # noqa: ANN401
    email = thing.get("email") if isinstance(thing, dict) else None
    try:
        return bool(email) and identity_of(context.keys, shop.id, clean_email(email)) == identity
    except InvalidFieldError:
        return False
