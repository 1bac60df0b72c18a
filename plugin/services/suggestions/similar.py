"""Until orders teach: what has something rare in common with the cart, and is of another sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

from plugin.services.suggestions.facts import CARRYING, FACTS, Facts
from plugin.services.suggestions.ideas import SIMILAR
from plugin.services.suggestions.ranking import Idea
from plugin.services.suggestions.remembering import Known
from plugin.store.labels import label_of

#: Products that are compared with the cart.
_MOST_COMPARED = 400
#: A tag or word is rare if no more products than these carry it, nor a larger share of those
#: that are compared: everything is a "gift", and that goes with nothing.
_MOST_CARRYING = 40
_MOST_SHARE = 0.15
#: Shorter words say little: "with", "the", "rot".
_SHORTEST = 5


def to_cart(known: Known, cart: Mapping[str, Facts]) -> list[Idea]:
    """Return products that share a rare tag, category or word of the title with the cart's.

    Never one of the same sort as something in the cart: who has a teapot wants no other one.
    """
    sides = {side: None for one in cart.values() for side in sorted(one.carried)}
    carried = known.of(CARRYING, sides)
    near = list(dict.fromkeys(one for some in _rarest_first(carried) for one in some))
    others = [one for one in near if one not in cart][:_MOST_COMPARED]
    return similar(cart, known.of(FACTS, others))


def _rarest_first(carried: Mapping[tuple[str, str], Sequence[str]]) -> list[Sequence[str]]:
    return sorted(carried.values(), key=len)


def similar(cart: Mapping[str, Facts], others: Mapping[str, Facts]) -> list[Idea]:
    """Return what the others have in common with the cart, as ideas; fits add up its rarity."""
    every = [*cart.values(), *others.values()]
    number = Counter(mark for one in every for mark in marks_of(one))
    most = min(_MOST_CARRYING, max(2.0, _MOST_SHARE * len(every)))
    rarity = {mark: log(len(every) / n) for mark, n in number.items() if 1 < n <= most}
    found = []
    for other in others.values():
        if any(other.labels & held.labels for held in cart.values()):
            continue
        idea = _idea(other, cart.values(), rarity)
        if idea is not None:
            found.append(idea)
    return found


def marks_of(facts: Facts) -> dict[str, str]:
    """Return tags, categories and longer words of the title, each by what makes it the same."""
    title = [word.strip("„“”\"'()[],.!") for word in facts.title.split()]
    words = [word for word in title if len(word) >= _SHORTEST]
    return {label_of(mark): mark for mark in (*words, *facts.categories, *facts.tags)}


def _idea(other: Facts, cart: Iterable[Facts], rarity: Mapping[str, float]) -> Idea | None:
    own = marks_of(other)
    best: tuple[float, str, str] | None = None
    for held in cart:
        shared = sorted(own.keys() & marks_of(held).keys() & rarity.keys())
        fit = sum(rarity[mark] for mark in shared)
        if shared and (best is None or fit > best[0]):
            rarest = max(shared, key=lambda mark: rarity[mark])
            best = (fit, held.product_id, own[rarest])
    if best is None:
        return None
    fit, because, mark = best
    return Idea(other.product_id, "similar", "s", because, SIMILAR, fit, shared=mark)
