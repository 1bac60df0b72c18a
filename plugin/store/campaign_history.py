"""The versions of campaigns in time: when each of them went live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.campaigns import campaign_versions


@dataclass(frozen=True)
class DatedVersion:
    """One version that is or was live, and since when."""

    number: int
    settings: dict[str, Any]
    published_at: datetime


def dated_versions_of(connection: Connection, shop_id: int, campaign_id: int) -> list[DatedVersion]:
    """Return every version of a campaign, the first one first."""
    query = (
        sa.select(
            campaign_versions.c.version,
            campaign_versions.c.settings,
            campaign_versions.c.published_at,
        )
        .where(
            campaign_versions.c.shop_id == shop_id, campaign_versions.c.campaign_id == campaign_id
        )
        .order_by(campaign_versions.c.version)
    )
    return [
        DatedVersion(row.version, row.settings, row.published_at)
        for row in connection.execute(query)
    ]
