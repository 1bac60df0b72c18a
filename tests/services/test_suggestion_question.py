"""Whatever a storefront sends as a cart is understood, or refused in clear words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import BadInputError
from plugin.services.suggestions.question import (
    MOST_LINES,
    CartQuestion,
    read_address,
    read_body,
)


def test_ids_come_with_and_without_quantities() -> None:
    question = read_address({"cart": "1*3, 2,gid://shopify/Product/4*12,*5,,6*0,7*abc"})
    assert question.lines == (
        ("1", 3), ("2", 1), ("gid://shopify/Product/4", 12), ("*5", 1), ("7*abc", 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "pieces"),
    [("0.5", 1), ("2.75", 2), ("10000", 9999), ("999999999999", 9999), ("0.0", 0)],
)
def test_metres_and_huge_quantities_lie_in_the_cart_as_well(told: str, pieces: int) -> None:
    lines = (("cloth", pieces),) if pieces else ()
    assert read_address({"cart": f"cloth*{told}"}).lines == lines
    body = {"cart": [{"product": "cloth", "quantity": float(told)}]}
    assert read_body(body).lines == lines


@pytest.mark.parametrize("quantity", [float("nan"), float("-inf"), -3])
def test_a_quantity_that_is_none_is_no_line(quantity: float) -> None:
    assert read_body({"cart": [{"product": "cloth", "quantity": quantity}]}).lines == ()
    endless = {"product": "cloth", "quantity": float("inf")}
    assert read_body({"cart": [endless]}).lines == (("cloth", 9999),)


def test_the_rest_of_the_question_is_read_too() -> None:
    told = {"cart": "1", "total": "47.60", "place": "drawer", "lang": "en"}
    assert read_address(told) == CartQuestion((("1", 1),), Decimal("47.60"), "drawer", "en")
    body = {**told, "cart": [{"product": "1", "quantity": 1}]}
    assert read_body(body) == read_address(told)


def test_what_is_not_told_has_its_usual_value() -> None:
    assert read_address({}) == read_body({}) == CartQuestion((), None, "cart", "de")
    assert read_address({"lang": "xx"}).language == "de"


@pytest.mark.parametrize("total", ["NaN", "-1", "1e9", "Infinity", "ten", "9" * 30, "1,50"])
def test_a_total_that_is_no_amount_is_refused(total: str) -> None:
    with pytest.raises(BadInputError):
        read_address({"cart": "1", "total": total})


@pytest.mark.parametrize(
    "body", [{"cart": {}}, {"place": "bin"}, {"place": ["cart"]}, {"total": 5}]
)
def test_bodies_of_another_shape_are_refused(body: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        read_body(body)


@pytest.mark.parametrize(
    "line", [None, 5, "1", {}, {"product": 1}, {"product": "1", "quantity": True}]
)
def test_lines_that_are_none_count_for_nothing(line: object) -> None:
    assert read_body({"cart": [line, {"product": "2"}]}).lines == (("2", 1),)


def test_a_cart_of_more_lines_than_are_read_is_cut() -> None:
    told = ",".join(str(number) for number in range(2 * MOST_LINES))
    assert len(read_address({"cart": told}).lines) == MOST_LINES


@given(st.lists(st.text(max_size=100), max_size=20))
def test_no_id_that_no_database_takes_gets_through(ids: list[str]) -> None:
    for question in (
        read_address({"cart": ",".join(ids)}),
        read_body({"cart": [{"product": one, "quantity": 2} for one in ids]}),
    ):
        for name, count in question.lines:
            assert 0 < len(name.encode()) <= 320
            assert "\x00" not in name
            assert count > 0
