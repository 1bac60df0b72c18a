"""After learning: what comes back too often, and what the margin slider costs, as a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from plugin.model import Shop
from plugin.services import guard_limits, syncing
from plugin.services.context import Context
from plugin.services.guard_margin import tax_of
from plugin.services.steps import Handler, Step
from plugin.services.suggestions import ideas, learning, self_test, slider
from plugin.services.suggestions.counting import counted
from plugin.services.suggestions.margin import earning
from plugin.services.suggestions.margin_trial import Score, Trial, measure
from plugin.services.suggestions.model import Model
from plugin.services.suggestions.returned import too_often
from plugin.store import models, returned
from plugin.store.costs import costed_variants

#: How far back returned pieces are looked at.
_YEAR = timedelta(days=365)
#: As many as most shops show.
_SHOWN = 3


def look_back(context: Context, step: Step) -> None:
    """Note what comes back too often, and measure the slider on the last tenth of the orders."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    with context.db.read() as connection:
        found = returned.returns_since(connection, shop.id, context.now() - _YEAR)
    with context.db.write() as connection:
        returned.put_often_returned(connection, shop.id, too_often(found))
        models.touch(connection, shop.id)
    earnings, sold = _earnings(context, shop)
    # Without a single known cost there is nothing to move, and nothing to measure.
    trial = _measured(context, shop, earnings, sold) if earnings else None
    slider.keep(context, shop, trial, costs=bool(earnings))


def _measured(
    context: Context, shop: Shop, earnings: dict[str, Decimal], sold: frozenset[str]
) -> Trial | None:
    counts, recent = counted(context, shop)
    asked = self_test.held_back(counts, recent)
    if not asked:
        return None
    model = learning.before(counts, recent)
    return measure([one.products for one in asked], _score_of(model, sold), earnings, _SHOWN)


def _score_of(model: Model, sold: frozenset[str]) -> Score:
    def score(cart: Sequence[str]) -> list[tuple[str, float]]:
        found = ideas.learned(model.score(cart), set(cart), popular=False)
        return [(idea.product, idea.fit) for idea in found if idea.product in sold]

    return score


def _earnings(context: Context, shop: Shop) -> tuple[dict[str, Decimal], frozenset[str]]:
    """Return what a piece of each product leaves, where its cost is known; and all products."""
    earnings: dict[str, Decimal] = {}
    sold: set[str] = set()
    with context.db.read() as connection:
        tax = tax_of(guard_limits.read(connection, shop.id).limits, shop)
        for variant in costed_variants(connection, shop.id):
            first = variant.product_id not in sold
            left = earning(variant, tax) if first else None
            sold.add(variant.product_id)
            if left is not None:
                earnings[variant.product_id] = left
    return earnings, frozenset(sold)


HANDLERS: dict[str, Handler] = {"suggestions.look_back": look_back}
