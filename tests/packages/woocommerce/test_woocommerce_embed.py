"""What the app leaves in the shop and reads back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.packages.woocommerce.plugin_page import APP, EMBED, KEY, SECRET, needs_php


@needs_php
def test_the_app_stores_and_reads_back(php: Any) -> None:
    put, get, autoload = php(
        """
        standin_start();
        $put = standin_rest('PUT', '/wc-bleib/v1/embed', $given);
        return [$put, standin_rest('GET', '/wc-bleib/v1/embed'), wp()->autoload];
        """,
        EMBED,
    )
    assert put == [200, {"stored": True}]
    assert get == [200, {"version": "0.1.0", "shop": KEY}]
    assert autoload == {"bleib_embed": True, "bleib_secret": False}


@needs_php
def test_before_the_app_has_stored_anything_it_reads_an_empty_key(php: Any) -> None:
    code = "standin_start(); return standin_rest('GET', '/wc-bleib/v1/embed');"
    assert php(code) == [200, {"version": "0.1.0", "shop": ""}]


@needs_php
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("app", "https://other.example"),
        ("app", APP + ".other.example"),
        ("shop", "Key with blanks"),
        ("shop", KEY + "\n"),
        ("config", "[1]"),
        ("config", '"text"'),
        ("config", "{"),
        ("config", json.dumps({"a": "x" * 200_000})),
        ("config", {"v": 1}),
        ("secret", "short"),
        ("secret", SECRET + "<"),
        ("secret", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_wrong_values_are_refused_and_nothing_is_stored(php: Any, field: str, value: Any) -> None:
    code = "standin_start(); $put = standin_rest('PUT', '/wc-bleib/v1/embed', $given);"
    put, stored = php(code + "return [$put, get_option('bleib_embed')];", {**EMBED, field: value})
    assert put == [400, {"param": field}]
    assert stored is False


@needs_php
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_who_manages_the_shop_may_read_or_store(php: Any, method: str) -> None:
    code = f"standin_start(); wp()->may = false; return standin_rest('{method}',"
    assert php(code + "'/wc-bleib/v1/embed', $given)[0];", EMBED) == 403


@needs_php
def test_page_caches_start_anew_only_where_something_changed(php: Any) -> None:
    count = php(
        """
        standin_start();
        foreach ([1, 1, 2] as $version) {
            $config = json_encode(['v' => $version]);
            standin_rest('PUT', '/wc-bleib/v1/embed', ['config' => $config] + $given);
        }
        return did_action('litespeed_purge_all');
        """,
        EMBED,
    )
    assert count == 2


@needs_php
def test_the_secret_stands_on_no_page(shop: Any) -> None:
    html = shop("return standin_head() . standin_printed('Bleib\\Admin\\show');")
    assert "data-shop" in html
    assert SECRET not in html
