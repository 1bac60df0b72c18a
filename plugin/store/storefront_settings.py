"""What a merchant set for a shop as a whole, one row for each part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.shops import lock_shop, touch_pages
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


def parts(
    connection: Connection, shop_id: int, wanted: Sequence[Part]
) -> dict[Part, dict[str, Any]]:
    """Return what was set in several parts, as `settings_of_part`."""
    query = sa.select(storefront_settings.c.part, storefront_settings.c.settings).where(
        storefront_settings.c.shop_id == shop_id, storefront_settings.c.part.in_(wanted)
    )
    found = {row.part: row.settings for row in connection.execute(query)}
    return {part: found.get(part) or {} for part in wanted}


def put_settings(
    connection: Connection, shop_id: int, part: Part, settings: dict[str, Any], now: datetime
) -> None:
    """Set one part, for the first time or anew; pages that show it are drawn anew."""
    touch_pages(connection, shop_id)
    row = {"shop_id": shop_id, "part": part, "settings": settings, "updated_at": now}
    upsert(connection, storefront_settings, [row])
