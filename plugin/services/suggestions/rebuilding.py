"""Counts what is due and learns from it, as steps that go on where they were broken off."""

from __future__ import annotations

import time
from datetime import timedelta

from plugin.model import Shop
from plugin.services import steps, syncing
from plugin.services.context import Context
from plugin.services.steps import Handler, Postpone, Step
from plugin.services.suggestions.absorbing import absorb
from plugin.services.suggestions.counting import counted
from plugin.services.suggestions.learning import learn
from plugin.services.suggestions.model import FORMAT
from plugin.store import models, pairs, sync

#: After this many seconds of counting other steps get a turn.
TURN_SECONDS = 10.0
_LEARN_AGAIN_AFTER = timedelta(hours=12)
#: Between the nights it is learned again when there are so many more orders than the last time:
#: a young shop is worth more suggestions with every day, an old one hardly notices.
_GROWN = 1.1
_FEWEST_MORE = 20


def learn_from_orders(context: Context, step: Step) -> None:
    """Count what is due, and learn what goes with what from all that is counted.

    The daily round does not learn if the same was done a few hours ago (after a first import).
    """
    shop = _counted_shop(context, step)
    if shop is not None and ("generation" in step.payload or not _learned_lately(context, shop)):
        _learn(context, shop)


def absorb_orders(context: Context, step: Step) -> None:
    """Count what is due; learn from it if the shop has grown much since the last time."""
    shop = _counted_shop(context, step)
    if shop is not None and _has_grown(context, shop):
        _learn(context, shop)


def _counted_shop(context: Context, step: Step) -> Shop | None:
    """Return the shop once all of its orders are there and counted."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not _history_is_there(context, shop):
        return None
    end = time.monotonic() + TURN_SECONDS
    while absorb(context, shop):
        if time.monotonic() > end:
            raise Postpone(0)
    return shop


def _history_is_there(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, "orders")
    # Without a run there is nothing to wait for: the shop tells its orders by itself.
    return run is None or run.state == "done"


def _learned_lately(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        last = models.model_facts(connection, shop.id, FORMAT)
    return last is not None and context.now() - last.learned_at < _LEARN_AGAIN_AFTER


def _has_grown(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        now = pairs.state_of(connection, shop.id).baskets
        last = models.model_facts(connection, shop.id, FORMAT)
    before = 0 if last is None else last.baskets
    return now >= before * _GROWN and now - before >= _FEWEST_MORE


def _learn(context: Context, shop: Shop) -> None:
    with syncing.running(context, shop, "suggestions"):
        pass  # the merchant sees that it runs
    counts, recent = counted(context, shop)
    learned = learn(counts, recent)
    data = learned.to_bytes()
    with context.db.write() as connection:
        models.put_model(
            connection,
            shop.id,
            data,
            at=context.now(),
            baskets=counts.orders,
            choice=learned.choice,
        )
        syncing.finish(connection, context, shop, "suggestions", counts.orders)
        once_a_day = f"suggestions.look_back:{context.now():%Y-%m-%d}"
        steps.enqueue(connection, context, shop.id, "suggestions.look_back", key=once_a_day)


HANDLERS: dict[str, Handler] = {
    "suggestions.learn": learn_from_orders,
    "suggestions.absorb": absorb_orders,
}
