"""The edge to the database: only this package speaks SQL, and every query names its shop."""

from plugin.store import (
    campaigns,
    catalogue,
    door_tries,
    events,
    exposures,
    imports,
    orders,
    outbox,
    saved_carts,
    shops,
    steps,
    storefront_settings,
    subscribers,
    voucher_pool,
    vouchers,
    workers,
)
from plugin.store.db import Database, metadata

__all__ = [
    "Database",
    "campaigns",
    "catalogue",
    "door_tries",
    "events",
    "exposures",
    "imports",
    "metadata",
    "orders",
    "outbox",
    "saved_carts",
    "shops",
    "steps",
    "storefront_settings",
    "subscribers",
    "voucher_pool",
    "vouchers",
    "workers",
]
