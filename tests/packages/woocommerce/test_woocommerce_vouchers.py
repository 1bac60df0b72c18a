"""The link of a voucher mail, followed in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packages.woocommerce.plugin_page import needs_php

FOLLOW = """
    standin_state()->minimums = ['herbst-5' => 60];
    $follow = static function ($code) {
        $_GET['bleib_voucher'] = $code;
        return standin_leaves(static function () { do_action('template_redirect'); });
    };
    $state = static function () {
        $shop = standin_state();
        return [$shop->cart->coupons, $shop->session->get('bleib_voucher'), $shop->notices,
            $shop->session->has_cookie];
    };
"""


@needs_php
def test_a_voucher_link_applies_the_voucher_and_leads_to_the_clean_cart(shop: Any) -> None:
    to, again, (coupons, kept, notices, _) = shop(
        FOLLOW + "WC()->cart->add(12, 6); $to = $follow('HERBST-5');"
        "return [$to, $follow('herbst-5'), $state()];"
    )
    assert to == again == "https://shop.example/?page_kind=cart"
    assert coupons == ["herbst-5"]
    assert kept is None
    assert notices == [["success", "Coupon code applied successfully."]]


@needs_php
def test_a_voucher_waits_until_the_cart_is_full_enough(shop: Any) -> None:
    early, late = shop(
        FOLLOW + "WC()->cart->add(12, 1); $follow('herbst-5'); $early = $state();"
        "WC()->cart->add(13, 1); WC()->cart->add(14, 5); return [$early, $state()];"
    )
    assert early == [[], "herbst-5", [["error", "The minimum spend is not met."]], True]
    assert late[:2] == [["herbst-5"], None]
    assert len(late[2]) == 2


@needs_php
def test_a_voucher_waits_for_a_guest_whose_cart_is_empty(shop: Any) -> None:
    to, early, late = shop(
        FOLLOW + "$to = $follow('herbst-5'); $early = $state();"
        "WC()->cart->add(12, 6); return [$to, $early, $state()];"
    )
    assert to == "https://shop.example/?page_kind=shop"
    assert early[:2] == [[], "herbst-5"]
    assert early[2][0][0] == "notice"
    assert early[3] is True
    assert late[:2] == [["herbst-5"], None]


@needs_php
@pytest.mark.parametrize("items", [0, 6])
def test_an_unknown_code_is_said_once_and_not_kept(shop: Any, items: int) -> None:
    code = "if ($given['items']) { WC()->cart->add(12, $given['items']); } $follow('gone');"
    coupons, kept, notices, cookie = shop(FOLLOW + code + "return $state();", items=items)
    assert (coupons, kept, cookie) == ([], None, False)
    assert [kind for kind, _ in notices] == ["error"]


@needs_php
@pytest.mark.parametrize("code", [["herbst-5"], "", " ", "x" * 65])
def test_rubbish_in_the_link_does_nothing_but_lead_on(shop: Any, code: object) -> None:
    run = "$to = $follow($given['code']); return [$to, $state()];"
    to, state = shop(FOLLOW + run, code=code)
    assert to == "https://shop.example/?page_kind=shop"
    assert state == [[], None, [], False]


@needs_php
def test_a_page_without_the_parameter_is_left_alone(shop: Any) -> None:
    code = "return standin_leaves(static function () { do_action('template_redirect'); });"
    assert shop(code) == ""
