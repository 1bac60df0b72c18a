"""What a merchant set about withdrawing."""

from __future__ import annotations

from plugin.contracts.withdrawal import Withdrawal
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.shop_settings import Whole

_WHOLE = Whole("withdrawal", Withdrawal)
#: The rules of a shop; those of the law, until the merchant sets others.
read, get, of = _WHOLE.read, _WHOLE.get, _WHOLE.of


def save(context: Context, shop: Shop, wanted: Withdrawal, *, seen: Withdrawal) -> None:
    """Set the rules for a merchant who saw `seen`.

    ConflictError("withdrawal_changed") if they are others by now.
    """
    with context.db.write() as connection:
        _WHOLE.put(connection, context, shop, wanted, seen=seen)
