"""How often the shoppers of a shop may be interrupted, over all widgets together."""

from __future__ import annotations

from plugin.contracts.shopwide import Manners
from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.services.shop_settings import Whole

_WHOLE = Whole("manners", Manners)
#: The manners of a shop; ours, until the merchant sets others.
read, get = _WHOLE.read, _WHOLE.get


def save(context: Context, shop: Shop, manners: Manners, *, seen: Manners) -> None:
    """Set the manners for a merchant who saw `seen`.

    ConflictError("manners_changed") if they are others by now.
    """
    with context.db.write() as connection:
        if _WHOLE.put(connection, context, shop, manners, seen=seen):
            config_changes.changed(connection, context, shop)
