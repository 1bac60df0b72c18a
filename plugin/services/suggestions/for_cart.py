"""Suggestions for a cart: rules and the shop's own orders, ranked, each with a true reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import campaigns, guard_limits, prices
from plugin.services.campaign_drafts import whole
from plugin.services.context import Context
from plugin.services.guard_margin import tax_of
from plugin.services.suggestions import ideas, relations, remembering, similar, snapshots
from plugin.services.suggestions.alternatives import Better, better
from plugin.services.suggestions.facts import FACTS, Facts, Form
from plugin.services.suggestions.margin import earning
from plugin.services.suggestions.question import LONGEST_CART, CartQuestion
from plugin.services.suggestions.ranking import Idea, ranked
from plugin.services.suggestions.remembering import Kind, Known
from plugin.services.suggestions.shopper import Shopper
from plugin.services.suggestions.wishes import ALL, Choosing, Stretch
from plugin.store import returned, shelf
from plugin.store.costs import costs_of

WIDGET = "cross_sell"
#: What was learned of one product takes so much, about.
_BYTES_OF_LEARNED = 5_000


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
    #: How much a cart of the same products may be worth for the same answer.
    worth: Stretch = ALL


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
    known = remembering.known(context, shop)
    found = _campaign(known, question)
    if found is None:
        return ForCart(None, ())
    campaign, choosing = found
    cart = _cart(known, question)
    if not cart.products:
        return ForCart(campaign, ())
    possible = _ideas(known, choosing, cart, shopper or Shopper())
    facts = {**cart.facts, **known.of(FACTS, [idea.product for idea in possible])}
    replacing = {idea.because for idea in possible if idea.kind == "alternative"}
    earnings: Mapping[str, Decimal] = {}
    if choosing.margin or replacing:
        earnings = _earnings(known, {idea.product for idea in possible} | replacing, facts)
    if replacing:
        possible = [idea for idea in possible if _honest(idea, facts, earnings)]
    shown = ranked(possible, facts, choosing.wishes(question.place, cart.total), earnings)
    offered = [facts[idea.product].buyable[0] for idea in shown]
    before = known.of(_BEFORE, [form.variant_id for form in offered])
    prices = [form.price for one in possible if (form := facts[one.product].offered)]
    return ForCart(
        campaign,
        tuple(
            _suggested(idea, facts, form, before) for idea, form in zip(shown, offered, strict=True)
        ),
        choosing.stretch(prices, cart.total),
    )


def _campaign(known: Known, question: CartQuestion) -> tuple[int, Choosing] | None:
    for number, choosing in known.read("campaigns", partial(_running, known.context)):
        if choosing.stands_at(question.place):
            return number, choosing
    return None


def _running(context: Context, connection: Connection, shop_id: int) -> list[tuple[int, Choosing]]:
    return [
        (running.id, Choosing(whole(context.widgets[WIDGET], running.settings)))
        for running in campaigns.published(connection, shop_id)
        if running.widget == WIDGET
    ]


def _cart(known: Known, question: CartQuestion) -> _Cart:
    names = known.of(_NAMES, question.references)
    products = tuple(dict.fromkeys(names.values()))
    facts = known.of(FACTS, products)
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


def _ideas(known: Known, choosing: Choosing, cart: _Cart, shopper: Shopper) -> list[Idea]:
    ruled = relations.for_cart(known, cart.products)
    back = known.read("returned", returned.often_returned_of)
    learned = [
        idea for idea in _learned(known, choosing, cart, shopper) if idea.product not in back
    ]
    every = learned
    if ruled.first:
        every = [*ideas.ruled(ruled.first, {idea.product: idea.fit for idea in learned}), *learned]
    if sum(idea.kind != "popular" for idea in every) < choosing.limit:
        alike = similar.to_cart(known, cart.facts)
        every = every + [idea for idea in alike if idea.product not in back]
    barred = ruled.never.among(known, {idea.product for idea in every}).union(cart.products)
    owned = frozenset() if choosing.again else frozenset(shopper.bought)
    return [
        idea
        for idea in every
        # What the merchant calls a refill is bought again and again.
        if idea.product not in barred and (idea.product not in owned or idea.kind == "refill")
    ]


def _learned(known: Known, choosing: Choosing, cart: _Cart, shopper: Shopper) -> Sequence[Idea]:
    model = snapshots.model(known.context, known.shop)
    if model is None:
        return ()
    scored = cart.products[:LONGEST_CART]
    history = shopper.bought if choosing.again else {}

    def asked() -> Sequence[Idea]:
        found = model.score(scored, history=history, popular=choosing.popular)
        return ideas.learned(found, set(scored), popular=choosing.popular)

    if len(scored) > 1 or history:
        return asked()
    # One product, on its page or alone in a cart, is the most frequent of all questions.
    kind = "learned, popular" if choosing.popular else "learned"
    return known.kept(kind, scored, asked, _BYTES_OF_LEARNED)


def _earnings(
    known: Known, products: Iterable[str], facts: Mapping[str, Facts]
) -> dict[str, Decimal]:
    """Return what a piece leaves of some products, as far as that is known."""
    forms = {
        product: form.variant_id
        for product in products
        if product in facts and (form := facts[product].offered) is not None
    }
    left = known.of(_LEFT, forms.values())
    return {product: left[form] for product, form in forms.items() if form in left}


def _left(
    connection: Connection, _: Context, shop: Shop, variant_ids: Sequence[str]
) -> dict[str, Decimal]:
    tax = tax_of(guard_limits.read(connection, shop.id).limits, shop)
    costs = costs_of(connection, shop.id, variant_ids)
    left = {variant: earning(cost, tax) for variant, cost in costs.items()}
    return {variant: amount for variant, amount in left.items() if amount is not None}


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


_NAMES: Kind[str, str] = Kind(
    "names", lambda connection, _, shop, ids: shelf.resolve(connection, shop.id, ids)
)
_LEFT: Kind[str, Decimal] = Kind("left", _left)
#: An earlier price holds for as long as an answer does: its thirty days go on.
_BEFORE: Kind[str, Money] = Kind("before", prices.before_of, seconds=300)
