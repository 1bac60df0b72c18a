"""Counts orders one by one: what came, changed, was cancelled or returned since the last time.

What of an order counts is always the difference between what is counted of it and how it stands
now. So it does not matter how often an order comes, in which order its changes come, or whether
the process dies on the way: each transaction leaves sums and log as if everything that it has
counted had been counted from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions.co_occurrence import kept
from plugin.services.suggestions.counting import is_long, sum_up
from plugin.services.suggestions.pair_sums import RULE, pairs_of, written
from plugin.store import baskets, pairs
from plugin.store.baskets import Counted
from plugin.store.pairs import LogEntry, PairState

#: Orders counted in one transaction: long enough to be quick, short enough not to hold up others.
BATCH = 1_000


def absorb(context: Context, shop: Shop, limit: int = BATCH) -> int:
    """Count up to `limit` orders that are due; returns how many, 0 when nothing is left to do.

    Where the rule of counting has changed, all orders are counted anew, some at a time.
    """
    with context.db.write() as connection:
        state = pairs.held_state(connection, shop.id)
        if state.rule != RULE:
            state = _begin_again(connection, shop, state)
        state, found = _next(connection, shop, state, limit)
        state = _count(connection, shop, state, found)
        pairs.put_state(connection, shop.id, state)
    if is_long(state):
        sum_up(context, shop)
    return len(found)


def _next(
    connection: Connection, shop: Shop, state: PairState, limit: int
) -> tuple[PairState, Sequence[Counted]]:
    if state.recounted_to is not None:
        found = baskets.following(connection, shop.id, state.recounted_to, limit)
        if found:
            return replace(state, recounted_to=found[-1].order_id), found
    return replace(state, recounted_to=None), baskets.due(connection, shop.id, limit)


def recount(context: Context, shop: Shop) -> None:
    """Forget what is counted; `absorb` then counts all orders anew, and the model stays till then.

    The result is the same: that is what the tests hold it against.
    """
    with context.db.write() as connection:
        state = pairs.held_state(connection, shop.id)
        pairs.put_state(connection, shop.id, _begin_again(connection, shop, state))


def _begin_again(connection: Connection, shop: Shop, state: PairState) -> PairState:
    pairs.drop_sums(connection, shop.id)
    return PairState(
        rule=RULE,
        epoch=state.epoch + 1,
        version=state.version + 1,
        last_entry=state.last_entry,
        products=state.products,
        recounted_to="",
    )


def _count(
    connection: Connection, shop: Shop, state: PairState, found: Sequence[Counted]
) -> PairState:
    bought = baskets.products_of(connection, shop.id, [item.order_id for item in found])
    chosen = {order_id: kept(products) for order_id, products in bought.items()}
    state, numbers = _numbers(connection, shop, state, set().union(*chosen.values()))
    taken, fresh = bytearray(), bytearray()
    now = []
    counting = state.baskets
    for item in found:
        was = item.basket if item.epoch == state.epoch else b""
        basket = written([numbers[one] for one in chosen.get(item.order_id, ())])
        now.append(Counted(item.order_id, state.epoch, basket))
        if was != basket:
            taken += was
            fresh += basket
            counting += bool(basket) - bool(was)
    baskets.put_counted(connection, shop.id, now)
    if not taken and not fresh:
        return state
    entry = LogEntry(state.last_entry + 1, bytes(taken), bytes(fresh))
    pairs.log(connection, shop.id, entry)
    longer = state.logged + pairs_of(entry.taken) + pairs_of(entry.added)
    return replace(state, last_entry=entry.entry, baskets=counting, logged=longer)


def _numbers(
    connection: Connection, shop: Shop, state: PairState, products: Set[str]
) -> tuple[PairState, dict[str, int]]:
    """Return the number of each product; those seen for the first time get the next ones."""
    numbers = baskets.numbers_of(connection, shop.id, products)
    unseen = sorted(products - numbers.keys())
    fresh = {product: state.products + place for place, product in enumerate(unseen)}
    baskets.number(connection, shop.id, fresh)
    return replace(state, products=state.products + len(fresh)), numbers | fresh
