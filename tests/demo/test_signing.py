"""The demo signs exactly as the platform does: published vectors and Shopify's own library."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from shopify_app import ShopifyApp

from plugin.demo import signing

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["oauth"], ids=lambda vector: vector["name"])
def test_install_links_carry_the_published_hmac(vector: dict[str, Any]) -> None:
    pairs = [pair for pair in parse_qsl(vector["query"]) if pair[0] != "hmac"]
    assert signing.query_hmac(vector["secret"], pairs) == vector["hmac"]


@pytest.mark.parametrize("vector", VECTORS["app_proxy"], ids=lambda vector: vector["name"])
def test_proxied_queries_carry_the_published_signature(vector: dict[str, Any]) -> None:
    pairs = parse_qsl(vector["query"], keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0] != "signature"]
    assert signing.proxy_signature(vector["secret"], kept) == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["webhook"], ids=lambda vector: vector["name"])
def test_webhook_bodies_carry_the_published_hmac(vector: dict[str, Any]) -> None:
    assert signing.webhook_hmac(vector["secret"], vector["body"].encode()) == vector["hmac_base64"]


def test_signed_query_holds_its_own_hmac_over_everything_else() -> None:
    query = signing.signed_query("hush", [("host", "YQ=="), ("shop", "a.myshopify.com")], now=5.5)
    pairs = dict(parse_qsl(query))
    given = pairs.pop("hmac")
    assert pairs == {"host": "YQ==", "shop": "a.myshopify.com", "timestamp": "5"}
    assert given == signing.query_hmac("hush", list(pairs.items()))


def test_shopifys_own_library_accepts_a_proxied_query() -> None:
    pairs = [("d", "abc"), ("shop", "a.myshopify.com"), ("logged_in_customer_id", "")]
    pairs += [("path_prefix", "/apps/bleib"), ("timestamp", str(int(time.time())))]
    query = signing.proxy_query("a-secret", pairs)
    oracle = ShopifyApp(client_id="key", client_secret="a-secret")
    request = {"method": "GET", "url": f"https://a.example/p?{query}", "headers": {}, "body": ""}
    assert oracle.verify_app_proxy_req(request).ok
