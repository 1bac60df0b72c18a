"""What the demo shop must know to start: addresses, the shared secret, where its file lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin.manifest import PlatformEntry, load_manifest

CLIENT_ID = "demo-client-0123456789abcdef"
SHOP_DOMAIN = "uferhaus.myshopify.com"
API_VERSION = "2026-10"


#: A shop that has grown for two years: enough orders for figures that mean something.
LONG_PAST: dict[str, Any] = {
    "generated_orders": 5600,
    "history_days": 760,
    "growth": 8.0,
    "stuck_parcels": 14,
    "loyal": 2200,
    "waiting_orders": 14,
}


@dataclass(frozen=True)
class Settings:
    """The settings of one demo shop; times in seconds, addresses without a trailing slash."""

    data: Path
    app_url: str
    shop_url: str
    secret: str
    client_id: str = CLIENT_ID
    shop_domain: str = SHOP_DOMAIN
    shop_name: str = "Uferhaus"
    smtp_port: int = 0
    token_seconds: int = 3600
    retry_seconds: float = 1.0
    language: str = "de"
    orders_file: Path | None = None
    generated_orders: int = 2000
    history_days: int = 400
    #: So many times as many orders are placed at the end of the generated past as at its start.
    growth: float = 1.0
    stuck_parcels: int = 4
    #: So many orders came in during the last hours; half of them are not paid yet.
    waiting_orders: int = 0
    #: Who comes back is one of so many newest customers.
    loyal: int = 1_000_000
    #: The app's pages stand inside the shop's admin, as registered with `embedded = true`.
    embedded: bool = False

    @property
    def redirect_uri(self) -> str:
        """The only address the platform sends a grant to."""
        return f"{self.app_url}/auth/shopify/callback"

    @property
    def app(self) -> PlatformEntry:
        """The app's registration at the platform, as manifest.json declares it."""
        return load_manifest().platforms["shopify"]
