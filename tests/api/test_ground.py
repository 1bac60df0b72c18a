"""What every route shares: headers, errors, health, sessions, logs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, Response
from flask.testing import FlaskClient

from plugin.api.session import session_shop, start_session
from plugin.logs import redact
from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store.shops import shops
from tests.conftest import MovingClock

HTML = {"Accept": "text/html"}


def test_healthz_answers_without_a_database(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_readyz_says_that_no_worker_has_been_seen_yet(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True, "database": True, "schema": True, "worker": False,
        "worker_seen_seconds_ago": None,
    }  # fmt: skip


def test_readyz_sees_a_living_and_a_silent_worker(
    client: FlaskClient, context: Context, moving_clock: MovingClock
) -> None:
    Runner(context, {}, "worker-1").run_due()
    assert client.get("/readyz").json["worker"] is True  # type: ignore[index]
    moving_clock.move(minutes=3)
    answer = client.get("/readyz").json
    assert answer is not None
    assert answer["worker"] is False
    assert answer["worker_seen_seconds_ago"] == 180


def test_readyz_is_503_while_the_schema_is_old(client: FlaskClient, context: Context) -> None:
    with context.db.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'old'"))
    assert client.get("/readyz").status_code == 503


def test_the_bare_address_leads_to_the_merchants_pages(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/admin/")


def test_browsers_find_the_small_mark(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")


def test_metrics_answer_on_loopback_and_nowhere_else(client: FlaskClient) -> None:
    text = client.get("/metrics").get_data(as_text=True)
    assert "bleib_steps_dead 0.0" in text
    far = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert far.status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/no-such-page", "/admin/", "/c/rubbish"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers=HTML).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Diese Seite gibt es nicht"), ("en", "There is no such page")]
)
def test_a_person_gets_an_error_page_in_their_language(
    client: FlaskClient, language: str, title: str
) -> None:
    answer = client.get("/no-such-page", headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 404
    assert f"<h1>{title}</h1>" in answer.get_data(as_text=True)


def test_a_script_gets_an_error_as_json(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.json) == (404, {"error": "not_found"})


def test_an_unexpected_error_tells_nothing_of_itself(app: Flask) -> None:
    @app.get("/boom")
    def boom() -> Response:
        raise RuntimeError("a secret detail")

    answer = app.test_client().get("/boom")
    assert answer.status_code == 500
    assert answer.json == {"error": "unexpected"}


def test_a_wrong_method_is_named_and_the_right_one_too(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.fixture
def session(app: Flask) -> Callable[[Shop], str]:
    def sign_in(shop: Shop) -> str:
        with app.test_request_context():
            response = Response()
            start_session(response, shop)
        return response.headers["Set-Cookie"]

    return sign_in


def current(app: Flask, cookie: str) -> Shop | None:
    with app.test_request_context(headers={"Cookie": cookie.split(";")[0]}):
        return session_shop()


def test_a_session_knows_its_shop(app: Flask, shop: Shop, session: Callable[[Shop], str]) -> None:
    cookie = session(shop)
    assert current(app, cookie) == shop
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_dies_with_the_install(
    app: Flask, context: Context, shop: Shop, session: Callable[[Shop], str]
) -> None:
    cookie = session(shop)
    with context.db.write() as connection:
        connection.execute(shops.update().values(state="uninstalled"))
    assert current(app, cookie) is None


def test_a_session_of_an_earlier_install_is_dead(
    app: Flask, context: Context, shop: Shop, session: Callable[[Shop], str]
) -> None:
    cookie = session(shop)
    with context.db.write() as connection:
        connection.execute(shops.update().values(generation=2))
    assert current(app, cookie) is None


@pytest.mark.parametrize("value", ["", "rubbish", "bleib", "é", "a.b.c"])
def test_a_made_up_session_is_none(app: Flask, value: str) -> None:
    assert current(app, f"bleib={value}") is None


def test_a_link_token_is_no_session(app: Flask, context: Context, shop: Shop) -> None:
    for purpose in set(LIFETIMES) - {"session"}:
        token = context.keys.sign(purpose, [shop.id, shop.generation])  # type: ignore[arg-type]
        assert current(app, f"bleib={token}") is None


def test_logs_hold_neither_addresses_nor_tokens() -> None:
    event = {
        "event": "mail to lena@example.com failed",
        "access_token": "shpat_0123456789",
        "detail": {"authorization": "Bearer x", "text": "used shpat_abcdef123 twice"},
        "list": ["a@b.example", "x" * 50],
    }
    text = json.dumps(redact(None, "", event))
    for secret in ("lena", "shpat_", "Bearer x", "a@b.example", "x" * 50):
        assert secret not in text
    assert "failed" in text
