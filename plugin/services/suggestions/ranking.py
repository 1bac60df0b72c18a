"""Which of the ideas for a cart are shown, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from plugin.services.suggestions.facts import Facts, likeness
from plugin.services.suggestions.margin import pulls

Kind = Literal[
    "together", "accessory", "fits", "refill", "alternative", "similar", "again", "popular"
]
#: What a near twin of something shown already loses of its value, where variety is wished.
_TWIN_LOSES = 0.9
#: Of each list no more than this many stand in for something in the cart.
_ALTERNATIVES = 1


class Idea(NamedTuple):
    """A product that may be shown for a cart, with the true reason.

    `tier` decides first (0 pinned, then the merchant's rules in their order, then what was
    learned), `fit` within a tier (higher is better, comparable within one tier).
    """

    product: str
    kind: Kind
    mark: str
    #: Product of the cart that explains it; "" where the reason is not in the cart.
    because: str
    tier: int
    fit: float = 1.0
    #: The merchant's own reason by language.
    words: tuple[tuple[str, str], ...] = ()
    #: What two similar products have in common, as the shop writes it.
    shared: str = ""


@dataclass(frozen=True)
class Wishes:
    """What the merchant wants of a list; `margin` from 0 (what fits best) to 1 (what earns most).

    `cheapest` and `dearest` are prices in the shop's currency.
    """

    limit: int = 3
    margin: float = 0.0
    variety: bool = True
    cheapest: Decimal | None = None
    dearest: Decimal | None = None

    def allow(self, price: Decimal) -> bool:
        """Tell whether a price lies within the bounds."""
        above = self.cheapest is None or price >= self.cheapest
        return above and (self.dearest is None or price <= self.dearest)


def ranked(
    ideas: Sequence[Idea],
    facts: Mapping[str, Facts],
    wishes: Wishes,
    earnings: Mapping[str, Decimal] | None = None,
) -> list[Idea]:
    """Return the ideas to show, best first, each product once.

    An idea whose product cannot be bought now or costs too little or too much is left out.
    `earnings` is what a piece of each product leaves, as far as it is known.
    """
    possible = _possible(ideas, facts, wishes)
    value = _values(possible, wishes.margin, earnings or {})
    waiting = sorted(possible, key=lambda idea: _order(idea, value[idea.product]))
    taken: list[Idea] = []
    while waiting and len(taken) < wishes.limit:
        best = _best(waiting, value, facts, taken if wishes.variety else ())
        taken.append(best)
        waiting.remove(best)
        if sum(idea.kind == "alternative" for idea in taken) >= _ALTERNATIVES:
            waiting = [idea for idea in waiting if idea.kind != "alternative"]
    return taken


def _possible(ideas: Sequence[Idea], facts: Mapping[str, Facts], wishes: Wishes) -> list[Idea]:
    found: dict[str, Idea] = {}
    for idea in sorted(ideas, key=lambda idea: idea.tier):
        known = facts.get(idea.product)
        form = known.offered if known else None
        if form is not None and wishes.allow(form.price):
            found.setdefault(idea.product, idea)
    return list(found.values())


def _values(
    ideas: Sequence[Idea], margin: float, earnings: Mapping[str, Decimal]
) -> dict[str, float]:
    drawn = pulls([idea.product for idea in ideas], earnings, margin)
    return {idea.product: max(idea.fit, 0.0) * drawn[idea.product] for idea in ideas}


def _order(idea: Idea, worth: float) -> tuple[int, float, str]:
    return idea.tier, -worth, idea.product


def _best(
    waiting: Sequence[Idea],
    value: Mapping[str, float],
    facts: Mapping[str, Facts],
    taken: Sequence[Idea],
) -> Idea:
    """Return the best of what waits in the order of its value, unlike what is taken already.

    Likeness only takes value away. So what comes after one that is better as it is worth less
    than that even before it loses anything, and need not be compared.
    """
    best = waiting[0]
    if not taken:
        return best
    shown = [facts[one.product] for one in taken]
    order: tuple[int, float, str] | None = None
    for idea in waiting:
        worth = value[idea.product]
        if order is not None and order < _order(idea, worth):
            break
        own = facts[idea.product]
        worth *= 1 - _TWIN_LOSES * max(likeness(own, one) for one in shown)
        if order is None or _order(idea, worth) < order:
            best, order = idea, _order(idea, worth)
    return best
