"""What may be shown for a cart: the merchant's rules first, then what was learned, with reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from plugin.services.suggestions.model import LEAST_TOGETHER, Candidate
from plugin.services.suggestions.ranking import Idea, Kind
from plugin.services.suggestions.relations import Proposal

#: Tiers of what was learned, behind every rule.
_LEARNED = 10_000
SIMILAR = _LEARNED + 1
#: What a rule names and nobody ordered with the cart: behind what is known to go with it.
_UNTRIED = 0.05

_KINDS: dict[str, tuple[Kind, str, int]] = {
    "orders": ("together", "o", _LEARNED),
    "again": ("again", "h", _LEARNED),
    "similar": ("similar", "s", SIMILAR),
    "popular": ("popular", "p", _LEARNED + 2),
}
#: Reasons that name a product of the cart.
_NAMING = frozenset({"orders", "similar"})
#: Reasons that are a number of orders.
_COUNTED = frozenset({"orders", "popular"})


def learned(found: Sequence[Candidate], cart: Collection[str], *, popular: bool) -> list[Idea]:
    """Return what a model found, as far as there is a true reason for it.

    Fits are shares of the best one, so that rules can be weighed with them.
    """
    shown = [one for one in found if _has_reason(one, cart)]
    fitting = [one for one in shown if one.source != "popular"]
    best = max([one.score for one in fitting], default=0.0)
    made = [_idea(one, max(one.score, 0.0) / best if best > 0 else 0.0) for one in fitting]
    if not popular or len(fitting) == len(shown):
        return made
    # What is popular fits no cart, so it is measured by its own best.
    liked = [one for one in shown if one.source == "popular"]
    most = max(one.together for one in liked)
    return made + [_idea(one, one.together / most) for one in liked]


def _idea(one: Candidate, fit: float) -> Idea:
    kind, mark, tier = _KINDS[one.source]
    return Idea(one.product, kind, mark, one.because, tier, fit)


def _has_reason(one: Candidate, cart: Collection[str]) -> bool:
    if one.source in _COUNTED and one.together < LEAST_TOGETHER:
        return False
    return one.source not in _NAMING or one.because in cart


def ruled(proposals: Sequence[Proposal], fits: Mapping[str, float]) -> list[Idea]:
    """Return what rules propose: pins first, then each rule in its turn.

    Within one rule the better fit comes first; what the platform lists keeps the order of the
    list.
    """
    turns: dict[object, int] = {}
    found = []
    for place, one in enumerate(proposals):
        turn: object = one.rule if one.rule is not None else ("platform", place)
        tier = 0 if one.pinned else 1 + turns.setdefault(turn, len(turns))
        idea = Idea(
            one.product,
            _kind(one.kind),
            "rp" if one.rule is None else f"r{one.rule}",
            one.because,
            min(tier, _LEARNED - 1),
            fits.get(one.product, _UNTRIED),
            tuple(one.words.items()),
        )
        # Pins keep the order of their rules.
        found.append(idea._replace(fit=1 / (1 + place)) if one.pinned else idea)
    return found


def _kind(kind: str) -> Kind:
    kinds: dict[str, Kind] = {
        "fits": "fits",
        "refill": "refill",
        "alternative": "alternative",
    }
    return kinds.get(kind, "accessory")
