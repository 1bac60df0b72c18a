"""Consent page, tokens with an end, and the facts of a shop."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from plugin.config import load_config
from plugin.errors import AccessRevokedError, BadInputError, PlatformError, PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.platforms import build_platforms
from plugin.platforms.shopify import ShopifyPlatform
from plugin.platforms.shopify.installs import implied
from tests.platforms.admin import (
    ACCESS,
    CLIENT_ID,
    DOMAIN,
    SECRET,
    TOKEN,
    FakeAdmin,
    json_answer,
)

TOKENS = "/admin/oauth/access_token"
REFRESH = "shprt_refresh-token"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def grant(**changes: Any) -> bytes:
    content = {
        "access_token": TOKEN,
        "scope": "write_discounts,read_orders",
        "expires_in": 3600,
        "refresh_token": REFRESH,
        "refresh_token_expires_in": 7_776_000,
        **changes,
    }
    return json_answer({key: value for key, value in content.items() if value is not ...})


def test_consent_page_asks_for_exactly_the_declared_scopes() -> None:
    platform = ShopifyPlatform(CLIENT_ID, (SECRET,), {}, HttpOut())
    back = "https://app.example/auth/shopify/callback"
    parts = urlsplit(platform.authorise_url(DOMAIN, "n0nce", back))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", DOMAIN, "/admin/oauth/authorize")
    query = parse_qs(parts.query)
    scopes = load_manifest().platforms["shopify"].scopes
    assert query == {
        "client_id": [CLIENT_ID],
        "scope": [",".join(scopes)],
        "redirect_uri": [back],
        "state": ["n0nce"],
    }


def test_no_address_is_built_for_a_domain_that_is_none() -> None:
    platform = ShopifyPlatform(CLIENT_ID, (SECRET,), {}, HttpOut())
    with pytest.raises(BadInputError, match="shop_invalid"):
        platform.authorise_url("evil.example/x.myshopify.com", "n0nce", "https://app.example/")


def test_code_is_traded_for_an_expiring_pair(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw(TOKENS, grant())
    found = shopify.exchange(DOMAIN, "c0de")
    assert json.loads(admin.server.bodies[0]) == {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "code": "c0de",
        "expiring": "1",
    }
    assert (found.access_token, found.refresh_token) == (TOKEN, REFRESH)
    assert found.expires_at is not None
    assert 3590 < (found.expires_at - datetime.now(UTC)).total_seconds() <= 3600
    assert found.scopes == {"write_discounts", "read_discounts", "read_orders"}


def test_refresh_sends_the_refresh_token(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw(TOKENS, grant(access_token="new"))
    assert shopify.refresh(DOMAIN, REFRESH).access_token == "new"
    sent = json.loads(admin.server.bodies[0])
    assert (sent["grant_type"], sent["refresh_token"]) == ("refresh_token", REFRESH)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_in": ...},
        {"expires_in": None},
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": True},
        {"expires_in": "soon"},
        {"refresh_token": ...},
        {"refresh_token": ""},
        {"refresh_token_expires_in": ...},
        {"access_token": ...},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": ["a"]},
        {"scope": ...},
    ],
)
def test_grant_that_is_incomplete_is_refused_and_not_kept_as_eternal(
    changes: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, grant(**changes))
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.exchange(DOMAIN, "c0de")


def test_spent_code_is_refused_and_not_sent_again(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, json_answer({"error": "invalid_request"}, "400 Bad Request"))
    with pytest.raises(PlatformRefusedError, match="grant_refused"):
        shopify.exchange(DOMAIN, "c0de")
    assert len(admin.server.bodies) == 1


def test_code_is_not_sent_twice_when_the_platform_fails(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, json_answer({}, "503 Service Unavailable"))
    with pytest.raises(PlatformError, match="platform_failed"):
        shopify.exchange(DOMAIN, "c0de")
    assert len(admin.server.bodies) == 1


def test_refresh_is_tried_again_when_the_platform_fails(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, json_answer({}, "503 Service Unavailable"))
    admin.will_raw(TOKENS, grant())
    assert shopify.refresh(DOMAIN, REFRESH).access_token == TOKEN


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden"])
def test_refused_refresh_means_connect_again(
    status: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will_raw(TOKENS, json_answer({"error": "invalid_client"}, status))
    with pytest.raises(AccessRevokedError):
        shopify.refresh(DOMAIN, REFRESH)


def test_tokens_and_secrets_stand_nowhere_to_be_read(
    admin: FakeAdmin,
    shopify: ShopifyPlatform,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    admin.will_raw(TOKENS, grant())
    admin.will_raw(TOKENS, grant(expires_in=...))
    with caplog.at_level(logging.DEBUG):
        shown = repr(shopify.exchange(DOMAIN, "c0de-one"))
        with pytest.raises(PlatformError) as refused:
            shopify.refresh(DOMAIN, REFRESH)
        admin.will_raw("Installation", json_answer({}, "401 Unauthorized"))
        with pytest.raises(AccessRevokedError) as revoked:
            shopify.shop_facts(ACCESS)
    shown += repr(ACCESS) + repr(shopify) + caplog.text
    for error in (refused.value, revoked.value):
        shown += "".join(traceback.format_exception(error))
    printed = capsys.readouterr()
    shown += printed.out + printed.err
    for secret in (TOKEN, REFRESH, SECRET, "c0de-one"):
        assert secret not in shown


def test_who_may_write_may_read() -> None:
    assert implied({"write_orders", "read_products", ""}) == {
        "write_orders",
        "read_orders",
        "read_products",
    }


def installation(**shop: Any) -> dict[str, Any]:
    return {
        "currentAppInstallation": {
            "id": "gid://shopify/AppInstallation/1",
            "accessScopes": [{"handle": "write_discounts"}],
        },
        "shop": {
            "id": "gid://shopify/Shop/1",
            "name": "Uferhaus",
            "email": "inhaber@uferhaus.example",
            "contactEmail": "hallo@uferhaus.example",
            "myshopifyDomain": DOMAIN,
            "currencyCode": "EUR",
            "ianaTimezone": "Europe/Berlin",
            "primaryDomain": {"host": "uferhaus.example", "url": "https://uferhaus.example/"},
            **shop,
        },
    }


def test_facts_of_a_shop(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("Installation", installation())
    facts = shopify.shop_facts(ACCESS)
    assert (facts.name, facts.email) == ("Uferhaus", "hallo@uferhaus.example")
    assert facts.storefront_url == "https://uferhaus.example"
    assert (facts.currency, facts.zone) == ("EUR", "Europe/Berlin")
    assert facts.scopes == {"write_discounts", "read_discounts"}
    assert f"X-Shopify-Access-Token: {TOKEN}".encode() in admin.server.heads[0]


def test_shop_without_a_contact_address_has_the_owners(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Installation", installation(contactEmail=""))
    assert shopify.shop_facts(ACCESS).email == "inhaber@uferhaus.example"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//evil.example", "https://a@evil.example", "https://[x", "https://",
     "", "https://a.example/\n", "https://a.example/'x", "ftp://a.example", "https://" + "a" * 600],
)  # fmt: skip
def test_a_storefront_without_a_plain_web_address_is_refused(
    url: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Installation", installation(primaryDomain={"host": "x", "url": url}))
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.shop_facts(ACCESS)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", None, 7])
def test_facts_of_another_shape_are_refused(
    currency: object, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Installation", installation(currencyCode=currency))
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.shop_facts(ACCESS)


def test_count_that_may_not_be_seen_is_unknown(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    denied = {"message": "no", "path": ["customersCount"], "extensions": {"code": "ACCESS_DENIED"}}
    data = {
        "productsCount": {"count": 60},
        "customersCount": None,
        "ordersCount": {"count": 2000, "precision": "EXACT"},
    }
    admin.will("Counts", data, errors=[denied])
    counts = shopify.counts(ACCESS)
    assert (counts.products, counts.customers, counts.orders) == (60, None, 2000)


def test_pages_of_the_shops_admin_are_built_from_its_domain() -> None:
    platform = ShopifyPlatform(CLIENT_ID, (SECRET,), {}, HttpOut())
    assert platform.app_url(DOMAIN) == f"https://{DOMAIN}/admin/apps/{CLIENT_ID}"
    assert platform.embed_url(DOMAIN, "https://uferhaus.example") == (
        f"https://{DOMAIN}/admin/themes/current/editor"
        f"?context=apps&template=index&activateAppId={CLIENT_ID}/bleib"
    )


def test_only_configured_platforms_are_built() -> None:
    environ = {"BLEIB_ENVIRONMENT": "development"}
    assert "shopify" not in build_platforms(load_config(environ))
    environ |= {"BLEIB_SHOPIFY_CLIENT_ID": CLIENT_ID, "BLEIB_SHOPIFY_SECRET": SECRET}
    environ |= {"BLEIB_SHOP_ORIGINS": json.dumps({DOMAIN: "http://localhost:8701"})}
    platforms = build_platforms(load_config(environ))
    assert platforms["shopify"].app_url(DOMAIN).startswith("http://localhost:8701/admin/")
