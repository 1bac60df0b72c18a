"""Installing, tokens and uninstalling as the platform does them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from plugin.demo import signing, tokens
from plugin.demo.oauth import entry_link, uninstall
from plugin.demo.settings import CLIENT_ID
from plugin.demo.shop import Shop
from tests.demo.conftest import SECRET, AdminApi

SCOPES = "read_orders,write_discounts"


def _ask(shop: Shop, **changed: str) -> str:
    given = {
        "client_id": CLIENT_ID,
        "scope": SCOPES,
        "redirect_uri": shop.settings.redirect_uri,
        "state": "some-nonce",
        **changed,
    }
    return f"/admin/oauth/authorize?{urlencode(given)}"


def _exchange(visitor: FlaskClient, **changed: str) -> Any:
    given = {"client_id": CLIENT_ID, "client_secret": SECRET, "expiring": "1", **changed}
    return visitor.post("/admin/oauth/access_token", json=given)


def _allow(visitor: FlaskClient, shop: Shop, scope: str = SCOPES) -> dict[str, str]:
    form = dict(parse_qsl(urlsplit(_ask(shop, scope=scope)).query))
    answer = visitor.post("/admin/oauth/authorize", data={**form, "answer": "allow"})
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.location).query))


def test_apps_page_leads_to_a_signed_entry(visitor: FlaskClient, demo_shop: Shop) -> None:
    location = visitor.get("/admin/apps/bleib").location
    assert location.startswith(f"{demo_shop.settings.app_url}/install/shopify?")
    pairs = parse_qsl(urlsplit(location).query)
    kept = [pair for pair in pairs if pair[0] != "hmac"]
    assert dict(pairs)["hmac"] == signing.query_hmac(SECRET, kept)
    assert abs(int(dict(pairs)["timestamp"]) - time.time()) < 5


def test_consent_page_names_each_right_in_plain_words(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    page = visitor.get(_ask(demo_shop, scope=",".join(demo_shop.settings.app.scopes))).text
    assert "Kunden lesen und Einwilligung eintragen" in page
    assert "write_app_proxy" in page
    assert "Das nicht:" in page


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "https://evil.example/auth/shopify/callback"},
        {"scope": "write_products"},
    ],
)
def test_a_wrong_request_for_rights_is_refused(
    visitor: FlaskClient, demo_shop: Shop, changed: dict[str, str]
) -> None:
    assert visitor.get(_ask(demo_shop, **changed)).status_code == 400


def test_consent_brings_a_signed_code_that_works_once(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    back = _allow(visitor, demo_shop)
    assert back["state"] == "some-nonce"
    given = back.pop("hmac")
    assert given == signing.query_hmac(SECRET, list(back.items()))
    pair = _exchange(visitor, code=back["code"]).get_json()
    assert pair["expires_in"] == 3600
    assert pair["scope"] == SCOPES
    again = _exchange(visitor, code=back["code"])
    assert again.status_code == 400
    assert again.get_json()["error"] == "invalid_grant"


def test_refusing_consent_leads_back_without_a_code(visitor: FlaskClient, demo_shop: Shop) -> None:
    form = dict(parse_qsl(urlsplit(_ask(demo_shop)).query))
    answer = visitor.post("/admin/oauth/authorize", data={**form, "answer": "refuse"})
    assert answer.location == "/hinterzimmer/apps"


def test_consent_posted_from_another_site_is_refused(visitor: FlaskClient, demo_shop: Shop) -> None:
    form = dict(parse_qsl(urlsplit(_ask(demo_shop)).query))
    answer = visitor.post(
        "/admin/oauth/authorize",
        data={**form, "answer": "allow"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client"),
        ({"expiring": ""}, "invalid_request"),
        ({"code": "never-issued"}, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_is_refused(
    visitor: FlaskClient, demo_shop: Shop, changed: dict[str, str], error: str
) -> None:
    code = _allow(visitor, demo_shop)["code"]
    answer = _exchange(visitor, **{"code": code, **changed})
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_installed_app_gets_no_second_consent_page(
    visitor: FlaskClient, demo_shop: Shop, pair: dict[str, Any]
) -> None:
    answer = visitor.get(_ask(demo_shop))
    assert answer.status_code == 302
    assert "code" in parse_qs(urlsplit(answer.location).query)


def test_asking_for_a_new_right_shows_the_consent_page_again(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    _exchange(visitor, code=_allow(visitor, demo_shop)["code"])
    assert visitor.get(_ask(demo_shop, scope="read_orders,read_discounts")).status_code == 302
    assert visitor.get(_ask(demo_shop, scope="write_customers")).status_code == 200


def test_refresh_token_rotates(visitor: FlaskClient, pair: dict[str, Any]) -> None:
    given = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    fresh = _exchange(visitor, **given).get_json()
    assert fresh["access_token"] != pair["access_token"]
    assert fresh["refresh_token"] != pair["refresh_token"]


def test_refresh_may_be_repeated_until_its_replacement_was_used(
    visitor: FlaskClient, pair: dict[str, Any]
) -> None:
    given = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    _exchange(visitor, **given)
    second = _exchange(visitor, **given)
    assert second.status_code == 200
    AdminApi(visitor, second.get_json()["access_token"]).data("{ shop { name } }")
    assert _exchange(visitor, **given).status_code == 400


def test_access_token_runs_out(visitor: FlaskClient, demo_shop: Shop, pair: dict[str, Any]) -> None:
    with demo_shop.db.write() as connection:
        connection.execute("UPDATE tokens SET expires = ?", (time.time() - 1,))
    assert tokens.holder(demo_shop, pair["access_token"]) is None


def test_uninstalling_takes_tokens_embed_and_app_data(
    visitor: FlaskClient, demo_shop: Shop, pair: dict[str, Any]
) -> None:
    assert uninstall(demo_shop)
    assert demo_shop.install is None
    answer = visitor.post(
        "/admin/api/2026-10/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": pair["access_token"]},
    )
    assert answer.status_code == 401
    assert not uninstall(demo_shop)


def test_entry_link_names_the_shop(demo_shop: Shop) -> None:
    assert "shop=uferhaus.myshopify.com" in entry_link(demo_shop.settings)
