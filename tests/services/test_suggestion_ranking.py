"""What is shown comes in the merchant's order, then by fit, margin and variety."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.model import Measure
from plugin.services.suggestions import ideas
from plugin.services.suggestions.alternatives import Better, better
from plugin.services.suggestions.facts import Facts, Form, likeness
from plugin.services.suggestions.margin import pulls
from plugin.services.suggestions.model import Candidate
from plugin.services.suggestions.ranking import Idea, Wishes, ranked
from plugin.services.suggestions.relations import Proposal


def a_form(price: str = "10.00", **values: Any) -> Form:
    return Form(**{"variant_id": "v", "title": "", "price": Decimal(price), "available": True,
                   **values})  # fmt: skip


def facts(product: str, price: str = "10.00", **values: Any) -> Facts:
    return Facts(
        **{
            "product_id": product,
            "title": product,
            "handle": product,
            "url": f"/{product}",
            "image_url": None,
            "kind": "",
            "published": True,
            "forms": (a_form(price, variant_id=f"{product}-1"),),
            **values,
        }
    )


def an_idea(product: str, fit: float = 1.0, **values: Any) -> Idea:
    return Idea(
        **{"product": product, "kind": "together", "mark": "o", "because": "cart",
           "tier": 10_000, "fit": fit, **values}
    )  # fmt: skip


def order(found: list[Idea]) -> list[str]:
    return [idea.product for idea in found]


KNOWN = {name: facts(name) for name in ("tea", "cup", "pot", "tin")}


def test_the_best_fit_comes_first_and_no_more_than_wished() -> None:
    three = [an_idea("tea", 0.2), an_idea("cup", 0.9), an_idea("pot", 0.5)]
    assert order(ranked(three, KNOWN, Wishes(limit=2))) == ["cup", "pot"]


def test_rules_stand_before_what_was_learned_and_each_product_once() -> None:
    some = [an_idea("tea", 1.0), an_idea("cup", 0.1, tier=1), an_idea("cup", 0.9)]
    assert order(ranked(some, KNOWN, Wishes())) == ["cup", "tea"]


@pytest.mark.parametrize(
    "gone",
    [
        facts("tea", published=False),
        facts("tea", forms=()),
        facts("tea", forms=(a_form(available=False),)),
    ],
    ids=["unpublished", "no form", "sold out"],
)
def test_what_cannot_be_bought_is_left_out(gone: Facts) -> None:
    assert ranked([an_idea("tea"), an_idea("unknown")], {"tea": gone}, Wishes()) == []


def test_the_form_that_is_in_stock_is_offered() -> None:
    forms = (a_form(variant_id="s", available=False), a_form(variant_id="m"), a_form())
    offered = facts("tea", forms=forms).offered
    assert offered is not None
    assert offered.variant_id == "m"


def test_prices_out_of_bounds_are_left_out() -> None:
    known = {"tea": facts("tea", "4.99"), "cup": facts("cup", "5.00"), "pot": facts("pot", "20.01")}
    wishes = Wishes(cheapest=Decimal(5), dearest=Decimal(20))
    assert order(ranked([an_idea(name) for name in known], known, wishes)) == ["cup"]


def test_near_twins_make_room_for_something_else() -> None:
    known = {
        "red": facts("red", title="Alarm clock red"),
        "green": facts("green", title="Alarm clock green"),
        "jug": facts("jug", title="Milk jug"),
    }
    three = [an_idea("red", 1.0), an_idea("green", 0.9), an_idea("jug", 0.7)]
    assert order(ranked(three, known, Wishes(variety=True))) == ["red", "jug", "green"]
    assert order(ranked(three, known, Wishes(variety=False))) == ["red", "green", "jug"]


def test_products_of_one_category_are_alike() -> None:
    sock, shirt = facts("a", categories=("Wear",)), facts("b", categories=("wear", "All"))
    assert likeness(sock, shirt) == 0.4
    assert likeness(facts("one", title="x1 y1"), facts("two", title="z1 w1")) == 0


def test_the_slider_draws_what_earns_more_forward() -> None:
    two = [an_idea("tea", 1.0), an_idea("cup", 0.6)]
    earned = {"tea": Decimal(1), "cup": Decimal(5)}
    assert order(ranked(two, KNOWN, Wishes(margin=0.0), earned)) == ["tea", "cup"]
    assert order(ranked(two, KNOWN, Wishes(margin=1.0), earned)) == ["cup", "tea"]


def test_an_unknown_cost_neither_gains_nor_loses() -> None:
    drawn = pulls(["tea", "cup", "pot"], {"tea": Decimal(2), "cup": Decimal(8)}, 1.0)
    assert drawn["pot"] == 1.0
    assert drawn["tea"] < 1.0 < drawn["cup"]


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.decimals(-50, 50, places=2)),
    st.floats(0, 1),
)
def test_no_cost_makes_a_factor_that_is_not_a_positive_number(
    earned: dict[str, Decimal], margin: float
) -> None:
    assert all(0 < factor < 1e6 for factor in pulls("abcdef", earned, margin).values())


def test_one_alternative_is_enough() -> None:
    two = [an_idea("tea", kind="alternative", tier=1), an_idea("cup", kind="alternative", tier=2)]
    assert order(ranked([*two, an_idea("pot")], KNOWN, Wishes())) == ["tea", "pot"]


PRESENT = facts("present", "10.00", rating=Decimal(4))


@pytest.mark.parametrize(
    ("other", "gain"),
    [
        (facts("other", "8.50", rating=Decimal(4)), Better(Decimal("1.50"), False)),
        (facts("other", "10.00", rating=Decimal("4.5")), Better(Decimal(0), True)),
        (facts("other", "10.01", rating=Decimal(5)), None),
        (facts("other", "8.00", rating=Decimal("3.9")), None),
        (facts("other", "8.00"), None),
        (facts("other", "8.00", rating=Decimal(5), published=False), None),
        (facts("other", rating=Decimal(5), forms=(a_form("8.00"), a_form("12.00"))), None),
    ],
    ids=["cheaper", "better rated", "dearer", "worse", "unrated", "not sold", "one form dearer"],
)
def test_an_alternative_must_cost_the_shopper_nothing(other: Facts, gain: Better | None) -> None:
    assert better(other, PRESENT) == gain


def of_litres(product: str, price: str, litres: str) -> Facts:
    told = Measure(Decimal(litres), "l", Decimal(1), "l")
    return facts(product, forms=(a_form(price, measure=told),))


def test_a_small_pack_is_no_cheaper_alternative() -> None:
    big = of_litres("big", "10.00", "1")
    assert better(of_litres("small", "8.00", "0.5"), big) is None
    assert better(of_litres("same", "8.00", "1"), big) == Better(Decimal(2), False)


def found(product: str, score: float = 1.0, **values: Any) -> Candidate:
    return Candidate(
        **{"product": product, "score": score, "because": "cart", "together": 3,
           "source": "orders", **values}
    )  # fmt: skip


def test_without_a_true_reason_nothing_is_shown() -> None:
    shown = ideas.learned(
        [
            found("tea", 4.0),
            found("seldom", together=2),
            found("elsewhere", because="not in the cart"),
            found("alike", source="similar", because="not in the cart", together=0),
            found("unasked", source="popular", because="", together=9),
            found("own", 2.0, source="again", because="", together=1),
        ],
        {"cart"},
        popular=False,
    )
    assert [(idea.product, idea.mark, idea.fit) for idea in shown] == [
        ("tea", "o", 1.0), ("own", "h", 0.5),
    ]  # fmt: skip


def test_what_is_popular_fills_up_only_where_it_may() -> None:
    most = [
        found("tea", 0.1),
        found("pop", 0.0, source="popular", because=""),
        found("top", 0.0, source="popular", because="", together=9),
    ]
    shown = ideas.learned(most, {"cart"}, popular=True)
    placed = order(ranked(shown, {**KNOWN, "pop": facts("pop"), "top": facts("top")}, Wishes()))
    assert placed == ["tea", "top", "pop"]


def test_rules_take_turns_in_their_order_and_pins_stand_first() -> None:
    proposed = [
        Proposal("tea", "cart", "accessory", 7, pinned=False),
        Proposal("cup", "cart", "accessory", 7, pinned=False),
        Proposal("pot", "cart", "refill", 3, pinned=False),
        Proposal("tin", "cart", "fits", 9, pinned=True),
    ]
    made = ideas.ruled(proposed, {"cup": 0.8})
    shown = ranked(made, KNOWN, Wishes(limit=6))
    assert [(idea.product, idea.kind, idea.mark) for idea in shown] == [
        ("tin", "fits", "r9"),
        ("cup", "accessory", "r7"),
        ("tea", "accessory", "r7"),
        ("pot", "refill", "r3"),
    ]


def test_what_the_platform_lists_keeps_its_order() -> None:
    listed = [Proposal(name, "cart", "accessory", None, pinned=False) for name in ("tin", "cup")]
    made = ideas.ruled(listed, {"cup": 1.0})
    assert order(ranked(made, KNOWN, Wishes())) == ["tin", "cup"]
    assert {idea.mark for idea in made} == {"rp"}
