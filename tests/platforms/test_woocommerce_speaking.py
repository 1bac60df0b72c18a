"""WooCommerce: where it is reached, how it is asked, what refusals mean, how pages are turned."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug import Response

from plugin.contracts.platform import Embed
from plugin.errors import AccessRevokedError, BadInputError, PlatformError, PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.platforms.woocommerce import WooCommercePlatform
from plugin.platforms.woocommerce.oauth import signed_header
from tests.platforms.woo import ACCESS, DOMAIN, KEY, SECRET, Site, said, woo_site

EMBED = Embed("k" * 16, '{"campaigns":[]}', "https://app.example", "s" * 43)


@pytest.fixture
def woo() -> Iterator[Site]:
    with woo_site() as site:
        yield site


@pytest.fixture
def platform() -> WooCommercePlatform:
    return WooCommercePlatform({}, HttpOut())


# Addresses
@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("shop.example", "shop.example"),
        (" https://Shop.Example/ ", "shop.example"),
        ("http://shop.example", "shop.example"),
        ("HTTPS://WWW.SHOP.EXAMPLE", "www.shop.example"),
        ("shop.example:443", "shop.example"),
        ("example.com/Shop/", "example.com/Shop"),
        ("https://example.com//a//b/", "example.com/a/b"),
        ("https://example.com/laden/wp-admin/admin.php?page=x", "example.com/laden"),
        ("https://example.com/wp-json/wc/v3?x=1#y", "example.com"),
        ("töpferei.example", "xn--tpferei-90a.example"),
        ("shop.example.", "shop.example"),
    ],
)
def test_addresses_have_one_form(platform: WooCommercePlatform, text: str, domain: str) -> None:
    assert platform.clean_domain(text) == domain
    assert platform.clean_domain(domain) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "127.0.0.1",
        "https://10.0.0.1/",
        "https://[::1]/",
        "169.254.169.254",
        "2130706433",
        "0x7f000001",
        "shop.example:8080",
        "https://user:pw@shop.example",
        "https://shop.example@evil.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "shop.example\\@evil.example",
        "shop example.com",
        "shop.example\n.evil.example",
        "https://shop.example/a b",
        "https://shop.example/../x",
        "https://shop.example/%2e%2e/x",
        "https://shop.example/.git",
        "-shop.example",
        "shop..example",
        "shop_a.example",
        "a" * 64 + ".example",
        ".".join(["abcdefgh"] * 40),
        "https://shop.example/" + "a" * 200,
        "https://shop.example:99999",
        "https://",
        "\ud800.example",
    ],
)
def test_what_is_no_plain_address_is_refused(platform: WooCommercePlatform, text: str) -> None:
    with pytest.raises(BadInputError, match="shop_invalid"):
        platform.clean_domain(text)


def test_a_test_shop_is_known_by_its_name_and_by_its_address() -> None:
    platform = WooCommercePlatform({"shop.test": "https://127.0.0.1:8443"}, HttpOut())
    for text in ("shop.test", "https://127.0.0.1:8443/"):
        assert platform.clean_domain(text) == "shop.test"
    with pytest.raises(BadInputError):
        platform.clean_domain("https://127.0.0.1:8444/")


def test_pages_of_the_admin_and_the_voucher_link(platform: WooCommercePlatform) -> None:
    assert platform.app_url("a.example/b") == "https://a.example/b/wp-admin/admin.php?page=bleib"
    assert platform.embed_url("a.example", "").startswith("https://a.example/wp-admin/plugin-")
    link = platform.voucher_link("https://a.example/b/", "WELLE 1&x")
    assert link == "https://a.example/b/?bleib_voucher=WELLE%201%26x"


def test_keys_go_into_a_header_and_never_into_an_address(woo: Site) -> None:
    woo.platform.counts(ACCESS)
    wanted = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    assert {request.headers["Authorization"] for request in woo.seen} == {f"Basic {wanted}"}
    assert not any(KEY in request.url or SECRET in request.url for request in woo.seen)


def test_a_shop_in_a_folder_is_asked_there() -> None:
    with woo_site("/laden") as site:
        site.shop.put_product("Schale")
        assert len(site.platform.products(ACCESS, None, None).items) == 1
        assert all(target.split()[1].startswith("/laden/wp-json/") for target in site.targets())


def test_a_shop_without_readable_addresses_is_asked_by_its_parameter() -> None:
    with woo_site("/laden", plain=True) as site:
        made = site.shop.put_product("Schale")
        for _ in range(2):
            assert site.platform.product(ACCESS, str(made["id"])) is not None
        assert site.platform.product(ACCESS, "4711") is None
        assert site.targets() == [
            f"GET /laden/wp-json/wc/v3/products/{made['id']}",
            *["GET /laden/"] * 4,
        ]
        assert site.seen[1].args["rest_route"] == f"/wc/v3/products/{made['id']}"


# What answers mean
@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (401, {"code": "woocommerce_rest_cannot_view"}, "access_revoked"),
        (401, {"code": "woocommerce_rest_authentication_error"}, "access_revoked"),
        (403, {"code": "woocommerce_rest_cannot_view"}, "platform_scope_missing"),
        (400, {"code": "rest_invalid_param"}, "platform_refused"),
        (404, {"code": "rest_no_route"}, "platform_refused"),
        (429, {"code": "too_many"}, "platform_busy"),
        (500, {"code": "internal_server_error"}, "platform_failed"),
        (503, {"code": "maintenance"}, "platform_failed"),
        (200, {"code": "odd"}, "platform_answer_invalid"),
    ],
)
def test_each_refusal_has_its_meaning(
    woo: Site, status: int, content: dict[str, Any], code: str
) -> None:
    woo.script = [said(content, status) for _ in range(3)]
    with pytest.raises(PlatformError, match=code) as caught:
        woo.platform.products(ACCESS, None, None)
    assert isinstance(caught.value, AccessRevokedError) is (code == "access_revoked")


@pytest.mark.parametrize("status", [301, 302, 401, 403, 503, 200])
def test_a_page_in_place_of_an_answer_is_a_wall_that_may_go_away(woo: Site, status: int) -> None:
    page = "<html>Bitte anmelden</html>"
    woo.script = [Response(page, status, {"Location": "https://evil.example/"}) for _ in range(3)]
    with pytest.raises(PlatformError) as caught:
        woo.platform.products(ACCESS, None, None)
    assert not isinstance(caught.value, AccessRevokedError | PlatformRefusedError)


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\n", b" \r\n\t"])
def test_what_plugins_put_before_an_answer_is_passed_over(woo: Site, before: bytes) -> None:
    woo.script = [Response(before + b"[]", content_type="application/json")]
    assert woo.platform.products(ACCESS, None, None).items == ()


@pytest.mark.parametrize("body", [b"", b"null", b"7", b"[[]]", b"[", b"<br />[]", b"\xff"])
def test_anything_else_before_or_in_place_of_it_is_refused(woo: Site, body: bytes) -> None:
    woo.script = [Response(body, content_type="application/json")]
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        woo.platform.products(ACCESS, None, None)


# Pages
def test_times_are_asked_for_in_gmt_without_a_zone(woo: Site) -> None:
    since = datetime(2026, 11, 21, 9, 0, 5, 700_000, tzinfo=UTC)
    woo.platform.orders(ACCESS, None, since)
    asked = woo.seen[0].args
    assert (asked["modified_after"], asked["dates_are_gmt"]) == ("2026-11-21T09:00:04", "true")
    assert (asked["orderby"], asked["order"], asked["status"]) == ("modified", "asc", "any")


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC"])
def test_changes_since_are_right_in_every_zone(zone: str) -> None:
    with woo_site(zone=zone) as site:
        product = site.shop.put_product("Schale")
        first = site.shop.put_order("a@example.com", [product["id"]])
        second = site.shop.put_order("b@example.com", [product["id"]])
        since = datetime.fromisoformat(second["date_modified_gmt"]).replace(tzinfo=UTC)
        found = site.platform.orders(ACCESS, None, since).items
        assert [order.id for order in found] == [str(second["id"])]
        both = site.platform.orders(ACCESS, None, since - timedelta(seconds=1)).items
        assert {order.id for order in both} == {str(first["id"]), str(second["id"])}


def _walk(site: Site) -> list[str]:
    found, after = [], None
    for _ in range(40):
        page = site.platform.orders(ACCESS, after, None)
        found += [order.id for order in page.items]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the listing does not end")


def test_hundreds_of_orders_of_one_second_come_once_each(woo: Site) -> None:
    product = woo.shop.put_product("Schale")
    orders = [woo.shop.put_order("a@example.com", [product["id"]]) for _ in range(260)]
    for order in orders[20:240]:  # an import leaves many with the same time
        order["date_modified_gmt"] = orders[20]["date_modified_gmt"]
    found = _walk(woo)
    assert sorted(found, key=int) == [str(order["id"]) for order in orders]


def test_an_order_that_changes_while_pages_are_turned_comes_again_and_hides_nobody(
    woo: Site,
) -> None:
    product = woo.shop.put_product("Schale")
    orders = [woo.shop.put_order("a@example.com", [product["id"]]) for _ in range(120)]
    page = woo.platform.orders(ACCESS, None, None)
    for order in orders[:3]:
        woo.shop.touched(order)
    woo.shop.touched(orders[49])  # the last of the page: its cursor names it
    found, after = [order.id for order in page.items], page.after
    while after is not None:
        page = woo.platform.orders(ACCESS, after, None)
        found += [order.id for order in page.items]
        after = page.after
    assert set(found) == {str(order["id"]) for order in orders}
    again = {str(order["id"]) for order in [*orders[:3], orders[49]]}
    assert {order for order in found if found.count(order) == 2} == again


def test_a_shop_that_does_not_know_the_filter_is_not_read_for_ever(woo: Site) -> None:
    product = woo.shop.put_product("Schale")
    for _ in range(60):
        woo.shop.put_order("a@example.com", [product["id"]])
    page = woo.platform.orders(ACCESS, None, None)
    nodes = list(woo.shop.orders.values())[:50]
    woo.script = [said(nodes, **{"X-WP-TotalPages": "2"})]
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        woo.platform.orders(ACCESS, page.after, None)


def test_carts_in_the_checkout_leave_gaps_and_no_orders(woo: Site) -> None:
    product = woo.shop.put_product("Schale")
    orders = [woo.shop.put_order("a@example.com", [product["id"]]) for _ in range(55)]
    for order in orders[:50]:
        order["status"] = "checkout-draft"
    page = woo.platform.orders(ACCESS, None, None)
    assert page.items == ()
    assert page.after is not None
    assert _walk(woo) == [str(order["id"]) for order in orders[50:]]


# The plugin
def test_the_plugin_gets_config_and_secret(woo: Site) -> None:
    assert woo.platform.publish_embed(ACCESS, EMBED)
    assert woo.shop.embed == {
        "shop": "k" * 16,
        "app": "https://app.example",
        "config": '{"campaigns":[]}',
        "secret": "s" * 43,
    }


@pytest.mark.parametrize("plain", [False, True])
def test_a_shop_without_the_plugin_says_so(plain: bool) -> None:
    with woo_site(plain=plain) as site:
        site.shop.has_package = False
        assert not site.platform.publish_embed(ACCESS, EMBED)


def test_a_plugin_that_refuses_is_an_error(woo: Site) -> None:
    woo.script = [said({"code": "rest_invalid_param"}, 400)]
    with pytest.raises(PlatformRefusedError):
        woo.platform.publish_embed(ACCESS, EMBED)


def test_the_tag_is_found_on_the_storefront(woo: Site) -> None:
    assert not woo.platform.embed_state(woo.url, EMBED.shop_key).active
    woo.platform.publish_embed(ACCESS, EMBED)
    state = woo.platform.embed_state(woo.url, EMBED.shop_key)
    assert state.active
    assert set(state.checked) == {"home", "cart", "product"}


# Finding a shop
def test_a_shop_is_found_under_its_address(woo: Site) -> None:
    assert woo.platform.find_shop(DOMAIN) == DOMAIN


def test_a_shop_that_hides_itself_is_given_the_benefit_of_the_doubt(woo: Site) -> None:
    for status in (401, 403):
        woo.site.index_status = status
        assert woo.platform.find_shop(DOMAIN) == DOMAIN


def test_a_site_without_woocommerce_is_told_apart(woo: Site) -> None:
    woo.script = [said({"namespaces": ["wp/v2"]})]
    with pytest.raises(BadInputError, match="shop_not_found"):
        woo.platform.find_shop(DOMAIN)
    woo.script = [Response("<html>Hallo</html>", mimetype="text/html")]
    with pytest.raises(BadInputError, match="shop_not_found"):
        woo.platform.find_shop(DOMAIN)
    woo.script = [Response("Not Found", 404), Response("Not Found", 404)]
    with pytest.raises(BadInputError, match="shop_not_found"):
        woo.platform.find_shop(DOMAIN)


def test_a_shop_without_readable_addresses_cannot_be_connected() -> None:
    with woo_site(plain=True) as site, pytest.raises(BadInputError, match="shop_permalinks"):
        site.platform.find_shop(DOMAIN)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_site_that_fails_is_asked_for_later(woo: Site, status: int) -> None:
    woo.script = [Response("gleich", status) for _ in range(3)]
    with pytest.raises(PlatformError):
        woo.platform.find_shop(DOMAIN)


@pytest.mark.parametrize(
    ("location", "domain"),
    [
        ("https://www.uferhaus.example/wp-json/", "www.uferhaus.example"),
        ("https://uferhaus.example/wp-json/", None),
        ("http://www.uferhaus.example/wp-json/", None),
        ("https://evil.example/wp-json/", None),
        ("https://www.uferhaus.example.evil.example/", None),
        ("https://127.0.0.1/", None),
        ("/anderswo/", None),
    ],
)
def test_only_the_same_name_with_or_without_www_is_followed(
    woo: Site, location: str, domain: str | None
) -> None:
    both = {DOMAIN: woo.url, "www.uferhaus.example": woo.url}
    platform = WooCommercePlatform(both, HttpOut([woo.url], pause=lambda _seconds: None))
    woo.script = [Response("", 301, {"Location": location})]
    if domain is None:
        with pytest.raises(BadInputError, match="shop_not_found"):
            platform.find_shop(DOMAIN)
    else:
        assert platform.find_shop(DOMAIN) == domain


# Development shops over plain HTTP
def test_a_shop_over_http_gets_signed_requests_once_it_refuses_the_header(woo: Site) -> None:
    made = woo.shop.put_product("Schale & Becher")
    woo.site.signed_only = True
    for _ in range(2):
        assert woo.platform.product(ACCESS, str(made["id"])) is not None
    woo.platform.orders(ACCESS, None, datetime(2026, 11, 21, tzinfo=UTC))
    kinds = [request.headers["Authorization"].split()[0] for request in woo.seen]
    assert kinds == ["Basic", *["OAuth"] * (len(kinds) - 1)]
    assert not any(SECRET in str(request.headers) + request.url for request in woo.seen)


def test_keys_that_are_gone_are_gone_in_either_way(woo: Site) -> None:
    woo.shop.keys.clear()
    with pytest.raises(AccessRevokedError):
        woo.platform.counts(ACCESS)
    assert len(woo.seen) == 2


def test_the_signature_stands_over_the_text_of_the_standard() -> None:
    # Written out by hand after RFC 5849, 3.4.1; its own example has no SHA-256.
    header = signed_header(
        "GET",
        "http://shop.example/wp-json/wc/v3/orders?b5=%3D%253D&a3=a&per_page=10",
        "ck_key:cs_secret",
        nonce="n",
        timestamp=137131201,
    )
    text = (
        "GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&a3%3Da%26b5%3D%253D%25253D"
        "%26oauth_consumer_key%3Dck_key%26oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA256"
        "%26oauth_timestamp%3D137131201%26per_page%3D10"
    )
    wanted = base64.b64encode(
        hmac.new(b"cs_secret&", text.encode(), hashlib.sha256).digest()
    ).decode()
    assert f'oauth_signature="{quote(wanted, safe="")}"' in header
    assert "cs_secret" not in header
