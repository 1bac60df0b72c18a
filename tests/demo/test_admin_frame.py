"""The app inside the shop's admin: managed install, session tokens, and what they buy."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask.testing import FlaskClient

from plugin.demo import signing
from plugin.demo.admin_frame import fresh_token
from plugin.demo.oauth import uninstall
from plugin.demo.opening import FILE, open_shop
from plugin.demo.settings import CLIENT_ID, SHOP_DOMAIN
from plugin.demo.shop import Shop
from tests.demo.conftest import SECRET, Listener, settings_for

TRADE = {
    "client_id": CLIENT_ID,
    "client_secret": SECRET,
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": 1,
}


@pytest.fixture
def demo_shop(tmp_path: Path, stocked: Path, listener: Listener) -> Iterator[Shop]:
    (tmp_path / FILE).write_bytes(stocked.read_bytes())
    shop = open_shop(settings_for(tmp_path, listener.url, embedded=True))
    yield shop
    shop.db.close()


@pytest.fixture
def installed(visitor: FlaskClient) -> FlaskClient:
    visitor.post("/admin/oauth/install", data={"answer": "allow"})
    return visitor


def trade(visitor: FlaskClient, **changes: Any) -> Any:
    return visitor.post("/admin/oauth/access_token", json={**TRADE, **changes})


def test_opening_the_app_asks_first_and_then_shows_it_inside(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    assert visitor.get("/admin/apps/bleib").location == "/admin/oauth/install"
    asked = visitor.get("/admin/oauth/install").text
    assert "Bleib möchte in Ihrem Shop arbeiten" in asked
    assert "write_app_proxy" in asked
    assert visitor.post("/admin/oauth/install", data={}).location == "/hinterzimmer/apps"
    assert demo_shop.install is None
    answer = visitor.post("/admin/oauth/install", data={"answer": "allow"})
    assert answer.location == "/admin/apps/bleib"
    page = visitor.get("/admin/apps/bleib")
    assert page.status_code == 200
    app = demo_shop.settings.app_url
    assert f'src="{app}/install/shopify?' in page.text
    assert f"frame-src {app};" in page.headers["Content-Security-Policy"]


def test_the_opening_is_signed_and_carries_a_token(installed: FlaskClient, demo_shop: Shop) -> None:
    page = installed.get("/admin/apps/bleib").text
    source = page.partition('src="http')[2].partition('"')[0].replace("&amp;", "&")
    query = {name: texts[0] for name, texts in parse_qs(urlsplit(source).query).items()}
    given = query.pop("hmac")
    assert given == signing.query_hmac(SECRET, list(query.items()))
    assert (query["embedded"], query["shop"], query["locale"]) == ("1", SHOP_DOMAIN, "de")
    assert signing.claims_of(SECRET, query["id_token"]) is not None


def test_a_token_is_one_that_a_library_reads(installed: FlaskClient) -> None:
    token = installed.post("/admin/apps/bleib/id_token").get_json()["id_token"]
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience=CLIENT_ID)
    assert claims["iss"] == f"https://{SHOP_DOMAIN}/admin"
    assert claims["dest"] == f"https://{SHOP_DOMAIN}"
    assert claims["exp"] - claims["nbf"] == 60
    assert claims["sub"]
    other = installed.post("/admin/apps/bleib/id_token").get_json()["id_token"]
    assert jwt.decode(other, SECRET, ["HS256"], audience=CLIENT_ID)["jti"] != claims["jti"]


def test_tokens_are_for_the_admin_itself_and_an_installed_app(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    assert visitor.post("/admin/apps/bleib/id_token").status_code == 403
    visitor.post("/admin/oauth/install", data={"answer": "allow"})
    foreign = {"Origin": "http://127.0.0.1:9"}
    assert visitor.post("/admin/apps/bleib/id_token", headers=foreign).status_code == 403
    uninstall(demo_shop)
    answer = visitor.post("/admin/oauth/install", data={"answer": "allow"}, headers=foreign)
    assert answer.status_code == 403
    assert demo_shop.install is None


def test_a_token_is_traded_for_an_expiring_pair(installed: FlaskClient, demo_shop: Shop) -> None:
    answer = trade(installed, subject_token=fresh_token(demo_shop.settings))
    pair = answer.get_json()
    assert answer.status_code == 200
    assert pair["expires_in"] == 3600
    assert set(pair["scope"].split(",")) == set(demo_shop.settings.app.scopes)
    again = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert trade(installed, **again).status_code == 200


def test_an_exchange_that_is_not_as_it_should_be_is_refused(
    installed: FlaskClient, demo_shop: Shop
) -> None:
    good = fresh_token(demo_shop.settings)
    old = fresh_token(demo_shop.settings, now=time.time() - 61)
    for changes, error in (
        ({"subject_token": old}, "invalid_subject_token"),
        ({"subject_token": good[:-4] + "AAAA"}, "invalid_subject_token"),
        ({"subject_token": "é"}, "invalid_subject_token"),
        ({}, "invalid_subject_token"),
        ({"subject_token": good, "client_secret": "x"}, "invalid_client"),
        ({"subject_token": good, "expiring": 0}, "invalid_request"),
        ({"subject_token": good, "requested_token_type": "online"}, "invalid_request"),
    ):
        answer = trade(installed, **changes)
        assert (answer.status_code, answer.get_json()["error"]) == (400, error), changes
    uninstall(demo_shop)
    assert trade(installed, subject_token=good).get_json()["error"] == "invalid_client"


def test_the_stand_in_for_app_bridge_is_handed_out(visitor: FlaskClient) -> None:
    answer = visitor.get("/shopifycloud/app-bridge.js", buffered=True)
    assert answer.status_code == 200
    assert "idToken" in answer.text
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_shops_own_menu_around_the_app_leads_somewhere(installed: FlaskClient) -> None:
    page = installed.get("/admin/apps/bleib").text
    menu = page.partition('class="admin-side"')[2].partition('id="app-menu"')[0]
    links = re.findall(r'href="([^"]+)"', menu)
    assert "/hinterzimmer" in links
    assert "/hinterzimmer/apps" in links
    for link in (*links, "/search?q=kanne"):
        assert installed.get(link).status_code == 200, link
    assert 'role="search" action="/search"' in page
