"""Signed messages of Shopware, confirmed sign-ups in its list, and what its templates read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plugin.contracts.platform import Claim, Embed, Inbound
from plugin.errors import BadInputError, BleibError, NotAllowedError
from plugin.model import Delivery
from tests.fakes.shopware import CHANNEL, ENGLISH, GERMAN, FakeShopware, new_id
from tests.fakes.shopware_app import ShopwareApp, php_json, sign
from tests.platforms.shopware import SECRET, START, Pair

MINE = "the-secret-of-this-shop-" * 3
ORDER = "a" * 32


@pytest.fixture
def app() -> ShopwareApp:
    made = ShopwareApp(FakeShopware("http://localhost:1", lambda: START), "https://u.de", SECRET)
    made.secret = MINE
    return made


def inbound(app: ShopwareApp, event: str, payload: Any) -> Inbound:
    call = app.message(event, payload, START)
    return Inbound(call.headers, call.body)


def read(pair: Pair, app: ShopwareApp, event: str, payload: Any) -> Delivery:
    return pair.adapter.verify_webhook(inbound(app, event, payload), (MINE,))


def test_a_message_claims_its_shop_by_id(pair: Pair, app: ShopwareApp) -> None:
    message = inbound(app, "app.installed", [])
    assert pair.adapter.claim(message) == Claim("platform_id", app.shop_id)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"source":[]}', b'{"source":{"shopId":7}}', b'{"source":{"shopId":""}}',
             b'{"source":{"shopId":"' + b"x" * 200 + b'"}}', b"", b"[]", b"\xff"],
)  # fmt: skip
def test_a_message_that_names_no_shop_is_refused(pair: Pair, body: bytes) -> None:
    with pytest.raises(BleibError):
        pair.adapter.claim(Inbound({}, body))


@pytest.mark.parametrize(
    ("event", "payload", "kind", "subject"),
    [
        ("checkout.order.placed", {"order": {"id": ORDER}}, "order", ORDER),
        ("checkout.order.placed", {"order": {"_uniqueIdentifier": ORDER}}, "order", ORDER),
        ("state_enter.order_delivery.state.shipped", {"order": {"id": ORDER}}, "order", ORDER),
        ("state_enter.order_transaction.state.paid", {"order": {"id": ORDER}}, "order", ORDER),
        ("state_enter.order.state.cancelled", {"order": {"id": ORDER}}, "order", ORDER),
        ("order.written", [{"entity": "order", "primaryKey": ORDER}], "order", ORDER),
        ("product.written", [{"entity": "product", "primaryKey": ORDER}], "product", ORDER),
        ("product.written",
         [{"entity": "product_price", "primaryKey": "b" * 32},
          {"entity": "product", "primaryKey": {"id": ORDER, "versionId": "c" * 32}}],
         "product", ORDER),
        ("product.deleted", [{"entity": "product", "primaryKey": ORDER}], "product", ORDER),
        ("app.deleted", [], "uninstalled", None),
        ("app.activated", [], "activated", None),
        ("app.deactivated", [], "other", None),
        ("product.written", [], "product", None),
        ("product.written", {}, "product", None),
        ("checkout.order.placed", {"order": {"id": "x' OR 1=1"}}, "order", None),
        ("checkout.order.placed", None, "order", None),
        ("newsletter.confirm", {"newsletterRecipient": {"_uniqueIdentifier": ORDER}}, "other",
         None),
        ("something.of.a.plugin", {"order": {"id": ORDER}}, "other", None),
    ],
)  # fmt: skip
def test_what_a_message_means(
    pair: Pair, app: ShopwareApp, event: str, payload: Any, kind: str, subject: str | None
) -> None:
    delivery = read(pair, app, event, payload)
    assert (delivery.kind, delivery.topic, delivery.subject) == (kind, event, subject)
    assert (delivery.domain, delivery.triggered_at) == (None, START)
    assert delivery.body == {}


def test_a_message_about_a_person_names_them(pair: Pair, app: ShopwareApp) -> None:
    customer = {"customer": {"id": ORDER, "email": "anne@example.com"}}
    delivery = read(pair, app, "checkout.customer.register", customer)
    assert (delivery.kind, delivery.person) == ("customer", (ORDER, "anne@example.com"))
    assert "anne" not in repr(delivery)


def test_retries_are_the_same_message_and_others_are_not(pair: Pair, app: ShopwareApp) -> None:
    message = inbound(app, "app.updated", [])
    keys = {pair.adapter.verify_webhook(message, (MINE,)).key for _ in range(2)}
    keys.add(read(pair, app, "app.updated", []).key)
    assert len(keys) == 2


def test_versions_without_an_id_of_the_event_are_told_apart_by_their_bytes(pair: Pair) -> None:
    def key(**more: Any) -> str:
        content = {"data": {"event": "app.updated", "payload": []}, "source": {"shopId": "a"}}
        body = php_json({**content, **more})
        signed = {"shopware-shop-signature": sign(MINE, body)}
        return pair.adapter.verify_webhook(Inbound(signed, body), (MINE,)).key

    assert key() == key()
    assert key() != key(timestamp=1)


def test_no_changed_byte_and_no_other_signature_is_taken(pair: Pair, app: ShopwareApp) -> None:
    message = inbound(app, "app.deleted", [])
    for place in range(len(message.body)):
        letter = b"x" if message.body[place : place + 1] != b"x" else b"y"
        changed = message.body[:place] + letter + message.body[place + 1 :]
        with pytest.raises(NotAllowedError, match="signature_invalid"):
            pair.adapter.verify_webhook(replace(message, body=changed), (MINE,))
    signature = message.headers["shopware-shop-signature"]
    for given in ("", signature[:-1], signature + "0", "é" * 64, signature.upper() + " "):
        with pytest.raises(NotAllowedError, match="signature_invalid"):
            headers = {"shopware-shop-signature": given}
            pair.adapter.verify_webhook(replace(message, headers=headers), (MINE,))


def test_without_a_secret_nothing_is_genuine(pair: Pair, app: ShopwareApp) -> None:
    message = inbound(app, "app.deleted", [])
    for secrets in ((), ("",), (SECRET,), ("another-secret" * 5,)):
        with pytest.raises(NotAllowedError, match="signature_invalid"):
            pair.adapter.verify_webhook(message, secrets)
    assert pair.adapter.verify_webhook(message, ("new" * 30, MINE)).kind == "uninstalled"


@pytest.mark.parametrize("content", [{}, {"data": []}, {"data": {}, "source": {}},
                                     {"data": {"event": 7}, "source": {}},
                                     {"data": {"event": "x" * 200}, "source": {}}])  # fmt: skip
def test_a_genuine_message_of_another_shape_is_bad_input(pair: Pair, content: Any) -> None:
    body = json.dumps(content).encode()
    signed = Inbound({"shopware-shop-signature": sign(MINE, body)}, body)
    with pytest.raises(BadInputError):
        pair.adapter.verify_webhook(signed, (MINE,))


# The shop's own list of recipients


def recipients(pair: Pair) -> list[dict[str, Any]]:
    return pair.shop.listed("newsletter_recipient")


@pytest.mark.parametrize(("language", "kept"), [("de", GERMAN), ("en", ENGLISH), ("fr", GERMAN)])
def test_a_confirmed_sign_up_becomes_a_recipient(pair: Pair, language: str, kept: str) -> None:
    pair.adapter.record_consent(pair.access, "anne@example.com", language, START)
    (row,) = recipients(pair)
    assert (row["email"], row["status"]) == ("anne@example.com", "optIn")
    assert (row["salesChannelId"], row["languageId"]) == (CHANNEL, kept)
    assert row["confirmedAt"] == "2026-11-21T09:00:00.000+00:00"
    assert len(row["hash"]) == 32


@pytest.mark.parametrize("status", ["notSet", "direct", "optOut"])
def test_a_known_recipient_is_confirmed(pair: Pair, status: str) -> None:
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", START)
    (row,) = recipients(pair)
    row |= {"status": status, "updatedAt": None}
    later = START + timedelta(hours=1)
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", later)
    (row,) = recipients(pair)
    assert row["status"] == "optIn"


def test_who_left_in_the_shop_later_stays_out(pair: Pair) -> None:
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", START)
    pair.clock.move(hours=1)
    pair.adapter.withdraw_consent(pair.access, "anne@example.com", pair.clock())
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", START)
    (row,) = recipients(pair)
    assert row["status"] == "optOut"


def test_leaving_counts_in_every_storefront(pair: Pair) -> None:
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", START)
    (row,) = recipients(pair)
    other = {**row, "id": new_id(), "salesChannelId": "e" * 32, "status": "direct"}
    pair.shop.put("newsletter_recipient", other)
    pair.adapter.withdraw_consent(pair.access, "anne@example.com", START)
    assert [row["status"] for row in recipients(pair)] == ["optOut", "optOut"]
    pair.adapter.withdraw_consent(pair.access, "nobody@example.com", START)
    assert len(recipients(pair)) == 2


# What the templates read


def test_the_templates_get_key_and_config(pair: Pair) -> None:
    config = '{"text":"</script><b>"}'
    embed = Embed("shopkey000000001", config, "https://bleib.example", "secret")
    assert pair.adapter.publish_embed(pair.access, embed)
    held = pair.shop.settings
    assert held["Bleib.config.shopKey"] == "shopkey000000001"
    assert "<" not in held["Bleib.config.config"]
    assert json.loads(held["Bleib.config.config"]) == json.loads(config)
    assert "secret" not in held.values()
