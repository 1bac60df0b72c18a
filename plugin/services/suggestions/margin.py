"""How strongly what a product earns may draw it forward; nothing of this ever leaves the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from plugin.services.guard_margin import net, unit_cost
from plugin.store.costs import CostedVariant

#: What earns nothing, or less, still counts as this share of what is usual.
_LEAST = 0.01


def earning(variant: CostedVariant, tax: Decimal) -> Decimal | None:
    """Return what a piece leaves: price without tax minus cost, None where the cost is unknown."""
    cost = unit_cost(variant, tax)
    return None if cost is None else net(variant.price, tax) - cost


def pulls(
    products: Sequence[str], earnings: Mapping[str, Decimal], margin: float
) -> dict[str, float]:
    """Return the factor by which each product's fit is multiplied.

    (earning / what is usual among these products) ** margin: with 0 every factor is 1 and the fit
    alone decides, with 1 the order is that of fit times earning, the gross profit to be expected.
    A product whose cost nobody stated counts as usual: it neither gains nor loses.
    """
    known = [earnings[product] for product in products if product in earnings]
    usual = float(median(known)) if known else 0.0
    if margin <= 0 or usual <= 0:
        return dict.fromkeys(products, 1.0)
    return {
        product: max(float(earnings[product]) / usual, _LEAST) ** margin
        if product in earnings
        else 1.0
        for product in products
    }
