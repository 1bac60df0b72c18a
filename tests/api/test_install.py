"""Coming in through the browser: cookie and state, pages that say what went wrong."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.services.context import Context
from plugin.store.shops import shops
from tests.fakes.platform import FakePlatform

DOMAIN = "uferhaus.myshopify.com"


def enter(client: FlaskClient, platform: FakePlatform) -> TestResponse:
    return client.get("/install/shopify?" + platform.sign(f"shop={DOMAIN}"))


def state_in(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.location).query)["state"][0]


def come_back(client: FlaskClient, platform: FakePlatform, state: str) -> TestResponse:
    query = platform.sign(f"code=c&shop={DOMAIN}&state={state}")
    return client.get("/auth/shopify/callback?" + query)


def no_shop(context: Context) -> bool:
    with context.db.read() as connection:
        return connection.execute(sa.select(shops.c.id)).all() == []


def test_the_whole_way_ends_in_the_setup(client: FlaskClient, fake_platform: FakePlatform) -> None:
    first = enter(client, fake_platform)
    assert first.status_code == 302
    assert first.location.startswith(f"https://{DOMAIN}/admin/oauth/authorize?")
    done = come_back(client, fake_platform, state_in(first))
    assert (done.status_code, done.location) == (302, "/admin/setup")
    assert client.get("/admin/setup").status_code == 200


def test_the_next_opening_goes_straight_in(
    client: FlaskClient, fake_platform: FakePlatform
) -> None:
    come_back(client, fake_platform, state_in(enter(client, fake_platform)))
    again = enter(client, fake_platform)
    assert (again.status_code, again.location) == (302, "/admin/")


def test_the_states_cookie_is_closed_to_scripts_and_other_sites(
    client: FlaskClient, fake_platform: FakePlatform
) -> None:
    cookie = enter(client, fake_platform).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=600" in cookie


def test_another_browser_cannot_finish(
    client: FlaskClient, context: Context, fake_platform: FakePlatform
) -> None:
    state = state_in(enter(client, fake_platform))
    stranger = client.application.test_client()
    answer = come_back(stranger, fake_platform, state)
    assert answer.status_code == 401
    assert no_shop(context)


def test_a_used_return_cannot_be_replayed(client: FlaskClient, fake_platform: FakePlatform) -> None:
    state = state_in(enter(client, fake_platform))
    come_back(client, fake_platform, state)
    client.set_cookie("bleib-state", state)
    assert come_back(client, fake_platform, state).status_code == 401


@pytest.mark.parametrize(
    "query",
    ["", "shop=x", "shop=uferhaus.myshopify.com&hmac=00", "%FF=%FF&hmac=é", "hmac=&hmac=&shop="],
)
@pytest.mark.parametrize("path", ["/install/shopify", "/auth/shopify/callback"])
def test_unsigned_requests_store_nothing(
    client: FlaskClient, context: Context, path: str, query: str
) -> None:
    answer = client.get(f"{path}?{query}", headers={"Accept": "text/html"})
    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text
    assert no_shop(context)


def test_platforms_that_are_not_installed_here_do_not_exist(client: FlaskClient) -> None:
    assert client.get("/install/magento?shop=x").status_code == 404
    assert client.post("/webhooks/magento", data=b"{}").status_code == 404
