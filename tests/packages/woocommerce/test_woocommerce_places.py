"""Where widgets stand: shortcode, block, both carts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packages.woocommerce.plugin_page import Page, needs_php


@needs_php
@pytest.mark.parametrize(
    ("name", "widget"),
    [("status", "shipment_status"), ("suggestions", "cross_sell"), ("newsletter", "newsletter")],
)
def test_shortcode_and_block_make_the_same_place(shop: Any, name: str, widget: str) -> None:
    code = "return [wp()->codes[$given['code']](), wp()->blocks[$given['block']]];"
    short, block = shop(code, code=f"bleib_{name}", block=f"bleib/{name}")
    assert Page(short).others == [("div", {"data-bleib": widget})]
    assert block["editor_script_handles"] == ["bleib-editor"]
    drawn = shop(
        "return wp()->blocks[$given['block']]['render_callback']();", block=f"bleib/{name}"
    )
    assert Page(drawn).others == [("div", {"data-bleib": widget, "class": "wp-block-bleib"})]


@needs_php
def test_suggestions_stand_below_either_cart_until_the_merchant_says_no(shop: Any) -> None:
    both = """
        $both = static function () {
            return apply_filters('render_block_woocommerce/cart', '<p>cart</p>')
                . standin_printed(static function () { do_action('woocommerce_after_cart'); });
        };
    """
    before, after = shop(
        both
        + """
        $before = $both();
        standin_leaves('Bleib\\Admin\\save');
        return [$before, $both()];
    """
    )
    place = ("div", {"data-bleib": "cross_sell", "style": "clear:both"})
    voucher = ("div", {"data-bleib": "preflight", "style": "clear:both"})
    assert Page(before).others == [("p", {}), voucher, place, place]
    assert Page(after).others == [("p", {}), voucher]


@needs_php
def test_places_are_empty_while_nothing_is_connected(php: Any) -> None:
    code = "standin_start(); return [wp()->codes['bleib_status'](), standin_printed("
    assert php(code + "static function () { do_action('woocommerce_after_cart'); })];") == ["", ""]
