"""Gives a shop of the tests tokens and waiting synchronisations, as an installation does."""

from __future__ import annotations

from datetime import timedelta

from plugin.model import Grant, Shop
from plugin.services.access import grant_columns
from plugin.services.context import Context
from plugin.store import installs, sync
from tests.fakes.platform import SCOPES


def connect(context: Context, shop: Shop, hours: float = 24.0) -> None:
    now = context.now()
    grant = Grant(
        access_token="access-0",
        refresh_token="refresh-0",
        expires_at=now + timedelta(hours=hours),
        refresh_expires_at=now + timedelta(days=90),
        scopes=SCOPES,
    )
    with context.db.write() as connection:
        installs.put_install(connection, shop.id, grant_columns(context, shop.id, grant))
        sync.reset_runs(connection, shop.id, sync.KINDS)
