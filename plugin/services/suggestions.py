"""Suggestions for a cart: learned from the shop's own orders, shown only with a true reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import campaigns, prices, syncing
from plugin.services.campaigns import PublishedCampaign
from plugin.services.context import Context
from plugin.services.neighbours import Basket, Neighbour, Neighbours, Suggestion, learn, suggest
from plugin.services.steps import Handler, Step
from plugin.store import catalogue, sync
from plugin.store import neighbours as store
from plugin.store.catalogue import Offer
from plugin.store.neighbours import NeighbourRow
from plugin.store.orders import baskets

__all__ = ["HANDLERS", "ForCart", "Suggested", "for_cart"]

WIDGET = "cross_sell"
#: Products of a cart that are looked at; more would cost and say little.
LONGEST_CART = 50
_MOST = 3
#: How many are ranked at a time: most are available, so one round is usually enough.
_ROUND = 24
_WRITTEN_AT_ONCE = 200
_LEARN_AGAIN_AFTER = timedelta(hours=12)


@dataclass(frozen=True)
class Suggested:
    """A product for the cart, and the cart's product that explains it."""

    product: str
    variant: str
    handle: str
    title: str
    url: str
    image: str | None
    price: Money
    reason: str
    #: The lowest price of the 30 days before the present one, where that may be shown.
    before: Money | None = None


@dataclass(frozen=True)
class ForCart:
    """The answer for a cart: which campaign shows it, and what."""

    campaign: int | None
    items: tuple[Suggested, ...]


def for_cart(context: Context, shop: Shop, references: Sequence[str]) -> ForCart:
    """Return up to three products that go with a cart, best first.

    `references` are the platform's product ids, or the bare numbers in them; unknown ones count
    for nothing. Empty without a published campaign, while the shop is stopped, and where nothing
    that is available was bought often enough with what lies in the cart.
    """
    if shop.stopped_at is not None:
        return ForCart(None, ())
    with context.db.read() as connection:
        campaign = _campaign(connection, shop)
        if campaign is None:
            return ForCart(None, ())
        titles = catalogue.titles(connection, shop.id, list(references)[:LONGEST_CART])
        cart = sorted(titles)
        rows = store.neighbours_of(connection, shop.id, cart)
        limit = min(int(campaign.settings.get("limit", _MOST)), _MOST)
        found = _available(connection, shop, _neighbours(rows), cart, limit)
        offered = [offer.variant_id for _, offer in found]
        before = prices.before_of(connection, context, shop, offered)
    return ForCart(
        campaign.id,
        tuple(
            _suggested(shop, item, offer, titles, before.get(offer.variant_id))
            for item, offer in found
        ),
    )


def _campaign(connection: Connection, shop: Shop) -> PublishedCampaign | None:
    running = campaigns.published(connection, shop.id)
    return next((campaign for campaign in running if campaign.widget == WIDGET), None)


def _neighbours(rows: Mapping[str, Sequence[NeighbourRow]]) -> dict[str, list[Neighbour]]:
    return {
        product: [Neighbour(row.other_id, row.score, row.together) for row in found]
        for product, found in rows.items()
    }


def _available(
    connection: Connection,
    shop: Shop,
    neighbours: Mapping[str, Sequence[Neighbour]],
    cart: Sequence[str],
    limit: int,
) -> list[tuple[Suggestion, Offer]]:
    found: list[tuple[Suggestion, Offer]] = []
    seen: set[str] = set()
    while len(found) < limit:
        some = suggest(neighbours, cart, _ROUND, seen)
        if not some:
            break
        seen.update(item.product for item in some)
        offers = catalogue.offers(connection, shop.id, [item.product for item in some])
        found += [(item, offers[item.product]) for item in some if item.product in offers]
    return found[:limit]


def _suggested(
    shop: Shop, item: Suggestion, offer: Offer, titles: Mapping[str, str], before: Money | None
) -> Suggested:
    return Suggested(
        product=offer.product_id,
        variant=offer.variant_id,
        handle=offer.handle,
        title=offer.title,
        url=offer.url,
        image=offer.image_url,
        price=Money(offer.price.quantize(Decimal("0.01")), shop.currency),
        reason=titles[item.reason],
        before=before,
    )


def learn_from_orders(context: Context, step: Step) -> None:
    """Learn the neighbours of every product from all orders and store them.

    The daily round does nothing if the same was done a few hours ago (after a first import).
    """
    shop = syncing.shop_of_step(context, step)
    if shop is None or not _history_is_there(context, shop):
        return
    if "generation" not in step.payload and _learned_lately(context, shop):
        return
    with syncing.running(context, shop, "suggestions"):
        pass  # the merchant sees that it runs
    with context.db.read() as connection:
        past = [Basket(products, at) for at, products in baskets(connection, shop.id)]
    learned = learn(past)
    _store(context, shop, learned)
    with context.db.write() as connection:
        syncing.finish(connection, context, shop, "suggestions", learned.baskets)


def _history_is_there(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, "orders")
    # Without a run there is nothing to wait for: the shop tells its orders by itself.
    return run is None or run.state == "done"


def _learned_lately(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, "suggestions")
    last = None if run is None else run.finished_at
    return last is not None and context.now() - last < _LEARN_AGAIN_AFTER


def _store(context: Context, shop: Shop, learned: Neighbours) -> None:
    products = sorted(learned.of)
    for start in range(0, len(products), _WRITTEN_AT_ONCE):
        some = products[start : start + _WRITTEN_AT_ONCE]
        rows = [
            NeighbourRow(product, near.product, near.score, near.together)
            for product in some
            for near in learned.of[product]
        ]
        # Some at a time, so that the storefront's writes get their turn.
        with context.db.write() as connection:
            store.put_neighbours(connection, shop.id, some, rows)
    with context.db.write() as connection:
        old = store.products_with_neighbours(connection, shop.id) - set(products)
        store.drop_neighbours(connection, shop.id, sorted(old))


HANDLERS: dict[str, Handler] = {"suggestions.learn": learn_from_orders}
