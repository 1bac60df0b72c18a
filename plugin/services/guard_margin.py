"""How much discount a product bears: from what it costs, never from a cost that we assume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from plugin.model import Shop
from plugin.services.guard_rules import Limits
from plugin.services.wording import Offer
from plugin.store.costs import CostedVariant
from plugin.store.guard_orders import PastLine, PastOrder

_ONE = Decimal(1)
_HUNDRED = Decimal(100)
#: The usual tax in prices, by the country of the shop's customs; elsewhere prices are net.
_USUAL_TAX = {"DE": Decimal(19), "AT": Decimal(20), "CH": Decimal("8.1")}


@dataclass(frozen=True)
class Bearable:
    """What the catalogue bears of an offer.

    `share` of the offer that every product bears; `excluded` are the products that do not bear
    all of it; `unknown` of these have a variant whose cost nobody stated.
    """

    share: Decimal
    excluded: tuple[str, ...]
    unknown: int
    products: int

    @property
    def reason(self) -> Literal["cost_unknown", "below_margin"]:
        """Return why not all of it is borne."""
        return "cost_unknown" if self.unknown else "below_margin"


def tax_of(limits: Limits, shop: Shop) -> Decimal:
    """Return what the shop's prices hold of tax, in percent."""
    if limits.tax is not None:
        return limits.tax
    return _USUAL_TAX.get(shop.locale.replace("_", "-").rpartition("-")[2].upper(), Decimal(0))


def unit_cost(variant: CostedVariant, tax: Decimal) -> Decimal | None:
    """Return what a piece costs: as the platform says, else as the merchant stated, else None."""
    if variant.platform_cost is not None:
        return variant.platform_cost
    if variant.stated_cost is not None:
        return variant.stated_cost
    if variant.stated_margin is not None:
        return net(variant.price, tax) * (_ONE - variant.stated_margin / _HUNDRED)
    return None


def net(amount: Decimal, tax: Decimal) -> Decimal:
    """Return a price without its tax."""
    return amount * _HUNDRED / (_HUNDRED + tax)


def deepest(price: Decimal, cost: Decimal | None, floor: Decimal, tax: Decimal) -> Decimal | None:
    """Return the largest share of the price that may be given away; None where cost is unknown.

    With a price p without tax, a cost c and a floor m, what is left after a discount d is at
    least m as long as d <= 1 - c / (p (1 - m)).
    """
    if cost is None:
        return None
    kept = net(price, tax) * (_ONE - floor / _HUNDRED)
    return _ONE - cost / kept if kept > 0 else Decimal(0)


def full_worth(order: PastOrder, lines: Sequence[PastLine]) -> tuple[Decimal, Decimal]:
    """Return what the goods of an order were worth before its discount, and that by their prices.

    Some platforms tell prices with the discount taken off, others without. An order that came to
    less than its goods had it still on them.
    """
    told = sum((line.price * line.quantity for line in lines), Decimal(0))
    full = told if order.total < told else told + order.discount
    return full, full / told if told else _ONE


def depth_of(offer: Offer, price: Decimal) -> Decimal:
    """Return the largest share of a product's price that an offer can take.

    An amount takes most of the smallest basket that it is valid for.
    """
    if offer.kind == "percent":
        return offer.value / _HUNDRED
    basket = offer.minimum or price
    return min(offer.value / basket, _ONE) if basket > 0 else _ONE


def bearable(
    limits: Limits, shop: Shop, offer: Offer, variants: Iterable[CostedVariant]
) -> Bearable:
    """Return what the products of a shop bear of an offer."""
    tax = tax_of(limits, shop)
    share, products = _ONE, set[str]()
    short: dict[str, bool] = {}
    for variant in variants:
        products.add(variant.product_id)
        limit = deepest(variant.price, unit_cost(variant, tax), limits.floor, tax)
        depth = depth_of(offer, variant.price)
        borne = Decimal(0) if limit is None else min(max(limit, Decimal(0)) / depth, _ONE)
        share = min(share, borne)
        if borne < _ONE:
            short[variant.product_id] = short.get(variant.product_id, False) or limit is None
    if not products:  # nothing is known of what the shop sells, so nothing of its cost
        return Bearable(Decimal(0), (), 1, 0)
    return Bearable(share, tuple(short), sum(short.values()), len(products))


class Margins:
    """What is left of orders, given their lines and what is known of the cost of what they hold."""

    def __init__(
        self,
        limits: Limits,
        shop: Shop,
        lines: Mapping[str, Sequence[PastLine]],
        known: Mapping[str, CostedVariant],
    ) -> None:
        self._tax, self._lines, self._known = tax_of(limits, shop), lines, known

    def of(self, order: PastOrder) -> Decimal | None:
        """Return the contribution margin: what is left of the goods that were kept.

        Without tax, their share of the discount, and their cost; what came back costs nothing.
        None where a cost is unknown.
        """
        lines = self._lines.get(order.order_id, ())
        full, dearer = full_worth(order, lines)
        # Where a platform tells nothing of single lines, an order paid back in full kept none.
        paid_back = not order.total and order.discount < full
        left = worth = Decimal(0)
        for line in lines:
            pieces = _kept(line, paid_back=paid_back)
            variant = self._known.get(line.variant_id or "")
            cost = None if variant is None else unit_cost(variant, self._tax)
            if cost is None:
                return None
            left += (net(line.price * dearer, self._tax) - cost) * pieces
            worth += line.price * dearer * pieces
        discount = order.discount * worth / full if full else order.discount
        return left - net(discount, self._tax) if lines else None


def _kept(line: PastLine, *, paid_back: bool) -> int:
    if line.kept is not None:
        return min(max(line.kept, 0), line.quantity)
    return 0 if paid_back else line.quantity
