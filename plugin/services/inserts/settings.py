"""What a shop puts into its parcels, as its merchant set it."""

from __future__ import annotations

from plugin.contracts.inserts import Inserts
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.shop_settings import Whole

_WHOLE = Whole("inserts", Inserts)
#: What is set; a greeting of ours without any offer, until the merchant sets something.
read, get = _WHOLE.read, _WHOLE.get


def save(context: Context, shop: Shop, wanted: Inserts, *, seen: Inserts) -> None:
    """Set it for a merchant who saw `seen`; ConflictError("inserts_changed") if it is another."""
    with context.db.write() as connection:
        _WHOLE.put(connection, context, shop, wanted, seen=seen)
