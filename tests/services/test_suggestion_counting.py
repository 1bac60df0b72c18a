"""What is counted one order at a time is what counting all of them at once gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations_with_replacement, count
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.model import Order, Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.order_rows import pseudonym
from plugin.services.suggestions import absorbing, counting
from plugin.services.suggestions.co_occurrence import Basket, Counts
from plugin.services.suggestions.pair_sums import Sums, packed, step, summed, unpacked, written
from plugin.store import order_reading, pairs
from plugin.store.personal import rename_orders
from tests.conftest import START
from tests.fakes.things import a_line, an_order

DOMAINS = (f"shop{number:06}.myshopify.com" for number in count())


@dataclass
class Event:
    """Something that happens to one of a few orders, or to what is counted."""

    kind: str
    order: int
    products: list[int]
    late: bool


KINDS = ["put", "put", "put", "cancel", "give_back", "delete", "erase"]
KINDS += ["absorb", "absorb", "sum_up", "recount", "die"]
EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(KINDS),
        st.integers(1, 4),
        st.lists(st.integers(1, 5), max_size=4),
        st.booleans(),
    ),
    min_size=4,
    max_size=12,
)


class Street:
    """A shop to which things happen, and which of its orders count now."""

    def __init__(self, context: Context, shop: Shop) -> None:
        self.context, self.shop = context, shop
        self.orders: dict[str, Order] = {}
        self.now = START

    def happen(self, event: Event) -> None:
        self.now += timedelta(seconds=1)
        getattr(self, event.kind)(event)

    def put(self, event: Event) -> None:
        lines = tuple(
            a_line(event.order, place, id=f"{event.order}/{n}")
            for n, place in enumerate(event.products)
        )
        self._take(event, replace(self._known(event), lines=lines))

    def cancel(self, event: Event) -> None:
        self._take(event, replace(self._known(event), cancelled_at=self.now))

    def give_back(self, event: Event) -> None:
        known = self._known(event)
        first = tuple(replace(line, kept=0) for line in known.lines[:1])
        self._take(event, replace(known, lines=first + known.lines[1:]))

    def _id(self, event: Event) -> str:
        return f"gid://shopify/Order/{event.order}"

    def _known(self, event: Event) -> Order:
        return self.orders.get(self._id(event), an_order(event.order))

    def _take(self, event: Event, order: Order) -> None:
        known = self.orders.get(order.id)
        order = replace(order, updated_at=START if event.late else self.now)
        newer = known is None or order.updated_at >= known.updated_at
        if newer and self._pseudonym(event) not in self.orders:
            self.orders[order.id] = order
        with self.context.db.write() as connection:
            for _ in range(2):  # every message may come twice
                orders.ingest(connection, self.context, self.shop, order)

    def _pseudonym(self, event: Event) -> str:
        return pseudonym(self.context.keys, self.shop.id, self._id(event))

    def delete(self, event: Event) -> None:
        self.orders.pop(self._id(event), None)
        with self.context.db.write() as connection:
            order_reading.delete_order(connection, self.shop.id, self._id(event))

    def erase(self, event: Event) -> None:
        if self._id(event) in self.orders:
            self.orders[self._pseudonym(event)] = self.orders.pop(self._id(event))
            with self.context.db.write() as connection:
                names = {self._id(event): self._pseudonym(event)}
                rename_orders(connection, self.shop.id, names)

    def absorb(self, event: Event) -> None:
        absorbing.absorb(self.context, self.shop, event.order)

    def sum_up(self, _event: Event) -> None:
        assert counting.sum_up(self.context, self.shop)

    def recount(self, _event: Event) -> None:
        absorbing.recount(self.context, self.shop)

    def die(self, event: Event) -> None:
        with (
            mock.patch.object(pairs, "put_state", side_effect=MemoryError),
            pytest.raises(MemoryError),
        ):
            absorbing.absorb(self.context, self.shop, event.order)

    def standing(self) -> list[set[str]]:
        return [
            {str(line.product_id) for line in order.lines if line.kept != 0}
            for order in self.orders.values()
            if order.cancelled_at is None
        ]


def all_absorbed(context: Context, shop: Shop) -> tuple[Counts, list[Basket]]:
    while absorbing.absorb(context, shop, 3):
        pass
    return counting.counted(context, shop)


Table = dict[tuple[str, str], tuple[int, int]]


def table_of(counts: Counts) -> Table:
    """Return each ordered pair of products with its weight and its number of orders."""
    found = {}
    for row, product in enumerate(counts.products):
        for at in range(counts.indptr[row], counts.indptr[row + 1]):
            other = counts.products[counts.indices[at]]
            found[product, other] = (int(counts.weight[at]), int(counts.together[at]))
    return found


def plainly(standing: list[set[str]]) -> tuple[Table, dict[str, int]]:
    """Count the same with two loops, and each product's own weight."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for basket in standing:
        for one, other in combinations_with_replacement(sorted(basket), 2):
            for pair in {(one, other), (other, one)}:
                sums[pair] += step(len(basket))
    read = {pair: (v >> 24, v & (2**24 - 1)) for pair, v in sums.items()}
    own = {one: read[one, one][0] for one, other in sorted(read) if one == other}
    return {pair: value for pair, value in read.items() if pair[0] != pair[1]}, own


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, others=EVENTS)
def test_counting_order_by_order_is_exact_whatever_happens(
    events: list[Event], others: list[Event], context: Context, make_shop: Callable[..., Shop]
) -> None:
    streets = [Street(context, make_shop(next(DOMAINS))) for _ in range(2)]
    for street, happening in zip(streets, (events, others), strict=True):
        for event in happening:
            street.happen(event)
    for street in streets:
        counts, recent = all_absorbed(context, street.shop)
        table, own = plainly(street.standing())
        assert table_of(counts) == table
        assert dict(zip(counts.products, counts.own.tolist(), strict=True)) == own
        held = [sum(product in basket for basket in street.standing()) for product in own]
        assert counts.held.tolist() == held
        assert counts.orders == sum(1 for basket in street.standing() if basket)
        assert len(recent) == counts.orders
        absorbing.recount(context, street.shop)
        again, _ = all_absorbed(context, street.shop)
        assert table_of(again) == table


