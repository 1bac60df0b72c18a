"""How a shop protects its sign-ups: what the merchant chose, and the circuit breaker's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.writing import upsert

protections = sa.Table(
    "protections",
    metadata,
    shop_column(primary_key=True),
    # What happens to addresses of throw-away providers: flag, refuse
    sa.Column("throwaway", sa.String(8), nullable=False),
    # The breaker as it last tripped: flood, nobody_confirms
    sa.Column("reason", sa.String(20)),
    sa.Column("tripped_at", Utc),
    sa.Column("tripped_until", Utc),
    # Until then it does not trip: the merchant knows where the sign-ups come from.
    sa.Column("released_until", Utc),
)


@dataclass(frozen=True)
class Protection:
    """One shop's row; a shop without one flags throw-away addresses and never tripped."""

    throwaway: str = "flag"
    reason: str | None = None
    tripped_at: datetime | None = None
    tripped_until: datetime | None = None
    released_until: datetime | None = None

    def is_tripped(self, now: datetime) -> bool:
        """Tell whether the breaker holds at this moment."""
        return self.tripped_until is not None and now < self.tripped_until

    def is_released(self, now: datetime) -> bool:
        """Tell whether the merchant has let it go, and it does not trip for now."""
        return self.released_until is not None and now < self.released_until


def protection_of(connection: Connection, shop_id: int) -> Protection:
    """Return how a shop protects itself."""
    query = sa.select(
        protections.c.throwaway,
        protections.c.reason,
        protections.c.tripped_at,
        protections.c.tripped_until,
        protections.c.released_until,
    ).where(protections.c.shop_id == shop_id)
    row = connection.execute(query).first()
    return Protection() if row is None else Protection(*row)


def put_protection(connection: Connection, shop_id: int, protection: Protection) -> None:
    """Set a shop's row, for the first time or anew."""
    row = {
        "shop_id": shop_id,
        "throwaway": protection.throwaway,
        "reason": protection.reason,
        "tripped_at": protection.tripped_at,
        "tripped_until": protection.tripped_until,
        "released_until": protection.released_until,
    }
    upsert(connection, protections, [row])
