"""A database with one installed shop that has every widget published, for measuring its config."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from plugin.app import load_widgets
from plugin.store import campaigns, migrate
from plugin.store.db import Database
from plugin.store.shops import shops

KEY = "benchmark0000000"
_NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
_DOMAIN = "uferhaus.myshopify.com"
SHOP = {
    "key": KEY,
    "platform": "shopify",
    "domain": _DOMAIN,
    "name": "Uferhaus",
    "email": "hallo@uferhaus.example",
    "currency": "EUR",
    "locale": "de-DE",
    "zone": "Europe/Berlin",
    "languages": "de,en",
    "address": "sie",
    "state": "installed",
    "generation": 1,
    "config_version": 1,
    "storefront_url": f"https://{_DOMAIN}",
    "privacy_url": f"https://{_DOMAIN}/policies/privacy-policy",
    "imprint": "Uferhaus GmbH, Seestraße 1, 78464 Konstanz",
    "created_at": _NOW,
}


def prepare(folder: Path) -> dict[str, str]:
    """Creates the database in the folder and returns the environment that the app needs for it."""
    url = f"sqlite:///{folder / 'bleib.sqlite3'}"
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as connection:
        shop_id = connection.execute(
            sa.insert(shops).values(**SHOP).returning(shops.c.id)
        ).scalar_one()
        for name, widget in load_widgets().items():
            settings = widget.settings().model_dump(mode="json")
            campaigns.insert_campaign(connection, shop_id, name, settings, _NOW)
        for campaign in campaigns.all_campaigns(connection, shop_id):
            campaigns.add_version(connection, shop_id, campaign.id, campaign.draft, _NOW)
    database.dispose()
    return {
        "BLEIB_ENVIRONMENT": "development",
        "BLEIB_DATABASE_URL": url,
        "BLEIB_SMTP_SECURITY": "none",
    }
