"""Hands sums and orders to the shop's own evaluations, as files of a folder: every night."""

from __future__ import annotations

from pathlib import Path

from plugin.model import Shop
from plugin.services import syncing, tenants
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import parquet
from plugin.store.shops import installed_shop_ids

KIND = "analytics.export"


def export(context: Context, shop: Shop, folder: Path) -> dict[str, int]:
    """Write the files of a shop into a folder of its own, named by its key; rows by file.

    Nothing in them is about a person. GiveUpError("analytics_missing") without the extra.
    """
    with context.db.read() as connection:
        return parquet.write(connection, shop.id, folder / shop.key)


def shops(context: Context) -> list[Shop]:
    """Return every shop that is installed."""
    with context.db.read() as connection:
        ids = installed_shop_ids(connection)
    found = (tenants.shop_of_id(context, shop_id) for shop_id in ids)
    return [shop for shop in found if shop is not None]


def nightly(context: Context, step: Step) -> None:
    """Write the files anew where the operator has named a folder for them."""
    shop = syncing.shop_of_step(context, step)
    if shop is not None and context.config.analytics_folder:
        export(context, shop, Path(context.config.analytics_folder))


HANDLERS: dict[str, Handler] = {KIND: nightly}
