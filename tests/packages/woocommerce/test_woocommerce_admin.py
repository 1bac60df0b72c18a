"""The merchant's page in WordPress, consent tools, and the page of an order."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any

import pytest

from plugin.services.parcels.shop_links import proof_of
from tests.packages.woocommerce.plugin_page import (
    APP,
    CONFIG,
    EMBED,
    KEY,
    LEDGER,
    SECRET,
    Page,
    needs_php,
)


@needs_php
def test_the_merchant_is_led_to_the_app_and_back(php: Any) -> None:
    html = php("standin_start(); return standin_printed('Bleib\\Admin\\show');")
    links = [attrs.get("href") for tag, attrs in Page(html).others if tag == "a"]
    assert links == [f"{APP}/install/woocommerce?shop_url=https%3A%2F%2Fshop.example"]


@needs_php
def test_what_woocommerce_needs_is_said_before_the_merchant_runs_into_it(php: Any) -> None:
    html = php(
        "wp()->options['permalink_structure'] = ''; standin_start();"
        "return standin_printed('Bleib\\Admin\\show');"
    )
    assert "Permalinks" in html
    assert "/install/woocommerce" not in html


@needs_php
def test_the_link_into_the_app_is_signed_as_agreed(shop: Any) -> None:
    url = shop("return standin_leaves('Bleib\\Admin\\open_app');")
    start, signature = url.split("&signature=")
    address, query = start.split("?")
    assert address == f"{APP}/install/woocommerce"
    assert re.fullmatch(rf"shop={KEY}&timestamp=\d{{10}}&nonce=[0-9a-f]{{32}}", query)
    assert signature == hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()


@needs_php
@pytest.mark.parametrize("work", ["open_app", "save", "show"])
def test_nobody_else_gets_in(shop: Any, work: str) -> None:
    left = shop(f"wp()->may = false; return standin_leaves('Bleib\\Admin\\{work}');")
    assert left == "died: You may not do this."


@needs_php
def test_the_page_survives_a_damaged_option(shop: Any) -> None:
    html = shop(
        "wp()->options['bleib_embed'] = ['shop' => '<b>', 'config' => '</b>'];"
        "return standin_printed('Bleib\\Admin\\show');"
    )
    assert "<b>" not in html
    assert "Not visible to customers yet." in html


@needs_php
def test_the_consent_tools_learn_what_may_be_kept_and_when(php: Any) -> None:
    known, keys = php(
        """
        function wp_add_cookie_info(...$facts) { wp()->sent[] = $facts; }
        standin_start();
        return [apply_filters('wp_consent_api_registered_bleib/bleib.php', false), wp()->sent];
        """
    )
    assert known is True
    assert {key[0]: key[2] for key in keys} == {
        "bleib.no": "functional",
        "bleib.ok": "functional",
        "bleib.voucher": "functional",
        "bleib.seen": "preferences",
        "bleib.ab": "preferences",
        "bleib.was": "preferences",
    }
    # The same keys, for as long, as the loader itself keeps to.
    ledger = json.loads(LEDGER.read_text(encoding="utf-8"))
    days = {"1 year": 365, "90 days": 90, "30 days": 30}
    assert {key[0]: days[key[3]] for key in keys} == {
        name: kept["days"] for name, kept in ledger.items()
    }
    assert {key[8] for key in keys} == {"LOCALSTORAGE"}


@needs_php
def test_the_thank_you_page_links_the_orders_page_once_it_is_published(php: Any) -> None:
    published = CONFIG | {"campaigns": [{"widget": "shipment_status"}]}
    known, before = php(
        """
        standin_start();
        $shown = static function ($embed) {
            standin_rest('PUT', '/wc-bleib/v1/embed', $embed);
            return standin_printed(static function () { do_action('woocommerce_thankyou', 1007); });
        };
        return array_map($shown, $given);
        """,
        [EMBED | {"config": json.dumps(published)}, EMBED],
    )
    link = f"{APP}/o/{KEY}/1007/{proof_of(SECRET, KEY, '1007')}"
    assert f'<a class="button" href="{link}" rel="noreferrer">' in known
    assert before == ""
