"""Every change that the storefront sees goes through here."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from plugin.contracts.platform import Embeds
from plugin.model import Shop
from plugin.services import steps
from plugin.services.context import Context
from plugin.store.shops import touch_config


def changed(connection: Connection, context: Context, shop: Shop) -> None:
    """Note that the storefront's config is another one now, and let the platform have it."""
    version = touch_config(connection, shop.id)
    if context.maybe(shop, Embeds) is not None:
        steps.enqueue(
            connection,
            context,
            shop.id,
            "embed.publish",
            {"generation": shop.generation},
            key=f"embed.publish:{shop.generation}:{version}",
        )
