"""A shop with its first campaigns."""

from __future__ import annotations

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context


@pytest.fixture
def filled(context: Context, shop: Shop) -> Shop:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    return shop
