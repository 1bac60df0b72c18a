"""Another product in place of one in the cart: only where the shopper loses nothing by it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from plugin.services.suggestions.facts import Facts


@dataclass(frozen=True)
class Better:
    """What a shopper gains: money saved on a piece (None: not the same in every form), rating."""

    saved: Decimal | None
    better_rated: bool


def better(other: Facts, present: Facts) -> Better | None:
    """Return what speaks for `other` in place of `present`; None where it may not be offered.

    It must be in stock, in no form dearer than the cheapest form of what lies in the cart, not
    dearer by its unit where both tell one, and not rated worse. What is rated in the cart is not
    replaced by what nobody rated.
    """
    prices = [form.price for form in other.buyable]
    before = [form.price for form in present.forms]
    if not prices or not before or max(prices) > min(before):
        return None
    if not _rated_as_well(other, present) or _dearer_by_unit(other, present):
        return None
    told = len(set(prices)) == 1 and len(set(before)) == 1
    rated = (other.rating or 0) > (present.rating or 0) and present.rating is not None
    return Better(min(before) - min(prices) if told else None, rated)


def _rated_as_well(other: Facts, present: Facts) -> bool:
    if present.rating is None:
        return True
    return other.rating is not None and other.rating >= present.rating


def _dearer_by_unit(other: Facts, present: Facts) -> bool:
    """A small pack is cheaper than a big one, and no bargain for that."""
    offered, held = _by_unit(other), _by_unit(present)
    return any(
        price > min(prices)
        for unit, price in offered
        if (prices := [paid for same, paid in held if same == unit])
    )


def _by_unit(facts: Facts) -> list[tuple[str, Decimal]]:
    found = []
    for form in facts.forms:
        price = form.unit_price()
        if form.measure is not None and price is not None:
            found.append((form.measure.per_unit, price / form.measure.per))
    return found