def test_sums_are_read_as_they_were_written() -> None:
    sums = summed(b"".join(written(basket) for basket in ([3, 1, 2], [], [1, 2], [70_000, 1])))
    again = unpacked(packed(sums))
    assert again.keys.tolist() == sums.keys.tolist()
    assert again.values.tolist() == sums.values.tolist()
    assert list(zip(sums.first, sums.second, sums.together, strict=True))[:2] == [
        (1, 1, 3),
        (1, 2, 2),
    ]


def test_the_log_is_summed_up_once_it_is_long(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_FEWEST_TO_SUM", 10)
    street = Street(context, shop)
    for number in range(12):
        street.happen(Event("put", number, [1, 2, 3], late=False))
        absorbing.absorb(context, shop, 1)
    with context.db.read() as connection:
        state = pairs.state_of(connection, shop.id)
        assert len(pairs.logged(connection, shop.id)) < 4
    assert (state.summed, state.logged) == (6, 0) or state.logged < 12
    counts, _ = counting.counted(context, shop)
    assert set(counts.together.tolist()) == {12}


def test_who_sums_up_what_somebody_else_did_changes_nothing(context: Context, shop: Shop) -> None:
    street = Street(context, shop)
    street.happen(Event("put", 1, [1, 2], late=False))
    absorbing.absorb(context, shop)

    def meanwhile(sums: Sums) -> bytes:
        with mock.patch.object(counting, "packed", packed):
            assert counting.sum_up(context, shop)
        return packed(sums)

    with mock.patch.object(counting, "packed", meanwhile):
        assert not counting.sum_up(context, shop)
    counts, _ = counting.counted(context, shop)
    assert counts.together.tolist() == [1, 1]
