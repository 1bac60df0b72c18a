"""What is learned from past orders, and what it says of a cart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.services.suggestions import ridge
from plugin.services.suggestions.closeness import closest
from plugin.services.suggestions.co_occurrence import LONGEST_BASKET, Basket, Counts, count, without
from plugin.services.suggestions.learning import before, learn
from plugin.services.suggestions.model import LEAST_TOGETHER, Model, UnreadableModelError
from plugin.services.suggestions.self_test import WITHOUT_EVIDENCE, choose

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PRODUCTS = [f"gid://shopify/Product/{number}" for number in range(9)]


def basket(*products: str, day: float = 0) -> Basket:
    return Basket(products, START + timedelta(days=day))


def orders(times: int, *products: str, day: float = 0) -> list[Basket]:
    return [basket(*products, day=day) for _ in range(times)]


def learned(history: list[Basket]) -> Model:
    return learn(count(history), history)


def same(one: Counts, other: Counts) -> bool:
    arrays = ("own", "held", "indptr", "indices", "weight", "together")
    equal = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    return equal and (one.products, one.orders) == (other.products, other.orders)


@st.composite
def histories(draw: st.DrawFn) -> list[Basket]:
    lines = st.lists(st.sampled_from(PRODUCTS), max_size=5).map(tuple)
    moments = st.integers(0, 60 * 24).map(lambda hours: START + timedelta(hours=hours))
    once = draw(st.lists(st.builds(Basket, lines, moments), max_size=15))
    return sorted(once * draw(st.sampled_from([1, 3])), key=lambda basket: basket.at)


carts = st.lists(st.sampled_from([*PRODUCTS, "never sold", "'; drop table", "ﷺ"]), max_size=5)


@settings(max_examples=15, deadline=None)
@given(histories(), carts, st.integers(0, 6))
def test_a_cart_gets_other_products_best_first_and_true_reasons(
    history: list[Basket], cart: list[str], most: int
) -> None:
    found = learned(history).score(cart, most=most)

    products = [candidate.product for candidate in found]
    assert len(set(products)) == len(products) <= most
    assert not {*products} & {*cart}
    scores = [candidate.score for candidate in found]
    assert scores == sorted(scores, reverse=True)
    for one in found:
        if one.source == "orders":
            both = [b for b in history if {one.product, one.because} <= {*b.products}]
            assert one.because in cart
            assert one.together == len(both)


@settings(max_examples=15, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_neither_the_order_of_baskets_nor_of_lines_changes_what_is_counted(
    history: list[Basket], chance: Random
) -> None:
    shuffled = [
        Basket(tuple(chance.sample(b.products, len(b.products)) * 2), b.at) for b in history
    ]
    chance.shuffle(shuffled)

    assert same(count(history), count(iter(shuffled)))


@settings(max_examples=15, deadline=None)
@given(histories(), histories())
def test_orders_taken_out_leave_what_was_there_before(
    kept: list[Basket], gone: list[Basket]
) -> None:
    every = [basket(*PRODUCTS), *kept]  # so that both know all products

    assert same(without(count([*every, *gone]), gone), count(every))


def test_a_wholesale_order_of_any_length_counts_as_a_hundred_products() -> None:
    counts = count(orders(3, *(f"item {number:05}" for number in range(20_000))))

    assert len(counts.products) == LONGEST_BASKET
    assert counts.together.tolist() == [3] * (LONGEST_BASKET * (LONGEST_BASKET - 1))


def test_a_pair_in_a_short_order_says_more_than_in_a_long_one() -> None:
    crowd = [f"other {number}" for number in range(20)]
    history = orders(4, "tea", "pot") + orders(4, "tea", "cup", *crowd)
    history += orders(4, "cup") + orders(4, "pot", *crowd)

    found = [candidate.product for candidate in learned(history).score(["tea"])]

    assert found.index("pot") < found.index("cup")


def test_the_reason_is_one_that_enough_orders_tell_where_there_is_one() -> None:
    history = orders(2, "tea", "pot") + orders(9, "milk", "pot", "cup") + orders(9, "milk")

    first = learned(history).score(["tea", "milk"])[0]

    assert (first.product, first.because) == ("pot", "milk")
    assert first.together == 9 >= LEAST_TOGETHER


def test_a_cart_that_says_nothing_gets_what_is_popular_and_is_told_so() -> None:
    history = orders(9, "old") + orders(2, "new", "newer", day=40) + orders(1, "new", day=45)

    found = learned(history).score(["vase"])

    assert [(one.product, one.score, one.together, one.source) for one in found] == [
        ("new", 0.0, 3, "popular"),
        ("newer", 0.0, 2, "popular"),
    ]


def test_what_a_customer_bought_before_moves_up_or_comes_again() -> None:
    model = learned(orders(9, "tea", "pot") + orders(8, "tea", "cup") + orders(9, "oil"))
    plain = [one.product for one in model.score(["tea"], most=2)]

    found = model.score(["tea"], history={plain[1]: 5, "oil": 1, "tea": 9}, most=3)

    assert found[0].product == plain[1]
    assert [(one.because, one.together) for one in found if one.source == "again"] == [("oil", 1)]


def test_a_shop_without_orders_learns_nothing() -> None:
    for history in ([], [basket()]):
        model = learned(history)
        assert model.score(["tea"], history={"tea": 1}) == []
        assert Model.from_bytes(model.to_bytes()).products == ()


def test_few_orders_are_no_evidence_for_a_setting() -> None:
    history = [basket("tea", "pot", day=day) for day in range(29)]

    chosen = choose(count(history), history)

    assert chosen.setting == WITHOUT_EVIDENCE
    assert chosen.hits == {}


@pytest.mark.parametrize("still_sold", [True, False])
def test_the_damping_of_best_sellers_follows_the_latest_orders(still_sold: bool) -> None:
    chance = Random(1)
    history = []
    for number in range(1_200):
        theme = chance.randrange(12)
        own = [f"theme {theme} item {item}" for item in chance.sample(range(8), 3)]
        fashion = [f"bestseller {item}" for item in range(4) if chance.random() < 0.75]
        bought = own + (fashion if still_sold or number < 1_080 else [])
        history.append(basket(*bought, day=number / 40))

    model = learned(history)

    best = {one.product for one in model.score(["theme 1 item 1", "theme 1 item 2"], most=4)}
    assert any(product.startswith("bestseller") for product in best) == still_sold
    assert model.choice["cases"]["small"] > 100
    assert 0 < model.choice["hit_rates"]["small"] <= 1


def test_the_model_before_the_latest_orders_knows_nothing_of_them() -> None:
    history = [basket("tea", "pot", day=day) for day in range(90)]
    history += [basket("tea", "cup", day=90 + day) for day in range(10)]

    found = before(count(history), history).score(["tea"])

    assert [one.product for one in found if one.source == "orders"] == ["pot"]


def test_the_local_ridge_is_the_dense_one_where_everything_is_local() -> None:
    chance = Random(3)
    counts = count([basket(*chance.sample(PRODUCTS, 4)) for _ in range(200)])
    many = len(counts.products)
    gram = np.diag(counts.own / 65_536 * 1.5 + 5.0)
    rows = np.repeat(np.arange(many), np.diff(counts.indptr))
    gram[rows, counts.indices] = counts.weight / 65_536
    inverse = np.linalg.inv(gram)

    (table,) = ridge.tables(counts, [(5.0, 0.5)])

    found = np.zeros((many, many))
    found[np.repeat(np.arange(many), np.diff(table.indptr)), table.other] = table.weight
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    assert np.allclose(found, expected, atol=1e-4)


def test_a_product_keeps_its_fifty_closest() -> None:
    counts = count([b for number in range(80) for b in orders(3, "tea", f"with {number:02}")])

    table = closest(counts, 0.3)

    assert np.diff(table.indptr).tolist() == [50] + [1] * 80


def test_a_model_is_the_same_after_writing_and_reading() -> None:
    model = learned(orders(9, "tea", "pot") + orders(3, "ﷺ", "tea"))

    again = Model.from_bytes(model.to_bytes())

    assert again.to_bytes() == model.to_bytes()
    assert again.score(["tea"]) == model.score(["tea"])
    assert again.choice == model.choice


@pytest.mark.parametrize("cut", [0, 3, 20, 90, -1])
def test_anything_else_is_no_model(cut: int) -> None:
    data = learned(orders(9, "tea", "pot")).to_bytes()

    for broken in (data[:cut], data + b"!", b"????" + data[4:]):
        with pytest.raises(UnreadableModelError):
            Model.from_bytes(broken)


def test_a_model_with_one_wrong_byte_is_none() -> None:
    data = learned(orders(9, "tea", "pot") + orders(4, "tea", "cup")).to_bytes()

    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 0x55
        with pytest.raises(UnreadableModelError):
            Model.from_bytes(bytes(broken))


def test_a_model_that_is_too_large_keeps_the_best_of_each_product() -> None:
    history = [b for number in range(40) for b in orders(3 + number, "tea", f"with {number:02}")]
    model = learned(history)

    smaller = model.within(model.nbytes - 250)

    assert smaller.nbytes <= model.nbytes - 250
    assert smaller.score(["tea"], most=3) == model.score(["tea"], most=3)
    assert model.within(10**9) is model
