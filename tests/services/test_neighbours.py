"""What is learned from past orders, and what is suggested for a cart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.services.suggestions.co_occurrence import LONGEST_BASKET
from plugin.services.suggestions.damping import ALPHA_WITHOUT_EVIDENCE, ALPHAS, NEIGHBOURS
from plugin.services.suggestions.neighbours import (
    LEAST_TOGETHER,
    Basket,
    Neighbour,
    Neighbours,
    learn,
    suggest,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PRODUCTS = [f"gid://shopify/Product/{number}" for number in range(12)]


def basket(*products: str, day: float = 0) -> Basket:
    return Basket(products, START + timedelta(days=day))


def orders(times: int, *products: str, day: float = 0) -> list[Basket]:
    return [basket(*products, day=day) for _ in range(times)]


@st.composite
def histories(draw: st.DrawFn) -> list[Basket]:
    lines = st.lists(st.sampled_from(PRODUCTS), max_size=6).map(tuple)
    moments = st.integers(0, 60 * 24).map(lambda hours: START + timedelta(hours=hours))
    once = draw(st.lists(st.builds(Basket, lines, moments), max_size=25))
    return once * draw(st.sampled_from([1, 3]))


carts = st.lists(st.sampled_from([*PRODUCTS, "never sold"]), max_size=5)


@given(histories(), carts, st.sets(st.sampled_from(PRODUCTS)), st.integers(0, 5))
def test_suggestions_hold_nothing_from_the_cart_and_nothing_excluded(
    history: list[Basket], cart: list[str], exclude: set[str], limit: int
) -> None:
    suggestions = suggest(learn(history).of, cart, limit, exclude)

    products = [suggestion.product for suggestion in suggestions]
    assert len(products) <= limit
    assert len(set(products)) == len(products)
    assert not set(products) & (set(cart) | exclude)


@given(histories(), carts)
def test_suggestions_stand_in_the_order_of_their_scores(
    history: list[Basket], cart: list[str]
) -> None:
    scores = [suggestion.score for suggestion in suggest(learn(history).of, cart, 10)]

    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


@given(histories(), carts)
def test_the_reason_names_a_cart_product_and_the_true_number_of_orders(
    history: list[Basket], cart: list[str]
) -> None:
    for suggestion in suggest(learn(history).of, cart, 10):
        both = [b for b in history if {suggestion.product, suggestion.reason} <= set(b.products)]
        assert suggestion.reason in cart
        assert suggestion.together == len(both) >= LEAST_TOGETHER


@given(histories(), carts, st.randoms(use_true_random=False))
def test_the_order_of_baskets_of_lines_and_of_the_cart_changes_nothing(
    history: list[Basket], cart: list[str], chance: Random
) -> None:
    shuffled = [Basket(tuple(chance.sample(b.products, len(b.products))), b.at) for b in history]
    chance.shuffle(shuffled)
    turned = chance.sample(cart, len(cart))

    learned, again = learn(history), learn(iter(shuffled))

    assert learned == again
    assert suggest(learned.of, cart, 10) == suggest(again.of, turned + cart, 10)


@given(histories(), st.integers(2, 4))
def test_duplicate_lines_count_once(history: list[Basket], times: int) -> None:
    assert learn(history) == learn(Basket(b.products * times, b.at) for b in history)


@given(histories())
def test_a_neighbour_is_told_by_three_orders_or_not_at_all(history: list[Basket]) -> None:
    learned = learn(history)

    known = {(one, other.product) for one, others in learned.of.items() for other in others}
    for one, other in combinations(PRODUCTS, 2):
        together = sum({one, other} <= set(b.products) for b in history)
        assert ((one, other) in known) == ((other, one) in known) == (together >= LEAST_TOGETHER)


@given(histories())
def test_neighbours_stand_closest_first(history: list[Basket]) -> None:
    for neighbours in learn(history).of.values():
        scores = [neighbour.score for neighbour in neighbours]
        assert scores == sorted(scores, reverse=True)


def test_two_common_orders_are_no_reason() -> None:
    assert learn(orders(2, "tea", "pot")).of == {}
    assert learn(orders(3, "tea", "pot")).of["tea"][0].together == 3


def test_a_pair_in_a_short_order_says_more_than_in_a_long_one() -> None:
    crowd = [f"other {number}" for number in range(20)]
    history = orders(4, "tea", "pot") + orders(4, "tea", "cup", *crowd)
    history += orders(4, "cup") + orders(4, "pot", *crowd)

    found = [suggestion.product for suggestion in suggest(learn(history).of, ["tea"], 30)]

    assert found.index("pot") < found.index("cup")


def test_scores_of_several_cart_products_add_up() -> None:
    table = {
        "tea": [Neighbour("cup", 0.4, 9), Neighbour("pot", 0.5, 8)],
        "milk": [Neighbour("cup", 0.3, 5)],
    }

    first, second = suggest(table, ["milk", "tea"], 3)

    assert (first.product, first.reason, first.together) == ("cup", "tea", 9)
    assert first.score == pytest.approx(0.7)
    assert (second.product, second.reason) == ("pot", "tea")


def test_a_stored_neighbour_without_enough_orders_is_neither_shown_nor_counted() -> None:
    table = {"tea": [Neighbour("cup", 0.9, 2), Neighbour("pot", 0.1, 3)]}

    assert [found.product for found in suggest(table, ["tea"], 3)] == ["pot"]


def test_an_unknown_or_empty_cart_gets_no_suggestion() -> None:
    learned = learn(orders(9, "tea", "pot"))

    assert suggest(learned.of, [], 3) == []
    assert suggest(learned.of, ["vase"], 3) == []
    assert suggest(learned.of, ["tea", "pot"], 3) == []


def test_there_is_no_filler_when_nothing_belongs_to_the_cart() -> None:
    learned = learn(orders(50, "bestseller") + orders(5, "tea", "pot"))

    assert [found.product for found in suggest(learned.of, ["tea"], 3)] == ["pot"]
    assert learned.popular[0] == ("bestseller", 50)


def test_popular_counts_only_the_latest_thirty_days() -> None:
    learned = learn(orders(9, "old") + orders(2, "new", "newer", day=40) + orders(1, "new", day=45))

    assert learned.popular == (("new", 3), ("newer", 2))


def test_a_shop_without_orders_learns_nothing() -> None:
    assert (
        learn([])
        == Neighbours(of={}, popular=(), alpha=ALPHA_WITHOUT_EVIDENCE, baskets=0)
        == learn([basket()])
    )


def test_a_wholesale_order_of_any_length_costs_no_more_than_a_hundred_lines() -> None:
    giant = [f"item {number:06}" for number in range(50_000)]
    started = process_time()

    learned = learn(orders(3, *giant))

    assert len(learned.of) == LONGEST_BASKET
    assert process_time() - started < 10


def test_a_product_keeps_its_fifty_closest_neighbours() -> None:
    history = [b for number in range(80) for b in orders(3, "tea", f"with {number}")]

    assert len(learn(history).of["tea"]) == NEIGHBOURS


@pytest.mark.parametrize(("still_sold", "damped_most"), [(True, False), (False, True)])
def test_the_damping_of_best_sellers_follows_the_shops_latest_orders(
    still_sold: bool, damped_most: bool
) -> None:
    chance = Random(1)
    history = []
    for number in range(1_500):
        theme = chance.randrange(12)
        own = [f"theme {theme} item {item}" for item in chance.sample(range(8), 3)]
        fashion = [f"bestseller {item}" for item in range(4) if chance.random() < 0.75]
        bought = own + (fashion if still_sold or number < 1_350 else [])
        history.append(basket(*bought, day=number / 40))

    alpha = learn(history).alpha

    assert (alpha > min(ALPHAS)) == damped_most


@settings(max_examples=20)
@given(st.integers(0, 29))
def test_few_orders_are_no_evidence_for_a_damping(count: int) -> None:
    history = [basket("tea", "pot", day=day) for day in range(count)]

    assert learn(history).alpha == ALPHA_WITHOUT_EVIDENCE
