"""What browsers would have reported of single suggestions, and of the carts beside them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from plugin.seeds.setting_up import Running
from plugin.services.suggestion_events import CART, CartChange, Item, Told

#: What suggestions are found by, and how often in a hundred.
FOUND_BY = {"o": 55, "s": 30, "p": 15}
#: So many stand in one row.
_IN_A_ROW = 3
#: Of a hundred carts so many grow, and so many shrink, whatever stands beside them.
_GROW, _SHRINK = 9, 4
#: Of a hundred suggestions in a cart so many are taken out again at once, so many replace another.
_UNDONE, _REPLACES = 6, 14
#: What one article costs, in whole euros.
_PRICES = (9, 12, 16, 18, 24, 29, 34, 42)


def told(
    dice: random.Random, day: date, campaign: Running, shown: int, held: int, done: dict[str, int]
) -> Iterator[Told]:
    """Yield what was told of one day: `shown` and `held` rows, and how many clicks and adds."""

    def item(kind: str) -> Told:
        found = Item(found_by(dice), "-")
        return Told(day, campaign.id, campaign.version, "a", f"item_{kind}", found, again=False)

    def cart(arm: str, added: Decimal) -> Told:
        change = CartChange(Decimal(60), Decimal(60) + _otherwise(dice) + added, added)
        if added and dice.randrange(100) < _REPLACES:
            change = CartChange(Decimal(60), Decimal(60), added)
        return Told(day, campaign.id, campaign.version, arm, CART, change, again=False)

    yield from (item("shown") for _ in range(shown * _IN_A_ROW))
    yield from (item("click") for _ in range(done["click"]))
    yield from (item("add") for _ in range(done["add"]))
    yield from (item("undo") for _ in range(done["add"]) if dice.randrange(100) < _UNDONE)
    for number in range(shown):
        yield cart("a", Decimal(dice.choice(_PRICES)) if number < done["add"] else Decimal(0))
    yield from (cart("-", Decimal(0)) for _ in range(held))


def found_by(dice: random.Random) -> str:
    """Return the mark of what a suggestion was found by."""
    return dice.choices([*FOUND_BY], [*FOUND_BY.values()])[0]


def _otherwise(dice: random.Random) -> Decimal:
    """Return by what a cart changes for reasons of its own."""
    drawn = dice.randrange(100)
    if drawn < _GROW:
        return Decimal(dice.choice(_PRICES))
    return -Decimal(dice.choice(_PRICES)) if drawn < _GROW + _SHRINK else Decimal(0)
