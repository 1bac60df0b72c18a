"""The look that a merchant fixed for all widgets of the shop."""

from __future__ import annotations

import json

from sqlalchemy.engine import Connection

from plugin.contracts.shopwide import Look
from plugin.errors import ConflictError, InvalidFieldError
from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.services.contrast import Pair, pairs_of
from plugin.store import storefront_settings as store

#: The least height of what a thumb has to hit.
LEAST_TARGET = 44


def read(connection: Connection, shop_id: int, *, lock: bool = False) -> Look:
    """Return what is fixed; what is not follows the shop's page."""
    stored = store.settings_of_part(connection, shop_id, "look", lock=lock)
    return Look.model_validate_json(json.dumps(stored))


def get(context: Context, shop: Shop) -> Look:
    """Return what is fixed, as `read`."""
    with context.db.read() as connection:
        return read(connection, shop.id)


def unreadable(look: Look) -> list[Pair]:
    """Return the pairs of colours that people with weak eyes could not tell apart."""
    return [pair for pair in pairs_of(look) if not pair.passed]


def too_low(look: Look) -> bool:
    """Tell whether buttons would be harder to hit than they may be."""
    return look.button_height is not None and look.button_height < LEAST_TARGET


def save(context: Context, shop: Shop, look: Look, *, seen: Look) -> None:
    """Fix the look of a merchant who saw `seen`; every running campaign follows at once.

    InvalidFieldError("look_unreadable") if a pair of colours is below its floor,
    InvalidFieldError("target_too_small") if buttons are too low, ConflictError("look_changed") if
    it is another by now.
    """
    if failing := unreadable(look):
        raise InvalidFieldError("look_unreadable", field=failing[0].field)
    if too_low(look):
        raise InvalidFieldError("target_too_small", field="button_height")
    with context.db.write() as connection:
        present = read(connection, shop.id, lock=True)
        if present not in (seen, look):
            raise ConflictError("look_changed")
        if present != look:
            settings = look.model_dump(mode="json")
            store.put_settings(connection, shop.id, "look", settings, context.now())
            config_changes.changed(connection, context, shop)
