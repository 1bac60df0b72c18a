"""What an order brings along: lines from a suggestion, the note of the arms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packages.woocommerce.plugin_page import needs_php

ADD = "standin_rest('POST', '/wc/store/v1/cart/add-item', "


@needs_php
def test_the_mark_goes_from_the_request_through_the_cart_to_the_order(shop: Any) -> None:
    answer, order = shop(
        f"$one = {ADD} ['id' => 12003, 'quantity' => 1, '_bleib' => 'cross_sell:7:r12']);"
        "return [$one, standin_order()];"
    )
    status, body = answer
    assert status == 201
    assert body["items"][0]["extensions"]["bleib"] == {"product_id": 12, "mark": "cross_sell:7:r12"}
    assert order == [{"_bleib": "cross_sell:7:r12"}]


@needs_php
def test_a_line_without_a_mark_stays_as_it_is_even_after_a_marked_one(shop: Any) -> None:
    answer, order = shop(
        f"{ADD} ['id' => 12, 'quantity' => 1, '_bleib' => 'cross_sell:7']);"
        "WC()->cart->add(13, 1);"
        f"$two = {ADD} ['id' => 12, 'quantity' => 1]);"
        "return [$two, standin_order()];"
    )
    assert [item["id"] for item in answer[1]["items"]] == [12, 13, 12]
    assert order == [{"_bleib": "cross_sell:7"}, [], []]


@needs_php
def test_a_product_that_is_sold_one_by_one_gets_no_line_of_its_own(shop: Any) -> None:
    code = f"standin_state()->single = [12]; {ADD} ['id' => 12, 'quantity' => 1, '_bleib' => "
    assert shop(code + "'cross_sell:7']); return standin_order();") == [[]]


@needs_php
@pytest.mark.parametrize(
    "mark", ["<b>", "cross_sell:", "cross_sell:7\n", "cross_sell:7:", ["a"], 7, "x" * 80]
)
def test_a_foreign_mark_is_dropped(shop: Any, mark: object) -> None:
    code = f"{ADD} ['id' => 12, 'quantity' => 1, '_bleib' => $given['mark']]);"
    assert shop(code + "return standin_order();", mark=mark) == [[]]


# --- the note for the order

NOTED = """
    $note = static function ($text) {
        $body = ['namespace' => 'bleib', 'data' => ['note' => $text]];
        return standin_rest('POST', '/wc/store/v1/cart/extensions', $body)[0];
    };
"""
CHECKOUTS = (
    "woocommerce_checkout_create_order",
    "woocommerce_store_api_checkout_update_order_meta",
)


@needs_php
@pytest.mark.parametrize("checkout", CHECKOUTS)
def test_the_order_carries_the_note_and_its_first_word_on_a_campaign(
    shop: Any, checkout: str
) -> None:
    code = f"{ADD} ['id' => 12, 'quantity' => 1]); $note('0.0a,7.3b'); $note('7.3-,<b>,12.1h');"
    both = "return [standin_order_note($given['way']), standin_order_note($given['way'])];"
    first, next_one = shop(NOTED + code + both, way=checkout)
    assert first == {"_bleib_note": "0.0a,7.3b,12.1h"}
    assert next_one == []


@needs_php
def test_without_a_cart_nothing_is_noted(shop: Any) -> None:
    code = "$status = $note('0.0a'); return [$status, standin_order_note($given['way'])];"
    assert shop(NOTED + code, way=CHECKOUTS[0]) == [200, []]
