"""The embed: its key in the shop, and whether our script stands on the pages."""

from __future__ import annotations

import time

import pytest

from plugin.contracts.platform import Embed
from plugin.errors import PlatformError, PlatformRefusedError
from plugin.http_out.script_tags import _read
from plugin.platforms.shopify import ShopifyPlatform
from tests.fakes.raw_server import answer
from tests.platforms.admin import ACCESS, FakeAdmin, declined
from tests.platforms.test_installs import installation

KEY = "k3y0123456789abc"
TAG = (
    f'<script async src="https://app.example/static/v1/bleib.js" data-shop="{KEY}" '
    'data-page="home" data-product="" data-lang="de"></script>'
)


def page(body: str) -> bytes:
    return answer(f"<!doctype html><html><body>{body}</body></html>".encode())


def test_key_and_config_are_written_in_one_change_where_the_embed_reads_them(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Installation", installation())
    admin.will("MetafieldsSet", {"metafieldsSet": {"metafields": [], "userErrors": []}})
    config = '{"v":1,"name":"</script>"}'
    assert shopify.publish_embed(ACCESS, Embed(KEY, config, "https://bleib.example", ""))
    place = {"ownerId": "gid://shopify/AppInstallation/1", "namespace": "bleib"}
    (sent,) = admin.sent("MetafieldsSet")
    assert sent["metafields"] == [
        {**place, "key": "shop_key", "type": "single_line_text_field", "value": KEY},
        {**place, "key": "config", "type": "json", "value": config},
    ]


def test_key_that_the_platform_declines_is_refused(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Installation", installation())
    admin.will("MetafieldsSet", declined("metafieldsSet", "INVALID", "metafields", metafields=None))
    with pytest.raises(PlatformRefusedError):
        shopify.publish_embed(ACCESS, Embed(KEY, "{}", "https://bleib.example", ""))


def test_loader_of_the_extension_is_found_on_shopifys_cdn(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    cdn = "https://cdn.shopify.com/extensions/0199f3c2-aaaa/bleib-12/assets"
    tag = TAG.replace("https://app.example/static/v1/bleib.js", f"{cdn}/bleib.js?v=16113141617")
    for path in ("/", "/cart"):
        admin.will_raw(path, page(tag))
    assert shopify.embed_state(admin.server.url, KEY).active


def test_script_is_found_on_each_main_page(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw("/", page(f'<a href="/products/kanne?x=1">Kanne</a>{TAG}'))
    admin.will_raw("/cart", page(TAG))
    admin.will_raw("/products/kanne?x=1", page(TAG))
    state = shopify.embed_state(admin.server.url, KEY)
    assert state.checked == state.found == ("home", "cart", "product")
    assert state.active


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"<!-- {TAG} -->",
        TAG.replace(KEY, "another-shop-key"),
        TAG.replace("bleib.js", "other.js"),
        f"<textarea>{KEY}</textarea>",
        f"<script>var tag = '{TAG.replace('/', chr(92) + '/')}';</script>",
    ],
)
def test_page_without_our_script_is_told_apart(
    body: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("/", page(TAG))
    admin.will_raw("/cart", page(body))
    state = shopify.embed_state(admin.server.url, KEY)
    assert (state.checked, state.found, state.active) == (("home", "cart"), ("home",), False)


def test_page_that_fails_does_not_count_as_checked(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw("/", page(TAG))
    admin.will_raw("/cart", answer(status="500 Broken"))
    assert shopify.embed_state(admin.server.url, KEY).checked == ("home",)


def test_storefront_that_does_not_answer_is_an_error(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    with pytest.raises(PlatformError, match="storefront_unreachable"):
        shopify.embed_state(admin.server.url, KEY)


def test_product_on_another_host_is_not_visited(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw("/", page(f'<a href="https://evil.example/products/x">x</a>{TAG}'))
    admin.will_raw("/cart", page(TAG))
    assert shopify.embed_state(admin.server.url, KEY).checked == ("home", "cart")


def test_storefront_on_a_private_address_is_not_visited(shopify: ShopifyPlatform) -> None:
    for url in ("http://127.0.0.1:1", "https://127.0.0.1", "https://[::1]", "file:///etc"):
        with pytest.raises(PlatformError):
            shopify.embed_state(url, KEY)


def test_broken_html_is_read_without_harm(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw("/", answer(b'<script src="http://[" ' + b"\xff<a href=//[x>" + TAG.encode()))
    admin.will_raw("/cart", page(TAG))
    assert "cart" in shopify.embed_state(admin.server.url, KEY).found


@pytest.mark.parametrize(
    "odd",
    [
        "<![other[x]]>",
        "<![ >",
        '<a src="/products/kanne">',
        "<a " * 1_000_000,
        "<!--" * 700_000,
        "<script " * 350_000,
        '<a b="' * 400_000,
        "<title>" * 400_000,
        "<a " + "b " * 1_400_000,
        "<a " + "b=' " * 700_000,
    ],
    ids=lambda odd: odd[:12],
)
def test_a_page_made_to_break_a_reader_is_read_in_time(odd: str) -> None:
    began = time.monotonic()
    assert _read(odd + "-->" + TAG, "/products/").product == ""
    assert time.monotonic() - began < 5
    assert _read(TAG + odd, "/products/").keys == {KEY}
