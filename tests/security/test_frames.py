"""Inside the platform's admin: a token of one shop never opens another, on any route."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.errors import PlatformRefusedError
from plugin.model import Shop
from plugin.services import installing
from plugin.services.context import Context
from plugin.services.frame_sessions import own_token, preview_token
from tests.fakes.framed_platform import FramedPlatform, id_token
from tests.security.asks import Ask
from tests.security.routes import ROUTES
from tests.security.test_tenants import NO_CONTROL
from tests.security.world import Tenant, rows_of, settle

ADMIN = {name: build for name, build in ROUTES.items() if " /admin" in name}
OURS, THEIRS = "ours.myshopify.com", "theirs.myshopify.com"


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def fake_platform() -> FramedPlatform:
    return FramedPlatform()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ours(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop(OURS, name="OURMARK Haus"), "OURMARK")


@pytest.fixture
def theirs(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    shop = make_shop(THEIRS, name="THEIRMARK Haus", email="theirmark@x.example")
    return settle(context, shop, "THEIRMARK")


def send(client: FlaskClient, name: str, ask: Ask, token: str) -> TestResponse:
    headers = {**ask.headers, "Authorization": f"Bearer {token}", "HX-Request": "true"}
    return client.open(ask.path, method=name.split(" ", 1)[0], data=ask.data, headers=headers)


def shown(answer: TestResponse) -> str:
    """Return what an answer says; some are files to print."""
    return answer.data.decode(errors="replace")


def ancestors(answer: TestResponse) -> list[str]:
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found is not None
    return found[1].split()


def tokens(context: Context, tenant: Tenant) -> list[str]:
    """Return both kinds of token that a page in the frame sends."""
    return [id_token(tenant.shop.domain), own_token(context, tenant.shop, "frame")]


@pytest.mark.parametrize("kind", [0, 1])
def test_with_its_own_token_a_shop_gets_its_own_things(
    client: FlaskClient, context: Context, ours: Tenant, kind: int
) -> None:
    for name, build in ADMIN.items():
        if name in NO_CONTROL:
            continue
        answer = send(client, name, build(ours, ours), tokens(context, ours)[kind])
        assert answer.status_code < 400, (name, answer.status_code, answer.text[:300])
        assert "Set-Cookie" not in answer.headers, name


def test_a_token_of_one_shop_shows_and_changes_nothing_of_another(
    client: FlaskClient, context: Context, ours: Tenant, theirs: Tenant
) -> None:
    before = rows_of(context, theirs.shop)
    for token in tokens(context, ours):
        for name, build in ADMIN.items():
            own, foreign = build(ours, ours), build(ours, theirs)
            answer = send(client, name, foreign, token)
            assert answer.status_code < 500, (name, answer.status_code)
            if foreign.path != own.path:
                assert answer.status_code >= 400, (name, answer.status_code)
            assert "theirmark" not in (shown(answer) + str(answer.headers)).lower(), name
            assert THEIRS not in answer.headers.get("Content-Security-Policy", ""), name
            assert rows_of(context, theirs.shop) == before, name


def test_the_shop_in_the_address_changes_nothing_about_whose_token_it_is(
    client: FlaskClient, context: Context, ours: Tenant, theirs: Tenant
) -> None:
    query = f"?embedded=1&shop={THEIRS}&id_token={id_token(OURS)}"
    page = client.get(f"/admin/{query}")
    assert page.status_code == 200
    assert "THEIRMARK" not in page.text
    assert THEIRS not in page.text
    assert ancestors(page) == [f"https://{OURS}", "https://admin.shopify.com"]
    entry = client.get(f"/install/shopify{query}")
    assert entry.location.startswith("/admin/bounce?")


def test_every_answer_in_a_frame_names_the_one_shop_that_may_hold_it(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    own = [f"https://{OURS}", "https://admin.shopify.com"]
    for name, build in ADMIN.items():
        answer = send(client, name, build(ours, ours), id_token(OURS))
        found = ancestors(answer)
        assert "*" not in " ".join(found), name
        if answer.mimetype == "text/html":
            expected = ["'self'", *own] if name.endswith("/preview") else own
            assert found == expected, name
        else:
            assert found == ["'none'"], name


def test_dead_tokens_show_and_change_nothing(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    keys, shop = context.keys, ours.shop
    second = 1795252000
    dead: list[Any] = [
        "", "rubbish", "a.b.c", id_token("unknown.myshopify.com"), id_token(OURS, aud="another"),
        id_token(OURS, exp=second - 3600), id_token(OURS, iss=f"https://{THEIRS}/admin"),
        own_token(context, shop, "opening"), preview_token(context, shop, ours.campaign),
        keys.sign("session", [shop.id, shop.generation]),
        keys.sign("frame", [shop.id, shop.generation + 1, second]),
        keys.sign("frame", [shop.id + 77, 1, second]), keys.sign("frame", "no triple"),
        keys.sign("frame", [shop.id, shop.generation]), keys.sign("frame", None),
        ours.shipment_token, ours.confirm_token, ours.unsubscribe_token,
        "x" * 20000, "eyJhbGciOiJub25lIn0.e30.",
    ]  # fmt: skip
    before = rows_of(context, shop)
    for token in dead:
        for name, build in ADMIN.items():
            answer = send(client, name, build(ours, ours), token)
            assert answer.status_code == 401, (name, token[:30], answer.status_code)
            assert "OURMARK" not in shown(answer), name
    assert rows_of(context, shop) == before


def test_a_token_from_before_the_uninstall_opens_nothing(
    client: FlaskClient, context: Context, ours: Tenant, fake_platform: FramedPlatform
) -> None:
    old = [*tokens(context, ours)]
    preview = preview_token(context, ours.shop, ours.campaign)
    with context.db.write() as connection:
        installing.uninstall(connection, context, ours.shop)
    before = rows_of(context, ours.shop)
    for token in old:
        for name, build in ADMIN.items():
            answer = send(client, name, build(ours, ours), token)
            assert answer.status_code == 401, name
            assert "OURMARK" not in shown(answer), name
    assert client.get(f"/admin/widgets/{ours.campaign}/preview?key={preview}").status_code == 401
    assert rows_of(context, ours.shop) == before


def test_a_replayed_opening_installs_nothing_unless_the_platform_agrees(
    client: FlaskClient, context: Context, ours: Tenant, fake_platform: FramedPlatform
) -> None:
    with context.db.write() as connection:
        installing.uninstall(connection, context, ours.shop)
    before = rows_of(context, ours.shop)
    fake_platform.fail("exchange_session_token", PlatformRefusedError("grant_refused"))
    answer = client.get(f"/install/shopify?embedded=1&shop={OURS}&id_token={id_token(OURS)}")
    assert answer.status_code == 502
    assert rows_of(context, ours.shop) == before


def test_no_token_of_a_page_stands_in_an_address_of_it(
    client: FlaskClient, context: Context, ours: Tenant
) -> None:
    for name, build in ADMIN.items():
        if not name.startswith("GET"):
            continue
        token = id_token(OURS)
        answer = send(client, name, build(ours, ours), token)
        assert token not in shown(answer), name
        assert "id_token" not in shown(answer) + answer.headers.get("Location", ""), name
