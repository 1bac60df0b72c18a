"""Links, proxy requests and webhooks: genuine ones pass, every mutation of one is refused."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_app import ShopifyApp

from plugin.contracts.platform import Inbound
from plugin.errors import BadInputError, NotAllowedError
from plugin.http_out import HttpOut
from plugin.model import Delivery
from plugin.platforms.shopify import ShopifyPlatform
from plugin.platforms.shopify.addresses import clean_domain
from plugin.platforms.shopify.signatures import verify_body, verify_link, verify_proxy
from tests.platforms.admin import CLIENT_ID, DOMAIN, OLD_SECRET, SECRET
from tests.platforms.signed import NOW, STAMP, hook, link, mac, proxied

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).with_name("shopify-vectors.json").read_text(encoding="utf-8")
)
ORACLE = ShopifyApp(client_id=CLIENT_ID, client_secret=SECRET)
PLATFORM = ShopifyPlatform(CLIENT_ID, (SECRET, OLD_SECRET), {}, HttpOut())

keys = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).filter(
    lambda key: key not in ("shop", "timestamp", "hmac", "signature", "state", "code")
)
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
pairs = st.lists(st.tuples(keys, values), max_size=5)


def at(query: str) -> datetime:
    """Return the moment that a vector was signed."""
    stamp = next(part[10:] for part in query.split("&") if part.startswith("timestamp="))
    return datetime.fromtimestamp(int(stamp), UTC)


@pytest.mark.parametrize("vector", VECTORS["oauth"], ids=lambda vector: vector["name"])
def test_published_install_link_is_genuine(vector: Mapping[str, str]) -> None:
    query = vector["query"]
    found = verify_link(query.encode(), (vector["secret"],), at(query))
    assert found["shop"].endswith(".myshopify.com")


@pytest.mark.parametrize("vector", VECTORS["app_proxy"], ids=lambda vector: vector["name"])
def test_published_proxy_request_is_genuine(vector: Mapping[str, str]) -> None:
    query = vector["query"]
    assert verify_proxy(query.encode(), (vector["secret"],), at(query))["shop"]


@pytest.mark.parametrize("vector", VECTORS["webhook"], ids=lambda vector: vector["name"])
def test_published_webhook_is_genuine(vector: Mapping[str, str]) -> None:
    verify_body(vector["body"].encode(), vector["hmac_base64"], (vector["secret"],))


@given(found=pairs)
def test_link_that_shopify_signs_is_accepted_whatever_it_carries(
    found: list[tuple[str, str]],
) -> None:
    assert PLATFORM.verify_entry(link(found), NOW) == DOMAIN


@given(found=pairs, place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=300)
def test_link_with_any_flipped_bit_is_refused(
    found: list[tuple[str, str]], place: int, bit: int
) -> None:
    genuine = link(found)
    altered = bytearray(genuine)
    altered[place % len(altered)] ^= 1 << bit
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_entry(bytes(altered), NOW)


@given(raw=st.binary(max_size=200))
@settings(max_examples=300)
def test_rubbish_is_refused_and_never_breaks(raw: bytes) -> None:
    for act in (PLATFORM.verify_entry, PLATFORM.verify_callback):
        with pytest.raises(NotAllowedError):
            act(raw, NOW)
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_proxy(raw.decode("utf-8", "surrogateescape"), NOW)


def test_link_signed_with_the_previous_secret_is_accepted_while_rotating() -> None:
    assert PLATFORM.verify_entry(link([], OLD_SECRET), NOW) == DOMAIN


@pytest.mark.parametrize("secret", ["another-secret", ""])
def test_link_signed_with_another_or_an_empty_secret_is_refused(secret: str) -> None:
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_entry(link([], secret), NOW)
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        ShopifyPlatform(CLIENT_ID, ("",), {}, HttpOut()).verify_entry(link([], secret), NOW)


@pytest.mark.parametrize("seconds", [-91, 91, 86_400, -86_400])
def test_signed_request_of_another_time_is_refused(seconds: int) -> None:
    then = NOW + timedelta(seconds=seconds)
    with pytest.raises(NotAllowedError, match="timestamp_invalid"):
        PLATFORM.verify_entry(link([]), then)
    with pytest.raises(NotAllowedError, match="timestamp_invalid"):
        PLATFORM.verify_proxy(proxied([]), then)


@pytest.mark.parametrize("seconds", [-90, 0, 90])
def test_signed_request_within_ninety_seconds_is_accepted(seconds: int) -> None:
    then = NOW + timedelta(seconds=seconds)
    assert PLATFORM.verify_entry(link([]), then) == DOMAIN
    assert PLATFORM.verify_proxy(proxied([]), then) == DOMAIN


@pytest.mark.parametrize("stamp", ["", "nan", "-5", "1e9", "²", "9" * 40, STAMP + ".0"])
def test_timestamp_that_is_no_whole_number_is_refused(stamp: str) -> None:
    with pytest.raises(NotAllowedError, match="timestamp_invalid"):
        PLATFORM.verify_entry(link([], stamp=stamp), NOW)
    with pytest.raises(NotAllowedError, match="timestamp_invalid"):
        PLATFORM.verify_proxy(proxied([], stamp=stamp), NOW)


@pytest.mark.parametrize("name", ["shop", "timestamp", "hmac", "state", "code", "sho%70"])
def test_link_that_repeats_a_parameter_is_refused(name: str) -> None:
    parts = [b"code=a", b"shop=" + DOMAIN.encode(), b"state=b", b"timestamp=" + STAMP.encode()]
    parts.append(name.encode() + b"=x")
    given = mac(SECRET, b"&".join(sorted(parts))).hex().encode()
    raw = b"&".join([*parts, b"hmac=" + given])
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_callback(raw, NOW)


@pytest.mark.parametrize("name", ["shop", "timestamp", "hmac"])
def test_proxy_request_that_repeats_a_parameter_is_refused(name: str) -> None:
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_proxy(proxied([(name, "x"), (name, "y")]), NOW)


def test_decoded_and_joined_again_two_links_would_be_the_same_text() -> None:
    genuine = link([("a", "1&b=2")])
    assert PLATFORM.verify_entry(genuine, NOW) == DOMAIN
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_entry(genuine.replace(b"a=1%26b%3D2", b"a=1&b=2"), NOW)


def test_callback_brings_code_and_state() -> None:
    raw = link([("code", "c0de"), ("state", "n0nce"), ("host", "YWRtaW4=")])
    callback = PLATFORM.verify_callback(raw, NOW)
    assert (callback.domain, callback.code, callback.state) == (DOMAIN, "c0de", "n0nce")


@pytest.mark.parametrize("missing", [[("code", "c0de")], [("state", "n0nce")]])
def test_callback_without_code_or_state_is_refused(missing: list[tuple[str, str]]) -> None:
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_callback(link(missing), NOW)


def proxy_oracle(query: str) -> bool:
    request = {"method": "GET", "url": f"https://a.example/p?{query}", "headers": {}, "body": ""}
    try:
        return bool(ORACLE.verify_app_proxy_req(request).ok)
    except TypeError:  # the library breaks on signatures that are not ASCII
        return False


@given(found=pairs)
@settings(max_examples=150)
def test_proxy_request_is_judged_as_shopifys_own_library_does(
    found: list[tuple[str, str]],
) -> None:
    stamp = str(int(time.time()))
    query = proxied(found, stamp=stamp)
    assert proxy_oracle(query)
    assert PLATFORM.verify_proxy(query, datetime.now(UTC)) == DOMAIN


@given(found=pairs, place=st.integers(0, 10_000), letter=st.sampled_from("abc019.-%&="))
@settings(max_examples=300)
def test_altered_proxy_request_is_never_accepted_where_the_library_refuses(
    found: list[tuple[str, str]], place: int, letter: str
) -> None:
    query = proxied(found, stamp=str(int(time.time())))
    place %= len(query)
    altered = query[:place] + letter + query[place + 1 :]
    if not proxy_oracle(altered):
        with pytest.raises(NotAllowedError):
            PLATFORM.verify_proxy(altered, datetime.now(UTC))


def test_proxy_request_for_another_kind_of_domain_is_refused() -> None:
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_proxy(proxied([], shop="evil.example"), NOW)


BAD_DOMAINS = [
    "",
    "foo",
    "foo.myshopify.com\n",
    "\nfoo.myshopify.com",
    "foo.myshopify.com ",
    "foo.myshopify.com/",
    "foo.myshopify.com.evil.com",
    "evil.com/foo.myshopify.com",
    "evil.com#.myshopify.com",
    "evil.com?.myshopify.com",
    "evil.com/.myshopify.com",
    "user@foo.myshopify.com",
    "foo:443.myshopify.com",
    "foo.myshopify.com:8080",
    "https://foo.myshopify.com",
    "-foo.myshopify.com",
    ".myshopify.com",
    "foo_bar.myshopify.com",
    "foo.bar.myshopify.com",
    "foo.shopify.com",
    "foo.myshopify.io",
    "foomyshopify.com",
    "foo.myshopify-com",
    "а.myshopify.com",
    "\u212a.myshopify.com",  # the Kelvin sign, which lower() turns into a plain k
    "foo.myshopify.com\x00",
    "foo\r\nX: y.myshopify.com",
    "<script>.myshopify.com",
    "a" * 61 + ".myshopify.com",
    "127.0.0.1",
    "admin.shopify.com/store/foo",
]


@pytest.mark.parametrize("text", BAD_DOMAINS)
def test_x7_x8_text_that_is_no_shop_domain_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="shop_invalid"):
        clean_domain(text)


@pytest.mark.parametrize("text", ["foo.myshopify.com", "FOO.MyShopify.Com", "a.myshopify.com"])
def test_shop_domain_has_one_form(text: str) -> None:
    assert clean_domain(text) == text.lower()


@given(text=st.text(max_size=40))
def test_no_text_becomes_a_domain_unless_it_is_one(text: str) -> None:
    try:
        found = clean_domain(text)
    except BadInputError:
        return
    assert found == text.lower()
    assert found.endswith(".myshopify.com")


def verified(headers: dict[str, str], body: bytes) -> Delivery:
    """As the web app does it: names of headers in lower case, the claim first."""
    inbound = Inbound({name.lower(): value for name, value in headers.items()}, body)
    PLATFORM.claim(inbound)
    return PLATFORM.verify_webhook(inbound, ())


@given(body=st.dictionaries(keys, values | st.integers(0, 10**12), max_size=4))
@settings(max_examples=100)
def test_webhook_is_judged_as_shopifys_own_library_does(body: dict[str, Any]) -> None:
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    headers = hook(raw)
    request = {"method": "POST", "url": "", "headers": headers, "body": raw.decode()}
    assert ORACLE.verify_webhook_req(request).ok
    assert verified(headers, raw).body == json.loads(raw)


@given(place=st.integers(0, 1000), bit=st.integers(0, 7))
def test_webhook_with_any_flipped_bit_is_refused(place: int, bit: int) -> None:
    body = '{"id":1,"name":"Grüße aus Köln"}'.encode()
    altered = bytearray(body)
    altered[place % len(body)] ^= 1 << bit
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        verified(hook(body), bytes(altered))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "invalid-hmac",
        "ü" * 44,
        "\udc80abc",
        "A" * 43 + "=",
        "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY",
        "null",
    ],
)
def test_x2_webhook_with_a_missing_or_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(NotAllowedError) as caught:
        verified(hook(b"{}", **{"X-Shopify-Hmac-Sha256": signature}), b"{}")
    assert caught.value.status == 401


def test_webhook_signature_in_another_notation_is_refused() -> None:
    digest = mac(SECRET, b"{}")
    for given_text in (digest.hex(), base64.urlsafe_b64encode(digest).decode() + "=", ""):
        with pytest.raises(NotAllowedError):
            verified(hook(b"{}", **{"X-Shopify-Hmac-Sha256": given_text}), b"{}")


def test_webhook_with_the_newer_family_of_header_names_is_read() -> None:
    headers = {name.lower().removeprefix("x-"): value for name, value in hook(b"{}").items()}
    delivery = verified(headers, b"{}")
    assert (delivery.domain, delivery.topic, delivery.key) == (DOMAIN, "orders/create", "e-1")
    assert delivery.triggered_at == datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def test_webhook_without_an_event_id_is_known_by_its_own_id() -> None:
    headers = hook(b"{}", **{"X-Shopify-Event-Id": "", "X-Shopify-Triggered-At": "later"})
    delivery = verified(headers, b"{}")
    assert (delivery.key, delivery.triggered_at) == ("w-1", None)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"[" * 100_000, b'{"a":NaN}', b"\xff"])
def test_genuine_webhook_of_an_unreadable_shape_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInputError):
        verified(hook(body), body)


@pytest.mark.parametrize("missing", ["X-Shopify-Topic", "ids"])
def test_genuine_webhook_without_topic_or_id_is_bad_input(missing: str) -> None:
    gone = ["X-Shopify-Webhook-Id", "X-Shopify-Event-Id"] if missing == "ids" else [missing]
    with pytest.raises(BadInputError):
        verified(hook(b"{}", **dict.fromkeys(gone, "")), b"{}")


@pytest.mark.parametrize("domain", ["", "evil.example", "uferhaus.myshopify.com.evil.example"])
def test_webhook_for_no_shop_is_refused(domain: str) -> None:
    with pytest.raises(NotAllowedError):
        verified(hook(b"{}", **{"X-Shopify-Shop-Domain": domain}), b"{}")


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("app/uninstalled", {"myshopify_domain": "other.myshopify.com"}),
        ("app/uninstalled", {}),
        ("shop/redact", {"shop_id": 1}),
        ("customers/redact", {"shop_domain": "other.myshopify.com"}),
        ("customers/data_request", {"shop_domain": 7}),
        ("orders/create", {"shop_domain": "other.myshopify.com"}),
    ],
)
def test_genuine_body_under_the_name_of_another_shop_is_refused(
    topic: str, body: dict[str, Any]
) -> None:
    raw = json.dumps(body).encode()
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        verified(hook(raw, **{"X-Shopify-Topic": topic}), raw)


def delivered(topic: str, body: dict[str, Any]) -> Any:
    raw = json.dumps({"shop_domain": DOMAIN, **body}).encode()
    return verified(hook(raw, **{"X-Shopify-Topic": topic}), raw)


@pytest.mark.parametrize(
    ("topic", "body", "order", "product"),
    [
        ("orders/create", {"id": 7}, "gid://shopify/Order/7", None),
        (
            "orders/updated",
            {"id": 7, "admin_graphql_api_id": "gid://shopify/Order/8"},
            "gid://shopify/Order/8",
            None,
        ),
        ("fulfillments/update", {"id": 9, "order_id": 7}, "gid://shopify/Order/7", None),
        ("fulfillments/create", {"id": 9}, None, None),
        ("orders/create", {"id": True}, None, None),
        ("orders/create", {"id": "7'; --"}, None, None),
        ("orders/create", {"id": None}, None, None),
        ("products/update", {"id": 3}, None, "gid://shopify/Product/3"),
        ("products/delete", {"id": 3}, None, "gid://shopify/Product/3"),
        ("customers/update", {"id": 3}, None, None),
    ],
)
def test_delivery_tells_what_it_speaks_of(
    topic: str, body: dict[str, Any], order: str | None, product: str | None
) -> None:
    delivery = delivered(topic, body)
    assert delivery.subject == (order or product)
    assert delivery.kind == (
        "product" if product else "customer" if "customer" in topic else "order"
    )


def test_compliance_delivery_tells_its_person() -> None:
    body = {"customer": {"id": 5, "email": "a@example.com"}}
    person = ("gid://shopify/Customer/5", "a@example.com")
    assert delivered("customers/redact", body).person == person
    assert delivered("customers/update", body["customer"]).person == person
    assert delivered("customers/redact", {"customer": []}).person == (None, None)
    assert delivered("shop/redact", {}).person == (None, None)


def test_personal_data_and_secrets_stand_in_no_repr() -> None:
    delivery = delivered("customers/redact", {"customer": {"email": "a@example.com"}})
    assert "a@example.com" not in repr(delivery)
    assert SECRET not in repr(PLATFORM)
    with pytest.raises(NotAllowedError) as caught:
        PLATFORM.verify_entry(link([], "wrong"), NOW)
    assert SECRET not in repr(caught.value)
