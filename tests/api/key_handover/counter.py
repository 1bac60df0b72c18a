"""The merchant with one browser, the shop, and the app between them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.db import metadata
from plugin.store.shops import shop_by_domain
from tests.platforms.woo import DOMAIN, Site


@dataclass
class Counter:
    """The merchant with one browser, the shop, and the app between them."""

    context: Context
    browser: FlaskClient
    woo: Site

    def form(self, path: str = "/install/woocommerce") -> str:
        page = self.browser.get(path)
        assert page.status_code == 200
        return page.text

    def enter(self, address: str = DOMAIN) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.form())
        assert token is not None
        form = {"csrf_token": token[1], "shop_url": address}
        return self.browser.post("/install/woocommerce", data=form)

    def begin(self) -> str:
        """Enter the address; returns the mark."""
        answer = self.enter()
        assert answer.status_code == 303, answer.text
        return parse_qs(urlsplit(answer.location).query)["user_id"][0]

    def post_keys(self, mark: str, *, rights: str = "read_write", **changes: Any) -> TestResponse:
        headers, body = self.woo.site.keys_message(mark, rights)
        if changes:
            body = json.dumps(json.loads(body) | changes).encode()
        # The shop's server is nobody's browser.
        stranger = self.browser.application.test_client()
        return stranger.post("/auth/woocommerce/keys", data=body, headers=headers)

    def come_back(self, mark: str, success: str = "1", **more: str) -> TestResponse:
        query = "".join(f"&{name}={quote(value)}" for name, value in more.items())
        return self.browser.get(
            f"/auth/woocommerce/return?success={success}&user_id={quote(mark)}{query}"
        )

    def connect(self) -> Shop:
        mark = self.begin()
        assert self.post_keys(mark).status_code == 200
        assert self.come_back(mark).status_code in (200, 302)
        return self.shop()

    def shop(self) -> Shop:
        with self.context.db.read() as connection:
            shop = shop_by_domain(connection, "woocommerce", DOMAIN)
        assert shop is not None
        return shop

    def rows(self, table: str) -> list[Any]:
        with self.context.db.read() as connection:
            return list(connection.execute(sa.select(metadata.tables[table])))
