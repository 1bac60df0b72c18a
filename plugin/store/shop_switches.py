"""What the merchant switches on a shop: stopped or running, its details, the embed last seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc
from plugin.store.shops import shops


@dataclass(frozen=True)
class EmbedSeen:
    """When our script was last looked for, and on which pages it was and was not."""

    at: datetime | None
    checked: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def active(self) -> bool:
        """Tell whether the script stood on every page that was looked at."""
        return bool(self.checked) and set(self.checked) == set(self.found)


def set_stopped(
    connection: Connection, shop_id: int, at: datetime | None, by: str | None = None
) -> bool:
    """Stop everything that interrupts or advertises (`at`), or let it run again (None).

    False where it stands so already: of two who press at once only the first has done it.
    """
    present = shops.c.stopped_at.is_(None) if at else shops.c.stopped_at.is_not(None)
    query = sa.update(shops).where(shops.c.id == shop_id, present)
    return connection.execute(query.values(stopped_at=at, stopped_by=by)).rowcount == 1


def save_details(
    connection: Connection, shop_id: int, *, imprint: str, privacy_url: str, address: str
) -> None:
    """Store what stands under mails and beside forms, and the form of address."""
    connection.execute(
        sa.update(shops)
        .where(shops.c.id == shop_id)
        .values(imprint=imprint, privacy_url=privacy_url, address=address)
    )


def save_embed(
    connection: Connection,
    shop_id: int,
    *,
    at: datetime,
    checked: tuple[str, ...],
    found: tuple[str, ...],
) -> None:
    """Store the result of a look at the storefront."""
    seen = {"proven_at": sa.func.coalesce(shops.c.proven_at, sa.bindparam("at", at, Utc))}
    connection.execute(
        sa.update(shops)
        .where(shops.c.id == shop_id)
        .values(
            embed_checked_at=at,
            embed_found={"checked": list(checked), "found": list(found)},
            **(seen if found else {}),
        )
    )


def embed_seen(connection: Connection, shop_id: int) -> EmbedSeen:
    """Return the result of the last look at the storefront."""
    row = connection.execute(
        sa.select(shops.c.embed_checked_at, shops.c.embed_found).where(shops.c.id == shop_id)
    ).first()
    found = row.embed_found if row is not None and isinstance(row.embed_found, dict) else {}
    return EmbedSeen(
        at=None if row is None else row.embed_checked_at,
        checked=tuple(found.get("checked", ())),
        found=tuple(found.get("found", ())),
    )
