"""What a merchant set for a shop as a whole, one row for each part."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.shops import lock_shop
from plugin.store.writing import upsert

Part = Literal[
    "look", "manners", "consent", "welcome", "logo", "service", "notices", "promise", "withdrawal",
    "figures", "inserts",
]  # fmt: skip

storefront_settings = sa.Table(
    "storefront_settings",
    metadata,
    shop_column(primary_key=True),
    sa.Column("part", sa.String(10), primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
)


def settings_of_part(
    connection: Connection, shop_id: int, part: Part, *, lock: bool = False
) -> dict[str, Any]:
    """Return what was set, {} if nothing ever was; `lock` lets one at a time change it."""
    if lock:  # the row may not be there yet, so its shop's is locked
        lock_shop(connection, shop_id)
    query = sa.select(storefront_settings.c.settings).where(
        storefront_settings.c.shop_id == shop_id, storefront_settings.c.part == part
    )
    return connection.execute(query).scalar() or {}


def put_settings(
    connection: Connection, shop_id: int, part: Part, settings: dict[str, Any], now: datetime
) -> None:
    """Set one part, for the first time or anew."""
    row = {"shop_id": shop_id, "part": part, "settings": settings, "updated_at": now}
    upsert(connection, storefront_settings, [row])
