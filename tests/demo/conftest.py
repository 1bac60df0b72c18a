"""Fixtures of the demo shop's tests: a small shop and an app that only listens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.demo import tokens
from plugin.demo.opening import FILE, open_shop
from plugin.demo.settings import Settings
from plugin.demo.shop import Shop
from plugin.demo.site import create_shop_app

SECRET = "a-demo-secret-of-at-least-32-bytes"


@dataclass
class Received:
    """One request that reached the listening app."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """An app that keeps what it is told and answers with the next of `answers`, then 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.received.append(
                    Received(self.command, self.path, headers, self.rfile.read(length))
                )
                self.send_response(listener.answers.pop(0) if listener.answers else 200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Set-Cookie", "secret=1")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_POST = do_GET  # noqa: N815 - the base class looks it up by this name

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), listener.handler())
    listener.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


def settings_for(data: Path, app_url: str = "http://127.0.0.1:9", **values: Any) -> Settings:
    given: dict[str, Any] = {"generated_orders": 40, "retry_seconds": 0.0, **values}
    return Settings(
        data=data, app_url=app_url, shop_url="http://localhost:8751", secret=SECRET, **given
    )


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a freshly stocked shop; tests copy it, stocking each anew would take long."""
    folder = tmp_path_factory.mktemp("stocked")
    shop = open_shop(settings_for(folder))
    shop.db.all("PRAGMA wal_checkpoint(TRUNCATE)")
    shop.db.close()
    return folder / FILE


@pytest.fixture
def demo_shop(tmp_path: Path, stocked: Path, listener: Listener) -> Iterator[Shop]:
    """A shop with forty orders whose app is the listener."""
    (tmp_path / FILE).write_bytes(stocked.read_bytes())
    shop = open_shop(settings_for(tmp_path, listener.url))
    yield shop
    shop.db.close()


@pytest.fixture
def visitor(demo_shop: Shop) -> FlaskClient:
    """A browser without JavaScript in the shop."""
    return create_shop_app(demo_shop).test_client()


@pytest.fixture
def pair(demo_shop: Shop) -> dict[str, Any]:
    """The token pair of an installed app with every right it declares."""
    code = tokens.grant(demo_shop, list(demo_shop.settings.app.scopes))
    issued = tokens.redeem(demo_shop, code)
    assert issued is not None
    return issued


@dataclass
class AdminApi:
    """The Admin API as an app calls it."""

    visitor: FlaskClient
    token: str

    def call(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        answer = self.visitor.post(
            "/admin/api/2026-10/graphql.json",
            json={"query": document, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": self.token},
        )
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def data(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        body = self.call(document, variables)
        assert "errors" not in body, body
        return body["data"]


@pytest.fixture
def api(visitor: FlaskClient, pair: dict[str, Any]) -> AdminApi:
    return AdminApi(visitor, pair["access_token"])
