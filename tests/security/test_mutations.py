"""Thousands of spoilt requests to every route: never our fault, nothing kept, nobody led away."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from plugin.app import create_app
from plugin.contracts.platform import ShopPlatform
from plugin.errors import PlatformError
from plugin.http_out import HttpOut, Reply
from plugin.http_out.messages import Call
from plugin.model import Shop
from plugin.platforms.shopify import ShopifyPlatform
from plugin.services.context import Context
from plugin.store import campaigns
from plugin.store.db import metadata
from tests.conftest import START
from tests.security.mutator import Shot, address, encoded, spoil
from tests.security.routes import BEARER, ROUTES, WITHOUT_TENANT
from tests.security.sound import SECRET, sound
from tests.security.world import Tenant, settle, sign_in

#: At every route: more than five thousand requests together.
ROUNDS = 20
#: These change what all later requests meet, so they come last.
LAST = ("POST /admin/stop", "POST /admin/restart", "POST /u/<token>", "POST /webhooks/<platform>")
#: More that must be taken when nothing is wrong with it.
TAKEN = (
    "POST /v1/<key>/subscriptions",
    "POST /v1/<key>/events",
    "POST /v1/<key>/shipments/lookup",
    "POST /admin/guard",
    "GET /s/<token>",
)
#: What counts refusals and tries is meant to grow by them; the log of accesses has its line
#: before a page is made.
COUNTING = {"refusals", "limits", "access_log"}


class ClosedNetwork(HttpOut):
    """Reaches nobody, and keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def _send(self, call: Call, deadline: float, tries: int = 1) -> Reply:
        self.asked.append(call.url)
        raise PlatformError("platform_unreachable")


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database: the traps of both have tests of their own (test_traps.py)."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def network() -> ClosedNetwork:
    return ClosedNetwork()


@pytest.fixture
def genuine(context: Context, network: ClosedNetwork) -> Context:
    """The context with the real adapter, which trusts nothing that is not signed."""
    platform: ShopPlatform = ShopifyPlatform(
        "test-client-id", (SECRET,), {}, network, pause=lambda _: None
    )
    return replace(context, platforms={"shopify": platform})


@pytest.fixture
def tenant(genuine: Context, make_shop: Callable[..., Shop]) -> Tenant:
    tenant = settle(genuine, make_shop("ours.myshopify.com"), "OURMARK")
    with genuine.db.write() as connection:  # so that sign-ups are taken
        draft = campaigns.campaign_by_id(connection, tenant.shop.id, tenant.campaign)
        assert draft is not None
        campaigns.add_version(connection, tenant.shop.id, tenant.campaign, draft.draft, START)
    return tenant


@pytest.fixture
def client(genuine: Context, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    # Limits and form tokens would answer before anything looks at what is in a request.
    monkeypatch.setattr("plugin.services.limits.hit", lambda *_args, **_values: None)
    app = create_app(context=genuine)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    sign_in(client, tenant.session)
    return client


def send(client: FlaskClient, shot: Shot) -> TestResponse:
    path, _, query = address(shot).partition("?")
    kind = "application/x-www-form-urlencoded" if isinstance(shot.body, list) else "text/plain"
    request = EnvironBuilder(
        path=path,
        query_string=query,
        method=shot.method,
        data=encoded(shot.body),
        headers=[("Content-Type", kind), *shot.headers],
    )
    return client.open(request, buffered=True)


def rows(context: Context) -> dict[str, int]:
    counts = [
        sa.select(sa.func.count()).select_from(table).scalar_subquery().label(table.name)
        for table in metadata.sorted_tables
        if table.name not in COUNTING
    ]
    with context.db.read() as connection:
        return dict(connection.execute(sa.select(*counts)).one()._mapping)


def leads_away(answer: TestResponse, tenant: Tenant) -> bool:
    target = answer.headers.get("Location", "")
    if not target or (target.startswith("/") and not target.startswith(("//", "/\\"))):
        return False
    parts = urlsplit(target)
    host = parts.hostname or ""
    ours = target.startswith("http://127.0.0.1:8700/")
    own = ours or host == "localhost" or (parts.scheme, host) == ("https", tenant.shop.domain)
    # A genuine opening of another shop leads to that shop's own consent page.
    return not (own or (parts.scheme == "https" and host.endswith(".myshopify.com")))


def test_every_route_is_shot_at(client: FlaskClient) -> None:
    known = {*ROUTES, *BEARER, *WITHOUT_TENANT}
    there = {
        f"{method} {rule.rule}"
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there <= known


def test_sound_requests_are_taken(client: FlaskClient, tenant: Tenant) -> None:
    # Otherwise all the spoilt ones would be refused for a reason that proves nothing.
    for name in ("GET /install/<platform>", "GET /proxy/<platform>/status", *LAST[2:], *TAKEN):
        assert send(client, sound(name, tenant)).status_code < 400, name


def test_spoilt_requests_are_never_our_fault(
    client: FlaskClient, genuine: Context, network: ClosedNetwork, tenant: Tenant
) -> None:
    dice = Random(20261121)
    names = sorted({*ROUTES, *BEARER, *WITHOUT_TENANT} - set(LAST))
    before = rows(genuine)
    for name in [*names, *LAST]:
        for number in range(ROUNDS):
            shot = spoil(dice, sound(name, tenant))
            asked, start = len(network.asked), time.thread_time()
            answer = send(client, shot)
            told = (name, number, answer.status_code, shot)
            assert time.thread_time() - start < 1, told
            assert answer.status_code < 500 or answer.status_code == 501, told
            assert not leads_away(answer, tenant), (told, answer.headers["Location"])
            assert "evil" not in answer.headers.get("Set-Cookie", ""), told
            assert "Bcc" not in answer.headers, told
            now = rows(genuine)
            if answer.status_code >= 400:
                assert now == before, told
                if name not in ("POST /admin/setup/embed", "GET /admin/setup/embed"):
                    assert len(network.asked) == asked, told
            before = now
            if client.get_cookie("bleib") is None:
                sign_in(client, tenant.session)
