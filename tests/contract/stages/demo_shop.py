"""The demo shop as a stage: its real server and file; installs by the page of consent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from plugin.demo import carts, oauth, ordering, parcels, tokens
from plugin.demo.database import Database, Row, remember
from plugin.demo.opening import FILE, open_shop
from plugin.demo.ordering import Address
from plugin.demo.settings import API_VERSION, Settings
from plugin.demo.shop import Shop as DemoShop
from plugin.demo.shop import stamp
from plugin.demo.signing import webhook_hmac
from plugin.demo.site import create_shop_app
from plugin.model import Shop
from tests.contract.app_side import PUBLIC_URL
from tests.contract.platform_side import COMPILED, Loopback, Stranger, Troublesome
from tests.contract.shopify_side import (
    CLIENT_ID,
    DOMAIN,
    OWN,
    SECRET,
    ShopifySide,
    is_api,
)
from tests.contract.stage import Message

_ANNE = ("Anne", "Ufer", "Seestraße 1", "78464", "Konstanz", "DE")


class DemoStage(ShopifySide):
    """Drives the demo shop from behind its counter; the app meets it over HTTP only."""

    name = "demo_shop"

    def __init__(self, folder: Path, database_url: str) -> None:
        stranger = Stranger()
        file = Database(folder / FILE)
        with file.write() as connection:
            remember(connection, "opened", "empty shelves")
        file.close()
        self.server = Loopback()
        self.url = self.server.url
        self.demo: DemoShop = open_shop(
            Settings(
                data=folder,
                app_url=PUBLIC_URL,
                shop_url=self.url,
                secret=SECRET,
                client_id=CLIENT_ID,
            )
        )
        pages = create_shop_app(self.demo)
        pages.jinja_env.bytecode_cache = COMPILED
        self.api = Troublesome(pages, is_api, OWN, stranger)
        self.server.app = self.api
        self._changes = 0
        super().__init__(
            database_url,
            stranger,
            {DOMAIN: self.url},
            shopify_client_id=CLIENT_ID,
            shopify_secret=SECRET,
        )
        self._follow()

    def _run(self, sql: str, *values: str | int | None) -> int:
        with self.demo.db.write() as connection:
            return int(connection.execute(sql, values).lastrowid or 0)

    def _next_change(self) -> str:
        """Return a moment after every earlier change and before now."""
        self._changes += 1
        return stamp(self.demo.now() - timedelta(hours=3) + timedelta(seconds=self._changes))

    # The merchant's side
    def install(self) -> Shop:
        """Open the app from the shop's admin and allow it what it asks for."""
        opened = requests.get(
            f"{self.url}/admin/apps/{CLIENT_ID}", allow_redirects=False, timeout=10
        )
        answer = self.visit(opened.headers["Location"])
        assert answer.status_code == 302, answer.text
        target = answer.headers["Location"]
        if target.startswith(self.url):
            back = self._allow(target)
            answer = self.visit(back)
            assert answer.status_code == 302, answer.text
        return self.shop(DOMAIN)

    def _allow(self, address: str) -> str:
        """Answer the consent page; without a page if the rights were granted before."""
        reply = requests.get(address, allow_redirects=False, timeout=10)
        if reply.status_code == 200:
            form = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
            reply = requests.post(
                address.partition("?")[0],
                data={**form, "answer": "allow"},
                headers={"Origin": self.url},
                allow_redirects=False,
                timeout=10,
            )
        back = reply.headers["Location"]
        assert back.startswith(PUBLIC_URL), back
        return back

    # What the shop holds
    def put_product(self, number: int) -> str:
        """Put a product on the shelf."""
        now = self._next_change()
        title = f"Schale {number}"
        texts = {name: {"de": title, "en": title} for name in ("title", "note", "text")}
        product = self._run(
            "INSERT INTO products (handle, kind, glaze, collection, title, texts, tax, created_at,"
            " updated_at) VALUES (?, 'bowl', 'sand', 'keramik', ?, ?, 19, ?, ?)",
            f"schale-{number}",
            title,
            json.dumps({**texts, "facts": []}),
            now,
            now,
        )
        self._run(
            "INSERT INTO variants (product_id, position, title, price) VALUES (?, 1, 'Eine', 4900)",
            product,
        )
        return f"gid://shopify/Product/{product}"

    def touch_product(self, product_id: str) -> None:
        """Change a product."""
        self._run(
            "UPDATE products SET updated_at = ? WHERE id = ?",
            self._next_change(),
            _plain(product_id),
        )

    def delete_product(self, product_id: str) -> None:
        """Take a product off the shelf."""
        self._run("DELETE FROM variants WHERE product_id = ?", _plain(product_id))
        self._run("DELETE FROM products WHERE id = ?", _plain(product_id))

    def put_customer(self, email: str) -> str:
        """Let somebody have an account."""
        now = self._next_change()
        row = self._run(
            "INSERT INTO customers (email, created_at, updated_at) VALUES (?, ?, ?)",
            email,
            now,
            now,
        )
        return f"gid://shopify/Customer/{row}"

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Buy one of each; a bare order has nobody behind it."""
        token = secrets.token_hex(16)
        for product in products:
            found = self.demo.db.one(
                "SELECT id FROM variants WHERE product_id = ?", _plain(product)
            )
            assert found is not None
            carts.add(self.demo, token, found["id"], 1, {})
        if code:
            carts.set_codes(self.demo, token, [code])
        who = Address(email or "bare@example.com", *_ANNE)
        order = ordering.place(self.demo, carts.load(self.demo, token), who)
        if email is None:
            self._run(
                "UPDATE orders SET email = NULL, customer_id = NULL, zip = NULL, country = NULL,"
                " first_name = NULL, last_name = NULL, street = NULL, city = NULL WHERE id = ?",
                order,
            )
        return f"gid://shopify/Order/{order}"

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Hand the parcel to a carrier."""
        assert parcels.fulfil(self.demo, _plain(order_id), carrier, number)

    def cancel(self, order_id: str) -> None:
        """Cancel an order that was not sent."""
        assert parcels.cancel(self.demo, _plain(order_id))

    def take_code(self, code: str) -> None:
        """Let the merchant's own discount have a code."""
        self._run(
            "INSERT INTO discounts (code, title, starts_at, once_per_customer, kind, value,"
            " context, combines)"
            " VALUES (?, 'Sommerschluss', ?, 0, 'percentage', '0.1', '{}', '{}')",
            code,
            self.demo.stamp(),
        )

    def vouchers(self) -> list[str]:
        """Return every code of the shop."""
        return [row["code"] for row in self.demo.db.all("SELECT code FROM discounts ORDER BY id")]

    def consents(self) -> Mapping[str, bool]:
        """Return who is subscribed, as the customer records say."""
        rows = self.demo.db.all("SELECT email, marketing_state FROM customers")
        return {row["email"]: row["marketing_state"] == "SUBSCRIBED" for row in rows}

    def embedded(self) -> str | None:
        """Return the key in the metafield that the theme reads."""
        row = self.demo.db.one("SELECT value FROM metafields WHERE key = 'shop_key'")
        return None if row is None else str(row["value"])

    # Messages
    def deliveries(self, order_id: str) -> list[Message]:
        """Return what the platform has in its queue about an order."""
        row = self.demo.db.one("SELECT name FROM orders WHERE id = ?", _plain(order_id))
        assert row is not None
        queue = self.demo.db.all("SELECT * FROM webhooks WHERE about = ? ORDER BY id", row["name"])
        return [_message(entry) for entry in queue]

    def _remove(self) -> Message:
        assert oauth.uninstall(self.demo)
        row = self.demo.db.one(
            "SELECT * FROM webhooks WHERE topic = 'app/uninstalled' ORDER BY id DESC"
        )
        assert row is not None
        return _message(row)

    # Tokens
    def revoke(self) -> None:
        """Take every token back without a word."""
        with self.demo.db.write() as connection:
            tokens.revoke_all(connection)

    def _end_access_tokens(self) -> None:
        self._run("UPDATE tokens SET expires = 0")

    def secrets(self) -> list[str]:
        """Return the app's secret and every token that still exists."""
        rows = self.demo.db.all("SELECT access, refresh FROM tokens")
        return [SECRET, *(token for row in rows for token in (row["access"], row["refresh"]))]

    def close(self) -> None:
        """Close shop."""
        self.api.ended.set()
        self.server.stop()
        self.demo.db.close()
        self.close_app()


def _plain(global_id: str) -> int:
    """Return the number in a global id."""
    return int(global_id.rpartition("/")[2])


def _message(row: Row) -> Message:
    body = bytes(row["body"])
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": row["topic"],
        "X-Shopify-Hmac-Sha256": webhook_hmac(SECRET, body),
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": row["webhook_id"],
        "X-Shopify-Event-Id": row["event_id"],
        "X-Shopify-Triggered-At": row["triggered_at"],
    }
    return Message("/webhooks/shopify", headers, body)


def open_stage(folder: Path, database_url: str) -> DemoStage:
    """Return the demo shop with empty shelves and the app in front of it."""
    return DemoStage(folder, database_url)
