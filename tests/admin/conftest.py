"""Fixtures of the merchant's pages: signed-in browsers; the store's own tests cover PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.store import sync


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


class Browser:
    """A merchant's browser: keeps cookies, fills in the hidden token of forms, never redirects."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, page: str = "/admin/stop", **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found, f"no form on {page}"
        return found.group(1)


@pytest.fixture
def sign_in(app: Flask, context: Context) -> Callable[[Shop], Browser]:
    def make(shop: Shop) -> Browser:
        client = app.test_client()
        token = context.keys.sign("session", [shop.id, shop.generation])
        client.set_cookie("bleib", token)
        return Browser(client)

    return make


@pytest.fixture
def installed(context: Context, make_shop: Callable[..., Shop]) -> Callable[..., Shop]:
    def make(domain: str = "uferhaus.myshopify.com", **values: object) -> Shop:
        shop = make_shop(domain, **values)
        with context.db.write() as connection:
            campaigns.ensure_defaults(connection, context, shop.id)
            sync.reset_runs(connection, shop.id, sync.KINDS)
        return shop

    return make


@pytest.fixture
def fresh(installed: Callable[..., Shop]) -> Shop:
    """A shop right after its install: nothing set, nothing counted."""
    return installed()


@pytest.fixture
def browser(fresh: Shop, sign_in: Callable[[Shop], Browser]) -> Browser:
    return sign_in(fresh)
