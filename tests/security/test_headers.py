"""Headers, cookies and forms of every route, generated from the app's URL map."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.config import Config
from plugin.model import Shop
from plugin.services.context import Context
from tests.conftest import make_config
from tests.fakes.platform import FakePlatform
from tests.security.routes import BEARER, ROUTES, WITHOUT_TENANT
from tests.security.world import Tenant, rows_of, settle

#: What anybody may keep: it is the same for everybody.
PUBLIC = {
    "GET /v1/config/<key>",
    "GET /v1/<key>/suggestions",
    "GET /favicon.ico",
    "GET /pages/<path:filename>",
    "GET /pages/assets/<path:filename>",
    "GET /pages/look/<key>.css",
    "GET /admin/static/<path:filename>",
    "GET /admin/static/admin.css",
}
#: Nothing of a person or a shop in them; asked anew each time by whoever asks.
PLAIN = {"GET /healthz", "GET /readyz", "GET /metrics", "POST /v1/<key>/events"}
#: Routes that a shop's pages may read from another origin.
OPEN = re.compile(r"(GET|POST) /v1/")
#: Looking at these is counted, which is what they are for.
COUNTS_VIEWS = {"GET /s/<token>", "GET /v1/<key>/shipments/<token>", "GET /proxy/<platform>/status"}
SHOWS_A_MAIL = {"GET /admin/mails/<kind>/preview", "GET /admin/parcels/notices/<kind>/preview"}
#: Fetches the storefront and remembers what it saw.
LOOKS = {"GET /admin/setup/embed"}


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def config(db_url: str) -> Config:
    """As in production: behind TLS."""
    return make_config(
        database_url=db_url,
        public_url="https://bleib.example",
        secret_key="a-secret-key-of-the-installation-0123456789",
        hash_key="a-hash-key-of-the-installation-0123456789",
    )


@pytest.fixture
def tenant(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop("ours.myshopify.com"), "OURMARK")


@pytest.fixture
def client(app: Flask, tenant: Tenant) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("__Host-bleib", tenant.session, secure=True, path="/")
    return client


def ask(client: FlaskClient, name: str, tenant: Tenant, **form: str) -> TestResponse:
    method, rule = name.split(" ", 1)
    if name in WITHOUT_TENANT:
        return client.open(
            rule.replace("<path:filename>", "mark.svg"),
            method=method,
            buffered=True,
            base_url="https://localhost",
        )
    wanted = {**ROUTES, **BEARER}[name](tenant, tenant)
    data = {**wanted.data, **form} if isinstance(wanted.data, dict) else wanted.data
    return client.open(
        wanted.path,
        method=method,
        data=data,
        headers=wanted.headers,
        base_url="https://localhost",
        buffered=True,
    )


def names() -> list[str]:
    last = ("POST /webhooks/<platform>", "POST /u/<token>")
    return [*sorted({*ROUTES, *BEARER, *WITHOUT_TENANT} - {*last}), *last]


def test_every_answer_says_how_it_may_be_used(client: FlaskClient, tenant: Tenant) -> None:
    for name in names():
        answer = ask(client, name, tenant)
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy or name.endswith("/preview"), name
        # A mail brings its styles along: where one is shown, nothing runs and nothing is fetched.
        without_styles = policy.replace("; style-src 'unsafe-inline'; img-src data:;", ";")
        assert "unsafe" not in (without_styles if name in SHOWS_A_MAIL else policy), name
        assert name not in SHOWS_A_MAIL or "-src" not in without_styles[20:], name
        assert headers["Referrer-Policy"] == "no-referrer", name
        assert headers["Strict-Transport-Security"].startswith("max-age=63072000"), name
        kept = headers.get("Cache-Control", "")
        if name in PUBLIC:
            assert "private" not in kept, name
        elif name not in PLAIN:
            assert kept == "no-store", (name, kept, answer.status_code)


def test_errors_say_so_too(client: FlaskClient, tenant: Tenant) -> None:
    missing = ("/nothing", "/admin/nothing", "/v1/x/suggestions", "/v1/config/x", "/c/x", "/s/x")
    for path in missing:
        answer = client.get(path, base_url="https://localhost")
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path


def test_other_origins_read_the_storefronts_routes_only(
    client: FlaskClient, tenant: Tenant
) -> None:
    for name in names():
        headers = ask(client, name, tenant).headers
        assert "Access-Control-Allow-Credentials" not in headers, name
        allowed = headers.get("Access-Control-Allow-Origin")
        assert allowed == ("*" if OPEN.match(name) else None), name


def test_the_storefronts_routes_know_no_cookies(client: FlaskClient, tenant: Tenant) -> None:
    for name in names():
        if OPEN.match(name):
            assert "Set-Cookie" not in ask(client, name, tenant).headers, name


def test_every_cookie_is_bound_to_this_host_and_closed_to_scripts(
    client: FlaskClient, tenant: Tenant, fake_platform: FakePlatform
) -> None:
    query = fake_platform.sign("shop=new.myshopify.com")
    answers = [client.get(f"/install/shopify?{query}", base_url="https://localhost")]
    answers += [ask(client, name, tenant) for name in names()]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len({cookie.partition("=")[0] for cookie in cookies}) >= 3
    for cookie in cookies:
        assert "; Secure" in cookie, cookie
        assert "; HttpOnly" in cookie, cookie
        assert "; SameSite=Lax" in cookie, cookie
        assert "Domain=" not in cookie, cookie
        if not cookie.startswith(("bleib-language=", "bleib-place=")):
            assert cookie.startswith("__Host-"), cookie
            assert "Path=/;" in cookie or cookie.endswith("Path=/"), cookie


def admin_posts() -> list[str]:
    return [name for name in names() if name.startswith("POST /admin")]


def test_every_form_of_the_admin_needs_its_token(
    client: FlaskClient, app: Flask, tenant: Tenant, context: Context
) -> None:
    stranger = app.test_client()
    stranger.set_cookie("__Host-bleib", tenant.session, secure=True, path="/")
    page = stranger.get("/admin/stop", base_url="https://localhost").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    before = rows_of(context, tenant.shop)
    for name in admin_posts():
        for token in ("", "x", found[1], tenant.session):
            answer = ask(client, name, tenant, csrf_token=token)
            assert answer.status_code == 400, (name, token[:9])
            assert rows_of(context, tenant.shop) == before, name
    # The control: with the browser's own token the same form is taken.
    assert ask(stranger, "POST /admin/stop", tenant, csrf_token=found[1]).status_code == 303


def rows_but_the_log(context: Context, tenant: Tenant) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the shop; who looked is written down on purpose (test_roles.py)."""
    found = rows_of(context, tenant.shop)
    return {table: rows for table, rows in found.items() if table != "access_log"}


def test_looking_changes_nothing(client: FlaskClient, tenant: Tenant, context: Context) -> None:
    client.get("/admin/", base_url="https://localhost")
    before = rows_but_the_log(context, tenant)
    for name in names():
        if name.startswith("GET ") and name not in COUNTS_VIEWS | LOOKS:
            ask(client, name, tenant)
            assert rows_but_the_log(context, tenant) == before, name
    for name in sorted(COUNTS_VIEWS):
        ask(client, name, tenant)
        now = rows_but_the_log(context, tenant)
        changed = {table for table in now if now[table] != before[table]}
        assert changed <= {"event_days", "page_visits"}, name
