"""What the plugin puts into the pages of a shop: nothing that can leave its element."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.app import package_facts
from plugin.packages import data_files
from tests.conftest import make_config
from tests.packages.woocommerce.plugin_page import APP, CONFIG, EMBED, KEY, Page, needs_php


@needs_php
def test_the_configuration_stands_in_the_page_and_cannot_leave_its_element(shop: Any) -> None:
    page = Page(shop("return standin_head();"))
    assert len(page.scripts) == 2
    attributes, text = page.scripts[0]
    assert attributes == {"type": "application/json", "id": "bleib-config"}
    assert json.loads(text) == CONFIG
    assert "<" not in text


@needs_php
def test_even_a_configuration_changed_in_the_database_cannot_leave_its_element(shop: Any) -> None:
    code = "wp()->options['bleib_embed']['config'] = $given['config']; return standin_head();"
    page = Page(shop(code, config='{"a":"</script><img src=x onerror=alert(1)>"}'))
    assert len(page.scripts) == 2
    assert page.others == []


@needs_php
def test_the_script_knows_the_shop_the_app_and_the_page(shop: Any) -> None:
    code = "$_GET['page_kind'] = 'product'; return standin_head();"
    attributes, _ = Page(shop(code)).scripts[1]
    assert attributes["async"] in (None, "")
    assert (attributes["src"] or "").startswith(
        "https://shop.example/wp-content/plugins/bleib/assets/bleib.js?ver="
    )
    assert {name: value for name, value in attributes.items() if name.startswith("data-")} == {
        "data-shop": KEY,
        "data-app": APP,
        "data-page": "product",
        "data-product": "42",
        "data-lang": "de-DE",
        "data-api": "https://shop.example/wp-json/wc/store/v1/",
        "data-files": data_files(package_facts(make_config())),
        "data-no-minify": "1",
        "data-no-optimize": "1",
        "data-noptimize": "1",
    }


@needs_php
def test_the_page_says_that_somebody_is_logged_in_and_not_who(shop: Any) -> None:
    html = shop("$_GET['logged_in'] = '1'; return standin_head();")
    assert Page(html).scripts[1][0]["data-customer"] in (None, "")


@needs_php
def test_hostile_values_stay_inside_their_attributes(shop: Any) -> None:
    language = """de" onload="alert(1)' ><script>"""
    code = "wp()->info['language'] = $given['language']; return standin_head();"
    page = Page(shop(code, language=language))
    assert len(page.scripts) == 2
    assert page.scripts[1][0]["data-lang"] == language
    assert "onload" not in page.scripts[1][0]


@needs_php
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("thankyou", "thankyou"), ("checkout", "checkout"), ("cart", "cart"), ("order", "order"),
        ("product", "product"), ("shop", "collection"), ("category", "collection"),
        ("account", "account"), ("home", "home"), ("search", "search"), ("blog", "other"),
    ],
)  # fmt: skip
def test_every_kind_of_page_has_its_name(shop: Any, kind: str, name: str) -> None:
    html = shop("$_GET['page_kind'] = $given['kind']; return standin_head();", kind=kind)
    assert Page(html).scripts[1][0]["data-page"] == name


@needs_php
@pytest.mark.parametrize(
    ("version", "how"),
    [("6.2.6", False), ("6.3", {"strategy": "async", "in_footer": False})],
)
def test_older_wordpress_gets_no_strategy_but_the_same_element(
    shop: Any, version: str, how: object
) -> None:
    code = "wp()->info['version'] = $given['version']; $html = standin_head();"
    html, found = shop(code + "return [$html, wp()->scripts['bleib'][1]];", version=version)
    assert found == how
    assert "async" in Page(html).scripts[1][0]


@needs_php
@pytest.mark.parametrize(
    "code",
    [
        "standin_start();",
        "define('without_woocommerce', 1); standin_start();",
        "standin_start(); standin_rest('PUT', '/wc-bleib/v1/embed', $given);"
        "wp()->customizer = true;",
    ],
    ids=["not connected", "without WooCommerce", "while a theme is tried on"],
)
def test_nothing_stands_in_the_page(php: Any, code: str) -> None:
    assert php(code + "return standin_head();", EMBED) == ""


@needs_php
def test_the_plugin_says_that_it_knows_the_new_orders_and_the_new_checkout(php: Any) -> None:
    said = php(
        """
        eval('namespace Automattic\\WooCommerce\\Utilities; class FeaturesUtil {
            static function declare_compatibility(...$said) { \\wp()->sent[] = $said; }
        }');
        standin_start();
        return wp()->sent;
        """
    )
    assert [(feature, good) for feature, _, good in said] == [
        ("custom_order_tables", True),
        ("cart_checkout_blocks", True),
    ]
