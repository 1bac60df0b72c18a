"""What moving the slider from what fits to what earns costs a shop, measured on its last orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from random import Random

from plugin.services.suggestions.margin import pulls

#: Where the slider was put for the measurement.
POSITIONS = (0, 25, 50, 75, 100)
#: Fewer carts than this say nothing that could be told apart from chance.
FEWEST_CARTS = 200
_MOST_CARTS = 1500
_LONGEST_CART = 3
#: Two-sided 95 percent of the normal distribution.
_Z = 1.96

#: Returns products for a cart with their fit, the best first.
Score = Callable[[Sequence[str]], Sequence[tuple[str, float]]]


@dataclass(frozen=True)
class Position:
    """What the last orders say of one position of the slider.

    `hits`: in how many carts of a hundred one of those shown was indeed bought; `earned`: what
    the bought ones of a hundred carts left, in the shop's currency. `lost` is the share of the
    hits of position 0 that is lost, with the ends of its 95 % interval.
    """

    at: int
    hits: float
    earned: float
    lost: float
    lost_from: float
    lost_to: float


@dataclass(frozen=True)
class Trial:
    """The measurement: on how many carts, with how many of the shown products' costs known."""

    carts: int
    known: float
    positions: tuple[Position, ...]

    def at(self, position: int) -> Position:
        """Return the measured position nearest to one of the slider."""
        return min(self.positions, key=lambda one: abs(one.at - position))


@dataclass(frozen=True)
class _Cart:
    """A cart as it may have looked: what would have been ranked, and what was bought with it."""

    found: tuple[tuple[str, float], ...]
    bought: frozenset[str]


def measure(
    orders: Sequence[Sequence[str]],
    score: Score,
    earnings: Mapping[str, Decimal],
    limit: int,
) -> Trial | None:
    """Measure on orders that `score` has not learned from; None where they are too few.

    Of each order one to three products, drawn by chance that is the same every time, are the
    cart. The carts that nothing is found for count too.
    """
    chance = Random(1)  # noqa: S311 - no secret
    asked = [cart for order in orders if (cart := _cart(order, score, chance)) is not None]
    carts = asked[-_MOST_CARTS:]
    if len(carts) < FEWEST_CARTS:
        return None
    plain = [_shown(cart, earnings, 0, limit) for cart in carts]
    return Trial(
        carts=len(carts),
        known=_share_known(plain, earnings),
        positions=tuple(_position(at, carts, plain, earnings, limit) for at in POSITIONS),
    )


def _cart(order: Sequence[str], score: Score, chance: Random) -> _Cart | None:
    products = sorted(set(order))
    if len(products) < 2:
        return None
    chance.shuffle(products)
    size = min(chance.randint(1, _LONGEST_CART), len(products) - 1)
    cart, bought = products[:size], frozenset(products[size:])
    return _Cart(tuple(one for one in score(cart) if one[0] not in cart), bought)


def _shown(cart: _Cart, earnings: Mapping[str, Decimal], at: int, limit: int) -> list[str]:
    drawn = pulls([product for product, _ in cart.found], earnings, at / 100)
    ordered = sorted(cart.found, key=lambda one: (-one[1] * drawn[one[0]], one[0]))
    return [product for product, _ in ordered[:limit]]


def _share_known(shown: Sequence[Sequence[str]], earnings: Mapping[str, Decimal]) -> float:
    every = [product for products in shown for product in products]
    return sum(product in earnings for product in every) / len(every) if every else 0.0


def _position(
    at: int,
    carts: Sequence[_Cart],
    plain: Sequence[Sequence[str]],
    earnings: Mapping[str, Decimal],
    limit: int,
) -> Position:
    shown = [_shown(cart, earnings, at, limit) for cart in carts]
    hit = [bool(cart.bought.intersection(some)) for cart, some in zip(carts, shown, strict=True)]
    before = [bool(cart.bought.intersection(some)) for cart, some in zip(carts, plain, strict=True)]
    left = sum(
        (
            earnings.get(product, Decimal(0))
            for cart, some in zip(carts, shown, strict=True)
            for product in some
            if product in cart.bought
        ),
        Decimal(0),
    )
    lost, error = _paired(before, hit)
    base = sum(before) / len(carts)
    scale = 1 / base if base else 0.0
    hundred = 100 / len(carts)
    return Position(
        at=at,
        hits=sum(hit) * hundred,
        earned=float(left) * hundred,
        lost=lost * scale,
        lost_from=(lost - _Z * error) * scale,
        lost_to=(lost + _Z * error) * scale,
    )


def _paired(before: Sequence[bool], after: Sequence[bool]) -> tuple[float, float]:
    """Return the mean difference of the same carts' hits, and its standard error."""
    differences = [int(one) - int(other) for one, other in zip(before, after, strict=True)]
    count = len(differences)
    mean = sum(differences) / count
    spread = sum((one - mean) ** 2 for one in differences) / max(count - 1, 1)
    return mean, sqrt(spread / count)
