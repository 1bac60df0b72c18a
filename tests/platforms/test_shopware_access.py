"""Shopware's keys and tokens, its way to refuse, its addresses, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from werkzeug import Response

from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.manifest import load_manifest
from plugin.model import Access
from plugin.platforms.shopware.addresses import Addresses
from plugin.platforms.shopware.shape import number
from tests.fakes import shopware_goods as goods
from tests.fakes.shopware import error, new_id
from tests.fakes.shopware_app import APP_NAME
from tests.platforms.shopware import DOMAIN, Pair
from tests.platforms.test_shopware_vouchers import voucher


def test_a_token_lives_as_long_as_the_shop_says_and_its_keys_stay(pair: Pair) -> None:
    grant = pair.adapter.refresh(DOMAIN, "SWIAKEY:its-secret")
    assert grant.access_token in pair.shop.tokens
    assert grant.expires_at == pair.clock() + timedelta(seconds=600)
    assert (grant.refresh_token, grant.refresh_expires_at) == ("SWIAKEY:its-secret", None)
    assert "its-secret" not in repr(grant)


@pytest.mark.parametrize("keys", ["SWIAOTHER:its-secret", "SWIAKEY:another", "SWIAKEY:", ":", ""])
def test_keys_that_the_shop_does_not_know_are_a_connection_taken_back(
    pair: Pair, keys: str
) -> None:
    # An unknown key is answered with status 500, as if the shop were broken.
    with pytest.raises(AccessRevokedError, match="access_revoked"):
        pair.adapter.refresh(DOMAIN, keys)
    with pytest.raises(AccessRevokedError, match="keys_refused"):
        pair.adapter.try_credentials(DOMAIN, keys)
    assert pair.pauses == []


def test_a_refused_token_is_a_connection_taken_back(pair: Pair) -> None:
    for token in ("eyJ.other", "", "two words", "line\nbreak", "ümlaut"):
        with pytest.raises(AccessRevokedError):
            pair.adapter.shop_facts(Access(1, DOMAIN, token))


def test_a_missing_right_is_named_as_one(pair: Pair) -> None:
    assert pair.shop.granted is not None
    pair.shop.granted.discard("currency:read")
    with pytest.raises(PlatformRefusedError, match="platform_scope_missing"):
        pair.adapter.shop_facts(pair.access)


@pytest.mark.parametrize(
    ("status", "code", "kind", "name"),
    [
        (429, "FRAMEWORK__RATE_LIMIT_EXCEEDED", PlatformError, "platform_busy"),
        (500, "0", PlatformError, "platform_failed"),
        (503, "", PlatformError, "platform_failed"),
        (400, "FRAMEWORK__INVALID_CRITERIA", PlatformRefusedError, "platform_refused"),
        (404, "FRAMEWORK__DEFINITION_NOT_FOUND", PlatformRefusedError, "platform_refused"),
        (403, "ACCESS_DENIED", AccessRevokedError, "access_revoked"),
        (302, "", PlatformError, "platform_failed"),
    ],
)
def test_what_each_status_means(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, status: int, code: str, kind: Any, name: str
) -> None:
    monkeypatch.setattr(pair.shop, "answer", lambda _request: error(status, code, "no"))
    with pytest.raises(kind, match=name):
        pair.adapter.shop_facts(pair.access)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"<html>", b'{"data": {}}'])
def test_no_other_answer_is_taken(pair: Pair, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(pair.shop, "answer", lambda _request: Response(body))
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        pair.adapter.products(pair.access, None, None)
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        pair.adapter.refresh(DOMAIN, "SWIAKEY:its-secret")


def test_facts_come_from_the_settings_and_the_storefront(pair: Pair) -> None:
    facts = pair.adapter.shop_facts(pair.access)
    assert (facts.name, facts.email) == ("Uferhaus", "hallo@uferhaus.example")
    assert (facts.currency, facts.zone, facts.storefront_url) == (
        "EUR", "Europe/Berlin", pair.shop.url,
    )  # fmt: skip
    pair.shop.settings = {}
    channel = next(iter(pair.shop.rows["sales_channel"].values()))
    channel["country"]["iso"] = "CH"
    facts = pair.adapter.shop_facts(pair.access)
    assert (facts.name, facts.email, facts.zone) == ("Storefront", "", "Europe/Zurich")


def test_the_storefront_under_the_shops_own_address_is_the_main_one(pair: Pair) -> None:
    first = next(iter(pair.shop.rows["sales_channel"].values()))
    other = {
        **first,
        "id": new_id(),
        "createdAt": "2020-01-01T00:00:00.000+00:00",
        "domains": [{**first["domains"][0], "url": "https://zweithaus.example"}],
    }
    headless = {**other, "id": new_id()}
    headless["domains"] = [{**first["domains"][0], "url": "default.headless0"}]
    pair.shop.put("sales_channel", other)
    pair.shop.put("sales_channel", headless)
    assert pair.adapter.shop_facts(pair.access).storefront_url == pair.shop.url
    del pair.shop.rows["sales_channel"][first["id"]]
    assert pair.adapter.shop_facts(pair.access).storefront_url == "https://zweithaus.example"


def test_counts_leave_variants_out(pair: Pair) -> None:
    product = goods.add_product(pair.shop, 1)
    goods.add_variant(pair.shop, product, "rot")
    goods.add_order(pair.shop, "anne@example.com", [product["id"]])
    counts = pair.adapter.counts(pair.access)
    assert (counts.products, counts.customers, counts.orders) == (1, 1, 1)


def test_the_manifest_asks_for_exactly_the_rights_that_are_used(pair: Pair) -> None:
    adapter, access = pair.adapter, pair.access
    adapter.shop_facts(access)
    adapter.counts(access)
    adapter.products(access, None, None)
    product = goods.add_product(pair.shop, 1)
    adapter.products(access, None, pair.clock() - timedelta(days=1))
    adapter.product(access, product["id"])
    adapter.customers(access, None, None)
    adapter.customer_by_email(access, "anne@example.com")
    order = goods.add_order(pair.shop, "anne@example.com", [product["id"]])
    adapter.customers(access, None, None)
    adapter.orders(access, None, pair.clock() - timedelta(days=1))
    adapter.order(access, order["id"])
    adapter.parcel_changes(access, None, None)
    code = adapter.issue_voucher(access, replace(voucher("UFER-1"), excluded=(product["id"],)))
    adapter.withdraw_voucher(access, code)
    adapter.record_consent(access, "anne@example.com", "de", pair.clock())
    adapter.withdraw_consent(access, "anne@example.com", pair.clock())
    pair.shop.used |= {f"system_config:{verb}" for verb in ("create", "update", "delete")}
    # A promotion links its rule by id alone, which some versions count as writing to it.
    used = pair.shop.used | {"rule:update"}
    assert used == set(load_manifest().platforms["shopware"].scopes)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://Uferhaus.DE", "uferhaus.de"),
        ("https://uferhaus.de/", "uferhaus.de"),
        ("https://uferhaus.de:443", "uferhaus.de"),
        ("https://shop.uferhaus.de/Laden", "shop.uferhaus.de/Laden"),
        ("https://xn--fer-hoa.example/a/b", "xn--fer-hoa.example/a/b"),
    ],
)
def test_a_shops_address_has_one_form(text: str, domain: str) -> None:
    addresses = Addresses({})
    assert addresses.domain_of(text) == domain
    assert addresses.clean_domain(domain) == domain
    assert addresses.base(domain) == f"https://{domain}"


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1", "10.0.0.1/x", "a..de", "-a.de", "a.de/..", "a.de/x y", "a.de\n",
     "a.de/%2e%2e", "\u212a.de", "a.de/x?y", "a" * 64 + ".de", "a.de/" + "x" * 255],
)  # fmt: skip
def test_nothing_else_is_a_domain(text: str) -> None:
    with pytest.raises(BadInputError, match="shop_invalid"):
        Addresses({}).clean_domain(text)
    with pytest.raises(BadInputError, match="shop_invalid"):
        Addresses({}).domain_of(f"https://{text}")


def test_the_administration_holds_our_frame_and_knows_our_page(pair: Pair) -> None:
    adapter = pair.adapter
    assert adapter.frame_ancestors("shop.uferhaus.de/laden") == ("https://shop.uferhaus.de",)
    assert adapter.frame_script(DOMAIN) is None
    assert adapter.app_url("uferhaus.de") == f"https://uferhaus.de/admin#/my-apps/{APP_NAME}"
    assert adapter.embed_url("uferhaus.de", "").startswith("https://uferhaus.de/admin#/")


@pytest.mark.parametrize(
    ("written", "read"),
    [(15.8, "15.80"), (14, "14.00"), (13.277310924369747, "13.2773"), (-1.58, "-1.58"),
     (0.1 + 0.2, "0.30"), (14.219999999999999, "14.22")],
)  # fmt: skip
def test_numbers_lose_the_noise_of_floats(written: float, read: str) -> None:
    assert number({"a": written}, "a") == Decimal(read)


@pytest.mark.parametrize("written", [None, "14", True, [], {}, 10**13])
def test_nothing_else_is_a_number(written: object) -> None:
    with pytest.raises(PlatformError):
        number({"a": written}, "a")
