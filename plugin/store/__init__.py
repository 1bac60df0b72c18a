"""The edge to the database: only this package speaks SQL, and every query names its shop."""

from plugin.store import (
    campaigns,
    catalogue,
    events,
    orders,
    outbox,
    shops,
    steps,
    subscribers,
    vouchers,
    workers,
)
from plugin.store.db import Database, metadata

__all__ = [
    "Database",
    "campaigns",
    "catalogue",
    "events",
    "metadata",
    "orders",
    "outbox",
    "shops",
    "steps",
    "subscribers",
    "vouchers",
    "workers",
]
