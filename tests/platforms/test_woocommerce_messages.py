"""WooCommerce: webhooks are believed by their signature alone, and kept alive in the shop."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contracts.platform import Claim, Inbound
from plugin.errors import BadInputError, NotAllowedError
from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.platforms.woocommerce import WooCommercePlatform
from tests.fakes.woocommerce import WooSite, signature
from tests.fakes.woocommerce_shop import WooShop
from tests.platforms.woo import ACCESS, Site, order_node, woo_site

SECRET = "Zq3-" + "x" * 39
OLDER = "Aa1_" + "y" * 39
KEY = "uferhaus00000000"
URL = f"https://app.example/webhooks/woocommerce/{KEY}"
PLATFORM = WooCommercePlatform({}, HttpOut())
TOPICS = load_manifest().platforms["woocommerce"].webhooks


def inbound(topic: str, content: Any, *, secret: str = SECRET, key: str = KEY) -> Inbound:
    site = WooSite(WooShop())
    site.address = "https://uferhaus.example"
    headers, body = site.message(topic, content, secret)
    return Inbound({name.lower(): value for name, value in headers.items()}, body, key)


@pytest.fixture
def woo() -> Iterator[Site]:
    with woo_site() as site:
        yield site


# Whose message it is
def test_the_shop_is_the_one_of_the_path() -> None:
    assert PLATFORM.claim(inbound("order.updated", {"id": 7})) == Claim("key", KEY)


def test_without_a_path_it_is_the_one_of_the_source() -> None:
    found = PLATFORM.claim(inbound("order.updated", {"id": 7}, key=""))
    assert found == Claim("domain", "uferhaus.example")


@pytest.mark.parametrize("source", ["", "nonsense", "https://127.0.0.1/", "https://a:b@c.example/"])
def test_a_message_that_names_no_shop_is_refused(source: str) -> None:
    message = inbound("order.updated", {"id": 7}, key="")
    headers = {**message.headers, "x-wc-webhook-source": source}
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.claim(Inbound(headers, message.body, ""))


@pytest.mark.parametrize("key", ["../../x", "KEY!", "a" * 65])
def test_a_path_that_can_be_no_key_does_not_count(key: str) -> None:
    found = PLATFORM.claim(inbound("order.updated", {"id": 7}, key=key))
    assert found == Claim("domain", "uferhaus.example")


def test_the_ping_of_a_new_webhook_means_nothing() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert PLATFORM.claim(Inbound(headers, b"webhook_id=1", KEY)) is None


@pytest.mark.parametrize(
    "body", [b"", b"webhook_id=", b"webhook_id=1&x=2", b"webhook_id=x", b"webhook_id=1\n", b"{}"]
)
def test_nothing_else_unsigned_is_taken_for_a_ping(body: bytes) -> None:
    message = Inbound({}, body, KEY)
    assert PLATFORM.claim(message) == Claim("key", KEY)
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_webhook(message, (SECRET,))


def test_a_signed_ping_is_no_ping() -> None:
    headers = {"x-wc-webhook-signature": "x"}
    assert PLATFORM.claim(Inbound(headers, b"webhook_id=1", KEY)) is not None


# The signature
def test_the_signature_of_the_recorded_kind_is_believed() -> None:
    body = b'{"id":25,"date_modified_gmt":"2026-11-20T10:00:00"}'
    headers = {
        "x-wc-webhook-topic": "order.updated",
        # echo -n BODY | openssl dgst -sha256 -hmac "s3cret-s3cret-s3cret" -binary | base64
        "x-wc-webhook-signature": signature(body, "s3cret-s3cret-s3cret"),
    }
    found = PLATFORM.verify_webhook(Inbound(headers, body, KEY), ("s3cret-s3cret-s3cret",))
    assert (found.kind, found.subject, found.domain) == ("order", "25", None)


def test_the_secret_before_this_one_is_good_as_long_as_it_is_handed_in() -> None:
    message = inbound("order.updated", {"id": 7}, secret=OLDER)
    assert PLATFORM.verify_webhook(message, (SECRET, OLDER)).subject == "7"
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_webhook(message, (SECRET,))


@pytest.mark.parametrize("secrets", [(), ("",), ("", OLDER)])
def test_without_the_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    for signed_with in (SECRET, ""):
        message = inbound("order.updated", {"id": 7}, secret=signed_with)
        with pytest.raises(NotAllowedError, match="signature_invalid"):
            PLATFORM.verify_webhook(message, secrets)


@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_changed_byte_of_the_body_is_noticed(place: int, change: int) -> None:
    message = inbound("order.updated", {"id": 7, "total": "15.80"})
    spoilt = bytearray(message.body)
    spoilt[place % len(spoilt)] ^= change
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_webhook(Inbound(message.headers, bytes(spoilt), KEY), (SECRET,))


@given(place=st.integers(0, 10_000), letter=st.characters(exclude_characters="\r\n"))
def test_a_changed_letter_of_the_signature_is_noticed(place: int, letter: str) -> None:
    message = inbound("order.updated", {"id": 7})
    given_one = message.headers["x-wc-webhook-signature"]
    at = place % len(given_one)
    spoilt = given_one[:at] + letter + given_one[at + 1 :]
    if spoilt == given_one:
        return
    headers = {**message.headers, "x-wc-webhook-signature": spoilt}
    with pytest.raises(NotAllowedError, match="signature_invalid"):
        PLATFORM.verify_webhook(Inbound(headers, message.body, KEY), (SECRET,))


@pytest.mark.parametrize("form", ["hex", "empty", "urlsafe", "padded", "missing"])
def test_other_spellings_of_the_signature_are_refused(form: str) -> None:
    message = inbound("order.updated", {"id": 7, "x": "?>?>?>~~~"})
    raw = base64.b64decode(message.headers["x-wc-webhook-signature"])
    spellings = {
        "hex": raw.hex(),
        "empty": "",
        "urlsafe": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "padded": base64.b64encode(raw).decode() + "=",
    }
    headers = dict(message.headers)
    if form == "missing":
        del headers["x-wc-webhook-signature"]
    else:
        headers["x-wc-webhook-signature"] = spellings[form]
    with pytest.raises(NotAllowedError):
        PLATFORM.verify_webhook(Inbound(headers, message.body, KEY), (SECRET,))


# What it says
@pytest.mark.parametrize(
    ("topic", "content", "kind", "subject"),
    [
        ("order.created", {"id": 7}, "order", "7"),
        ("order.deleted", {"id": "7"}, "order", "7"),
        ("product.updated", {"id": 8, "type": "simple", "parent_id": 0}, "product", "8"),
        ("product.updated", {"id": 9, "type": "variation", "parent_id": 8}, "product", "8"),
        ("customer.updated", {"id": 3, "email": "a@example.com"}, "customer", None),
        ("coupon.created", {"id": 4}, "other", None),
        ("action.wc_something", {"action": "x", "arg": 7}, "other", None),
        # A webhook whose owner lost their rights sends an error in place of the order.
        ("order.updated", {"code": "woocommerce_rest_cannot_view"}, "other", None),
        ("order.updated", {"id": 0}, "other", None),
        ("order.updated", {"id": True}, "other", None),
        ("order.updated", {"id": "../1"}, "other", None),
    ],
)
def test_topics_become_what_they_mean_to_us(
    topic: str, content: dict[str, Any], kind: str, subject: str | None
) -> None:
    found = PLATFORM.verify_webhook(inbound(topic, content), (SECRET,))
    assert (found.kind, found.subject) == (kind, subject)


def test_a_message_about_a_person_names_the_person() -> None:
    message = inbound("customer.updated", {"id": 3, "email": "a@example.com"})
    assert PLATFORM.verify_webhook(message, (SECRET,)).person == ("3", "a@example.com")


@pytest.mark.parametrize("topic", ["", "order", "order.", "x" * 200, "order.updated\x00", "ö.ä"])
def test_topics_of_another_shape_are_refused(topic: str) -> None:
    message = inbound("order.updated", {"id": 7})
    headers = {**message.headers, "x-wc-webhook-topic": topic}
    with pytest.raises(BadInputError, match="webhook_headers_missing"):
        PLATFORM.verify_webhook(Inbound(headers, message.body, KEY), (SECRET,))


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"a":NaN}', b'{"a":1,"a":2}'])
def test_signed_bodies_of_another_shape_are_refused(body: bytes) -> None:
    headers = {
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-signature": signature(body, SECRET),
    }
    with pytest.raises(BadInputError):
        PLATFORM.verify_webhook(Inbound(headers, body, KEY), (SECRET,))


def test_the_same_state_sent_twice_has_the_same_key_under_both_topics() -> None:
    # Built when it is sent: order.updated came before order.created, with the same body.
    order = order_node()
    found = [
        PLATFORM.verify_webhook(inbound(topic, order), (SECRET,))
        for topic in ("order.updated", "order.created", "order.updated")
    ]
    assert len({delivery.key for delivery in found}) == 1
    assert len({(delivery.topic, delivery.key) for delivery in found}) == 2


def test_two_changes_within_one_second_are_two() -> None:
    order = order_node()
    first = PLATFORM.verify_webhook(inbound("order.updated", order), (SECRET,))
    changed = {**order, "status": "completed"}
    second = PLATFORM.verify_webhook(inbound("order.updated", changed), (SECRET,))
    assert first.key != second.key


def test_deleted_restored_and_deleted_again_are_two_deletions() -> None:
    found = [
        PLATFORM.verify_webhook(inbound("order.deleted", {"id": 7}), (SECRET,)) for _ in range(2)
    ]
    assert found[0].key != found[1].key
    assert max(len(delivery.key) for delivery in found) <= 128


# The goodbye
def test_the_plugin_says_goodbye() -> None:
    content = {"shop": KEY, "at": "2026-11-21T10:00:00Z"}
    found = PLATFORM.verify_webhook(inbound("app.uninstalled", content), (SECRET,))
    assert found.kind == "uninstalled"
    assert found.triggered_at is not None
    assert found.triggered_at.isoformat() == "2026-11-21T10:00:00+00:00"


@pytest.mark.parametrize(
    "content",
    [
        {"id": 7, "date_modified_gmt": "2026-11-21T10:00:00"},
        {"shop": "another000000000", "at": "2026-11-21T10:00:00Z"},
        {"shop": KEY},
        {"shop": KEY, "at": "2026-11-21T10:00:00Z", "id": 7},
        {},
    ],
)
def test_no_other_signed_message_becomes_a_goodbye_by_its_header(content: dict[str, Any]) -> None:
    # The topic stands outside of what is signed: who caught an order must not end a connection.
    message = inbound("order.updated", content)
    headers = {**message.headers, "x-wc-webhook-topic": "app.uninstalled"}
    found = PLATFORM.verify_webhook(Inbound(headers, message.body, KEY), (SECRET,))
    assert found.kind == "other"


# Webhooks in the shop
def hooks(woo: Site) -> dict[str, dict[str, Any]]:
    found = {hook["topic"]: hook for hook in woo.shop.webhooks.values()}
    assert len(found) == len(woo.shop.webhooks)
    return found


def test_every_message_we_need_is_made(woo: Site) -> None:
    pings: list[str] = []
    woo.shop.ping = lambda url, _hook: pings.append(url)
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert set(hooks(woo)) == set(TOPICS)
    assert {hook["delivery_url"] for hook in hooks(woo).values()} == {URL}
    assert set(woo.shop.webhook_secrets.values()) == {SECRET}
    assert pings == [URL] * len(TOPICS)


def test_doing_it_twice_changes_nothing(woo: Site) -> None:
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    before = json.dumps(woo.shop.webhooks)
    woo.seen.clear()
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert json.dumps(woo.shop.webhooks) == before
    assert woo.targets() == ["GET /wp-json/wc/v3/webhooks"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "disabled"},
        {"status": "paused"},
        {"delivery_url": "https://evil.example/"},
        {"delivery_url": "https://old.example/webhooks/woocommerce/" + KEY},
        {"name": "Umbenannt"},
    ],
)
def test_what_stopped_or_was_bent_is_mended(woo: Site, change: dict[str, str]) -> None:
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    good = json.dumps(woo.shop.webhooks)
    hooks(woo)["order.updated"] |= change
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert json.dumps(woo.shop.webhooks) == good


def test_a_deleted_one_is_made_again_and_surplus_ones_go(woo: Site) -> None:
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    woo.shop.webhooks.pop(hooks(woo)["order.created"]["id"])
    twin = {**hooks(woo)["order.updated"], "id": 900}
    woo.shop.webhooks[900] = twin
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert set(hooks(woo)) == set(TOPICS)


def test_a_new_secret_reaches_every_webhook(woo: Site) -> None:
    woo.platform.ensure_webhooks(ACCESS, URL, OLDER)
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert set(woo.shop.webhook_secrets.values()) == {SECRET}
    assert len(woo.shop.webhooks) == len(TOPICS)


def test_webhooks_of_others_are_left_alone(woo: Site) -> None:
    other = f"https://app.example/webhooks/woocommerce/{'z' * 16}"
    woo.platform.ensure_webhooks(ACCESS, other, OLDER)
    woo.shop.webhooks[901] = {
        "id": 901,
        "name": "Buchhaltung",
        "status": "disabled",
        "topic": "order.updated",
        "delivery_url": "https://books.example/",
    }
    before = {number: dict(hook) for number, hook in woo.shop.webhooks.items()}
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert {number: woo.shop.webhooks[number] for number in before} == before
    assert len(woo.shop.webhooks) == len(before) + len(TOPICS)


def test_the_name_of_a_webhook_does_not_give_its_secret_away(woo: Site) -> None:
    woo.platform.ensure_webhooks(ACCESS, URL, SECRET)
    assert not any(SECRET in hook["name"] for hook in woo.shop.webhooks.values())
