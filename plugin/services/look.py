"""The look that a merchant fixed for all widgets of the shop."""

from __future__ import annotations

from plugin.contracts.shopwide import Look
from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import config_changes
from plugin.services.context import Context
from plugin.services.contrast import Pair, pairs_of
from plugin.services.shop_settings import Whole

#: The least height of what a thumb has to hit.
LEAST_TARGET = 44
_WHOLE = Whole("look", Look)
#: What is fixed; what is not follows the shop's page.
read, get = _WHOLE.read, _WHOLE.get


def unreadable(look: Look) -> list[Pair]:
    """Return the pairs of colours that people with weak eyes could not tell apart."""
    return [pair for pair in pairs_of(look) if not pair.passed]


def too_low(look: Look) -> bool:
    """Tell whether buttons would be harder to hit than they may be."""
    return look.button_height is not None and look.button_height < LEAST_TARGET


def save(context: Context, shop: Shop, look: Look, *, seen: Look) -> None:
    """Fix the look of a merchant who saw `seen`; every running campaign follows at once.

    InvalidFieldError("look_unreadable") if a pair of colours is below its floor,
    InvalidFieldError("target_too_small") if buttons are too low, ConflictError("look_changed") if
    it is another by now.
    """
    if failing := unreadable(look):
        raise InvalidFieldError("look_unreadable", field=failing[0].field)
    if too_low(look):
        raise InvalidFieldError("target_too_small", field="button_height")
    mend(context, shop, look, seen=seen)


def mend(context: Context, shop: Shop, look: Look, *, seen: Look) -> None:
    """Fix a look that is better than `seen`, though it may not be good yet.

    ConflictError("look_changed") if it is another by now.
    """
    with context.db.write() as connection:
        if _WHOLE.put(connection, context, shop, look, seen=seen):
            config_changes.changed(connection, context, shop)
