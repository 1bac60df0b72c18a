"""How often the shoppers of a shop may be interrupted, over all widgets together."""

from __future__ import annotations

import json

from sqlalchemy.engine import Connection

from plugin.contracts.shopwide import Manners
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.store import storefront_settings as store


def read(connection: Connection, shop_id: int, *, lock: bool = False) -> Manners:
    """Return the manners of a shop; ours, until the merchant sets others."""
    stored = store.settings_of_part(connection, shop_id, "manners", lock=lock)
    return Manners.model_validate_json(json.dumps(stored))


def get(context: Context, shop: Shop) -> Manners:
    """Return the manners of a shop, as `read`."""
    with context.db.read() as connection:
        return read(connection, shop.id)


def save(context: Context, shop: Shop, manners: Manners, *, seen: Manners) -> None:
    """Set the manners for a merchant who saw `seen`.

    ConflictError("manners_changed") if they are others by now.
    """
    with context.db.write() as connection:
        present = read(connection, shop.id, lock=True)
        if present not in (seen, manners):
            raise ConflictError("manners_changed")
        if present != manners:
            settings = manners.model_dump(mode="json")
            store.put_settings(connection, shop.id, "manners", settings, context.now())
            config_changes.changed(connection, context, shop)
