"""Suggestions for a cart: rules and the shop's own orders, ranked, each with a true reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import campaigns, guard_limits, prices
from plugin.services.campaign_drafts import whole
from plugin.services.context import Context
from plugin.services.guard_margin import tax_of
from plugin.services.suggestions import ideas, relations, remembering, similar, snapshots
from plugin.services.suggestions.alternatives import Better, better
from plugin.services.suggestions.facts import Facts, Form, gathered
from plugin.services.suggestions.margin import earning
from plugin.services.suggestions.question import LONGEST_CART, CartQuestion
from plugin.services.suggestions.ranking import Idea, ranked
from plugin.services.suggestions.shopper import Shopper
from plugin.services.suggestions.wishes import Choosing
from plugin.store import returned, shelf
from plugin.store.costs import costs_of

WIDGET = "cross_sell"
#: For so long an earlier price is remembered, as an answer is: its thirty days go on.
_SECONDS = 300


@dataclass(frozen=True)
class Suggested:
    """A product for the cart, the form to offer, and why; holds nothing internal."""

    idea: Idea
    facts: Facts
    form: Form
    #: Title of the cart's product that explains it, "" where the reason is not in the cart.
    because: str
    #: The lowest price of the 30 days before the present one, where that may be shown.
    before: Money | None = None
    #: What a shopper gains by taking it in place of the cart's product.
    better: Better | None = None


@dataclass(frozen=True)
class ForCart:
    """The answer for a cart: which campaign shows it, and what."""

    campaign: int | None
    items: tuple[Suggested, ...]


@dataclass(frozen=True)
class _Cart:
    """What lies in the cart: product ids in its order, and what the goods are worth."""

    products: tuple[str, ...]
    facts: Mapping[str, Facts]
    total: Decimal


def for_cart(
    context: Context, shop: Shop, question: CartQuestion, shopper: Shopper | None = None
) -> ForCart:
    """Return what goes with a cart, best first, no more than the merchant wants at that place.

    Products that the shop does not have count for nothing. Empty without a published campaign for
    the place, while the shop is stopped, and where nothing that can be bought has a true reason.
    """
    if shop.stopped_at is not None:
        return ForCart(None, ())
    with context.db.read() as connection:
        found = _campaign(connection, context, shop, question)
        if found is None:
            return ForCart(None, ())
        campaign, choosing = found
        cart = _cart(connection, context, shop, question)
        if not cart.products:
            return ForCart(campaign, ())
        possible = _ideas(connection, context, shop, choosing, cart, shopper or Shopper())
        named = [idea.product for idea in possible]
        facts = {**cart.facts, **_facts(connection, context, shop, named)}
        earnings = _earnings(connection, shop, choosing, possible, facts)
        possible = [idea for idea in possible if _honest(idea, facts, earnings)]
        shown = ranked(possible, facts, choosing.wishes(question.place, cart.total), earnings)
        offered = {idea.product: facts[idea.product].buyable[0] for idea in shown}
        ids = [form.variant_id for form in offered.values()]
        before = remembering.by_id(
            context,
            shop,
            f"before {context.now().timestamp() // _SECONDS}",
            ids,
            lambda some: prices.before_of(connection, context, shop, some),
        )
    return ForCart(
        campaign,
        tuple(_suggested(idea, facts, offered[idea.product], before) for idea in shown),
    )


def _campaign(
    connection: Connection, context: Context, shop: Shop, question: CartQuestion
) -> tuple[int, Choosing] | None:
    published = remembering.settled(
        context, shop, "campaigns", lambda: campaigns.published(connection, shop.id)
    )
    for running in published:
        if running.widget == WIDGET:
            choosing = Choosing(whole(context.widgets[WIDGET], running.settings))
            if choosing.stands_at(question.place):
                return running.id, choosing
    return None


def _cart(connection: Connection, context: Context, shop: Shop, question: CartQuestion) -> _Cart:
    names = remembering.by_id(
        context,
        shop,
        "names",
        question.references,
        lambda unknown: shelf.resolve(connection, shop.id, unknown),
    )
    products = tuple(dict.fromkeys(names[n] for n in question.references if n in names))
    facts = _facts(connection, context, shop, products)
    told = question.total
    return _Cart(products, facts, _worth(question, names, facts) if told is None else told)


def _worth(question: CartQuestion, names: Mapping[str, str], facts: Mapping[str, Facts]) -> Decimal:
    """Return what the goods are worth at least, where the storefront does not tell."""
    worth = Decimal(0)
    for reference, count in question.lines:
        known = facts.get(names.get(reference, ""))
        if known is not None:
            worth += min(form.price for form in known.forms) * count
    return worth


def _facts(
    connection: Connection, context: Context, shop: Shop, ids: Sequence[str]
) -> dict[str, Facts]:
    return remembering.by_id(
        context,
        shop,
        "facts",
        ids,
        lambda unknown: gathered(shelf.shelf(connection, shop.id, unknown)),
    )


def _ideas(
    connection: Connection,
    context: Context,
    shop: Shop,
    choosing: Choosing,
    cart: _Cart,
    shopper: Shopper,
) -> list[Idea]:
    ruled = relations.for_cart(connection, context, shop, cart.products)
    known = _learned(context, shop, choosing, cart, shopper)
    back = remembering.by_id(
        context,
        shop,
        "returned",
        [idea.product for idea in known],
        lambda some: dict.fromkeys(returned.often_returned_of(connection, shop.id, some), True),
    )
    known = [idea for idea in known if idea.product not in back]
    fits = {idea.product: idea.fit for idea in known}
    barred = ruled.never.union(cart.products)
    owned = frozenset() if choosing.again else frozenset(shopper.bought)
    every = [*ideas.ruled(ruled.first, fits), *known]
    if sum(idea.kind != "popular" for idea in every) < choosing.limit:
        every += similar.to_cart(connection, shop, cart.facts)
    return [
        idea
        for idea in every
        # What the merchant calls a refill is bought again and again.
        if idea.product not in barred and (idea.kind == "refill" or idea.product not in owned)
    ]


def _learned(
    context: Context, shop: Shop, choosing: Choosing, cart: _Cart, shopper: Shopper
) -> list[Idea]:
    model = snapshots.model(context, shop)
    if model is None:
        return []
    scored = cart.products[:LONGEST_CART]
    found = model.score(scored, history=shopper.bought if choosing.again else {})
    return ideas.learned(found, set(scored), popular=choosing.popular)


def _earnings(
    connection: Connection,
    shop: Shop,
    choosing: Choosing,
    possible: Sequence[Idea],
    facts: Mapping[str, Facts],
) -> dict[str, Decimal]:
    """Return what a piece leaves of the products that are weighed, where that is asked for."""
    replacing = {idea.because for idea in possible if idea.kind == "alternative"}
    if not choosing.margin and not replacing:
        return {}
    weighed = {idea.product for idea in possible} | replacing
    forms = {
        product: known.offered.variant_id
        for product in weighed
        if (known := facts.get(product)) is not None and known.offered is not None
    }
    costs = costs_of(connection, shop.id, sorted(forms.values()))
    tax = tax_of(guard_limits.read(connection, shop.id).limits, shop)
    found = {
        product: earning(costs[variant], tax)
        for product, variant in forms.items()
        if variant in costs
    }
    return {product: left for product, left in found.items() if left is not None}


def _honest(idea: Idea, facts: Mapping[str, Facts], earnings: Mapping[str, Decimal]) -> bool:
    """Tell whether something that would take the place of the cart's product may be offered."""
    if idea.kind != "alternative":
        return True
    other, present = facts.get(idea.product), facts.get(idea.because)
    if other is None or present is None or better(other, present) is None:
        return False
    # What the merchant ruled is wanted; what a platform lists must not cost them money.
    left, before = earnings.get(idea.product), earnings.get(idea.because)
    return idea.mark != "rp" or left is None or before is None or left >= before


def _suggested(
    idea: Idea, facts: Mapping[str, Facts], form: Form, before: Mapping[str, Money]
) -> Suggested:
    known, present = facts[idea.product], facts.get(idea.because)
    gained = better(known, present) if present and idea.kind == "alternative" else None
    return Suggested(
        idea=idea,
        facts=known,
        form=form,
        because=present.title if present else "",
        before=before.get(form.variant_id),
        better=gained,
    )
