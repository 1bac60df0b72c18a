"""What a merchant sets for the shop as a whole, unless somebody else did meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.engine import Connection

from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import storefront_settings as store

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Whole(Generic[_Model]):
    """One part of these settings; until the merchant sets others, they are the model's own."""

    part: store.Part
    model: type[_Model]

    def read(self, connection: Connection, shop_id: int, *, lock: bool = False) -> _Model:
        """Return what is set; `lock` lets one at a time change it."""
        return self.of(store.settings_of_part(connection, shop_id, self.part, lock=lock))

    def of(self, stored: Mapping[str, Any]) -> _Model:
        """Return as a whole what was stored of it."""
        return self.model.model_validate_json(json.dumps(stored))

    def get(self, context: Context, shop: Shop) -> _Model:
        """Return what is set, as `read`."""
        with context.db.read() as connection:
            return self.read(connection, shop.id)

    def put(
        self, connection: Connection, context: Context, shop: Shop, wanted: _Model, *, seen: _Model
    ) -> bool:
        """Set it within the caller's transaction for a merchant who saw `seen`; False if it is so.

        ConflictError("<part>_changed") if it is another by now.
        """
        present = self.read(connection, shop.id, lock=True)
        if present not in (seen, wanted):
            raise ConflictError(f"{self.part}_changed")
        if present == wanted:
            return False
        settings = wanted.model_dump(mode="json")
        store.put_settings(connection, shop.id, self.part, settings, context.now())
        return True
