"""Learns the suggestions of a shop from all of its orders, as a step."""

from __future__ import annotations

from datetime import timedelta

from plugin.model import Shop
from plugin.services import syncing
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.services.suggestions.neighbours import Basket, Neighbours, learn
from plugin.store import neighbours as store
from plugin.store import sync
from plugin.store.neighbours import NeighbourRow
from plugin.store.orders import baskets

_WRITTEN_AT_ONCE = 200
_LEARN_AGAIN_AFTER = timedelta(hours=12)


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
