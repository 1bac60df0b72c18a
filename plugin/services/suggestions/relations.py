"""What the merchant's rules and the shop's own software propose for a cart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.services.suggestions.facts import CARRYING, FACTS
from plugin.services.suggestions.remembering import Kind, Known
from plugin.store import relations as store
from plugin.store.labels import label_of
from plugin.store.relations import StoredRule

#: Products of the cart that rules are asked for.
_MOST_CART = 500
#: Rules that propose something for one cart.
_MOST_MATCHED = 100
#: Proposals for one cart.
_MOST_PROPOSALS = 300
_RELATIONS: Kind[str, Sequence[Sequence[str]]] = Kind(
    "relations",
    lambda connection, _, shop, ids: store.platform_relations(connection, shop.id, ids),
)


@dataclass(frozen=True)
class Proposal:
    """A product that a rule proposes; `rule` is None for what the shop's software says.

    `because` is the cart's product that it goes with. `words` are the merchant's own reason by
    language, which may hold {with} for that product's title.
    """

    product: str
    because: str
    kind: str
    rule: int | None
    pinned: bool
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Never:
    """What rules keep away from a cart: products, and tags and categories by kind and label."""

    products: frozenset[str] = frozenset()
    labels: frozenset[tuple[str, str]] = frozenset()

    def among(self, known: Known, products: Collection[str]) -> frozenset[str]:
        """Return those of some products that are kept away."""
        named = self.products.intersection(products)
        if not self.labels:
            return named
        facts = known.of(FACTS, products)
        return named.union(name for name, one in facts.items() if one.carried & self.labels)


@dataclass(frozen=True)
class Ruled:
    """What rules say of a cart: proposals in the order of the rules, pins first; and what never."""

    first: tuple[Proposal, ...] = ()
    never: Never = Never()


def for_cart(known: Known, cart: Sequence[str]) -> Ruled:
    """Return what rules propose for the products of a cart, and what they keep away.

    Rules out of season count for nothing. What lies in the cart, or is to be kept away, is not
    proposed; of several rules for one product the first counts.
    """
    inside = list(dict.fromkeys(cart))[:_MOST_CART]
    if not inside:
        return Ruled()
    rules = known.read("rules", _active)
    ruled: list[Proposal] = []
    never = Never()
    if rules:
        rules = _of_today(rules, known.context.now().astimezone(ZoneInfo(known.shop.zone)).date())
        of_cart = _OfCart(inside, frozenset(inside), _held(known, inside))
        never = _never(rules, of_cart)
        ruled = _ruled(known, rules, of_cart)
    related = _related(inside, known.of(_RELATIONS, inside))
    if not ruled and not related:
        return Ruled((), never)
    proposed = (*ruled, *related)
    barred = never.among(known, [one.product for one in proposed]).union(inside)
    found: dict[str, Proposal] = {}
    for one in proposed:
        if one.product not in barred:
            found.setdefault(one.product, one)
    return Ruled(tuple(found.values())[:_MOST_PROPOSALS], never)


def _active(connection: Connection, shop_id: int) -> list[StoredRule]:
    return store.rules(connection, shop_id, active=True)


def _of_today(rules: Sequence[StoredRule], today: date) -> list[StoredRule]:
    return [one for one in rules if in_season(one.rule.since, one.rule.until, today)]


def in_season(since: str | None, until: str | None, today: date) -> bool:
    """Tell whether a day lies within a window of days; a yearly one may go over New Year."""
    if since is None and until is None:
        return True
    full = today.isoformat()
    begin, end = since or "", until or ""
    yearly = len(begin or end) == len("12-24")
    day = full[5:] if yearly else full
    if yearly and begin and end and begin > end:
        return day >= begin or day <= end
    return (not begin or day >= begin) and (not end or day <= end)


@dataclass(frozen=True)
class _OfCart:
    """The products of a cart, and which of them carry which label."""

    products: Sequence[str]
    present: frozenset[str]
    held: Mapping[tuple[str, str], Sequence[str]]

    def meant(self, kind: str, reference: str) -> Sequence[str]:
        """Return the products of the cart that one side of a rule means."""
        if kind == "any":
            return self.products[:1]
        if kind == "product":
            return [reference] if reference in self.present else []
        return self.held.get((kind, label_of(reference)), ())


def _held(known: Known, cart: Sequence[str]) -> Mapping[tuple[str, str], Sequence[str]]:
    held: dict[tuple[str, str], list[str]] = {}
    for product, facts in known.of(FACTS, cart).items():
        for side in facts.carried:
            held.setdefault(side, []).append(product)
    return held


def _targets(
    known: Known, sides: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the products that each side of rules means, as far as they can be bought."""
    words = [(kind, label_of(name)) for kind, name in sides if kind != "product"]
    carried = known.of(CARRYING, words)
    return {
        (kind, name): [name] if kind == "product" else carried[kind, label_of(name)]
        for kind, name in sides
    }


def _never(rules: Sequence[StoredRule], cart: _OfCart) -> Never:
    sides: set[tuple[str, str]] = set()
    for stored in rules:
        rule = stored.rule
        if rule.kind != "never":
            continue
        if cart.meant(rule.of_kind, rule.of):
            sides.add((rule.to_kind, rule.to))
        # What does not go together does not, whichever of the two lies in the cart.
        if rule.of_kind != "any" and cart.meant(rule.to_kind, rule.to):
            sides.add((rule.of_kind, rule.of))
    return Never(
        frozenset(name for kind, name in sides if kind == "product"),
        frozenset((kind, label_of(name)) for kind, name in sides if kind != "product"),
    )


def _ruled(known: Known, rules: Sequence[StoredRule], cart: _OfCart) -> list[Proposal]:
    """Return what rules propose, pins first and otherwise in the order of the rules."""
    meant = [
        (stored, products[0])
        for stored in sorted(rules, key=lambda one: not one.rule.pinned)
        if stored.rule.kind != "never"
        and (products := cart.meant(stored.rule.of_kind, stored.rule.of))
    ][:_MOST_MATCHED]
    sides = {(stored.rule.to_kind, stored.rule.to) for stored, _ in meant}
    targets = _targets(known, sides)
    return [
        Proposal(
            product,
            because,
            stored.rule.kind,
            stored.id,
            stored.rule.pinned,
            stored.rule.words,
        )
        for stored, because in meant
        for product in targets[stored.rule.to_kind, stored.rule.to]
    ]


def _related(cart: Sequence[str], related: Mapping[str, Sequence[Sequence[str]]]) -> list[Proposal]:
    """Return what the platform says: what goes with the cart, then what may replace it."""
    found = [
        Proposal(other, product, kind, None, pinned=False)
        for product in cart
        for kind, other in related.get(product, ())
    ]
    return sorted(found, key=lambda one: one.kind == "alternative")
