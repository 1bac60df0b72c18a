"""What is counted of a shop's orders, as a whole: sums and log put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions.co_occurrence import Basket, Counts, Numbers
from plugin.services.suggestions.learning import RECENT
from plugin.services.suggestions.pair_sums import (
    NOTHING,
    Integers,
    Sums,
    added,
    packed,
    read,
    summed,
    taken_away,
    unpacked,
    with_changes,
)
from plugin.store import baskets, pairs
from plugin.store.pairs import LogEntry, PairState

#: The log is summed up once it holds that many pairs, and more than a quarter of what is summed:
#: so each pair is written a handful of times, however large the shop grows.
_FEWEST_TO_SUM = 1_000_000
_SHARE_TO_SUM = 4
#: Pairs in one row of sums, about 3 MB.
_PART = 1_000_000
#: Bytes of baskets that are summed at a time.
_LOG_AT_ONCE = 1 << 24


def is_long(state: PairState) -> bool:
    """Tell whether the log has grown so much that it should be summed up."""
    return state.logged >= max(_FEWEST_TO_SUM, state.summed // _SHARE_TO_SUM)


def sum_up(context: Context, shop: Shop) -> bool:
    """Put the log into the sums; False if somebody else did meanwhile.

    Computed before the transaction: whoever counts an order or sells goes on in the meantime.
    """
    with context.db.read() as connection:
        state, log, sums = _whole(connection, shop)
    parts = [packed(part) for part in _cut(sums)]
    with context.db.write() as connection:
        now = pairs.held_state(connection, shop.id)
        if (now.epoch, now.version) != (state.epoch, state.version):
            return False
        pairs.put_sums(connection, shop.id, parts, log[-1].entry if log else 0)
        left = now.logged - state.logged
        fresh = replace(now, version=now.version + 1, logged=left, summed=len(sums.keys))
        pairs.put_state(connection, shop.id, fresh)
    return True


def _whole(connection: Connection, shop: Shop) -> tuple[PairState, Sequence[LogEntry], Sums]:
    state = pairs.state_of(connection, shop.id)
    log = pairs.logged(connection, shop.id)
    fresh = [summed(some) for some in _joined(entry.added for entry in log)]
    fresh += [taken_away(summed(some)) for some in _joined(entry.taken for entry in log)]
    return state, log, with_changes(_summed(connection, shop), added(fresh))


def _summed(connection: Connection, shop: Shop) -> Sums:
    """Return the sums without the log: the parts are cut out of one, in its order."""
    parts = [unpacked(data) for data in pairs.sums(connection, shop.id)]
    if not parts:
        return NOTHING
    return Sums(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _joined(entries: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for entry in entries:
        held += entry
        if len(held) >= _LOG_AT_ONCE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _cut(sums: Sums) -> Iterator[Sums]:
    for start in range(0, len(sums.keys), _PART):
        yield Sums(sums.keys[start : start + _PART], sums.values[start : start + _PART])


def counted(context: Context, shop: Shop) -> tuple[Counts, list[Basket]]:
    """Return all that is counted, and the latest of the orders that are in it, oldest first."""
    with context.db.read() as connection:
        state, _, sums = _whole(connection, shop)
        names = baskets.names(connection, shop.id)
        latest = baskets.latest(connection, shop.id, state.epoch, RECENT)
    recent = [
        Basket(tuple(sorted(names[number] for number in one)), at)
        for at, basket in reversed(latest)
        for one in read(basket)
    ]
    return _counts(sums, names, state.baskets), recent


def _counts(sums: Sums, names: Sequence[str], orders: int) -> Counts:
    """Number the products anew, in the order of their ids, and write each pair both ways."""
    first, second = sums.first.astype(np.int32), sums.second.astype(np.int32)
    own = first == second
    present = first[own]
    products = sorted(names[number] for number in present.tolist())
    places = {product: place for place, product in enumerate(products)}
    place_of = np.full(len(names), -1, np.int32)
    place_of[present] = [places[names[number]] for number in present.tolist()]
    by_id = np.argsort(place_of[present])
    order, columns = _both_ways(place_of[first[~own]], place_of[second[~own]], len(products))
    return Counts(
        products=tuple(products),
        orders=orders,
        own=sums.weight[own][by_id],
        held=sums.together[own][by_id].astype(np.int32),
        indptr=_starts(place_of[first[~own]], place_of[second[~own]], len(products)),
        indices=columns,
        weight=sums.weight[~own][order],
        together=sums.together[~own].astype(np.int32)[order],
    )


def _both_ways(first: Numbers, second: Numbers, products: int) -> tuple[Integers, Numbers]:
    """Return the pairs in the order of the rows, by their places, and the columns of the rows.

    A shop may have ten million pairs: what is not needed any more is given back at once.
    """
    pairs_there = len(first)
    keys = np.concatenate([first, second]).astype(np.int64)
    keys *= products
    keys[:pairs_there] += second
    keys[pairs_there:] += first
    order = np.argsort(keys)
    keys = keys[order]
    keys %= max(products, 1)
    order[order >= pairs_there] -= pairs_there
    return order, keys.astype(np.int32)


def _starts(first: Numbers, second: Numbers, products: int) -> Integers:
    lengths = np.bincount(first, minlength=products) + np.bincount(second, minlength=products)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
