"""A shop of its own as a stage: a page with the tag on it, and a programme that signs its calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from plugin.model import Shop
from tests.contract.app_side import AppSide
from tests.contract.platform_side import Loopback, Stranger, Troublesome
from tests.contract.stage import Message
from tests.own_shop import signature
from tests.services.sign_up_stage import plain

DOMAIN = "teehaus.example"
OWNER = "chefin@teehaus.example"


class OwnShopStage(AppSide):
    """Nothing of this shop is ever asked but its front page: it tells by itself."""

    name = "script_tag"
    platform_name = "script_tag"

    def __init__(self, database_url: str) -> None:
        stranger = Stranger()
        self.api = Troublesome(self._page, lambda _path: False, {}, stranger)
        self.server = Loopback(self.api)
        self.url = self.server.url
        self.tag = ""
        self.secret = ""
        self._secrets: list[str] = []
        self._told: dict[str, list[dict[str, Any]]] = {}
        self._titles: dict[str, str] = {}
        self._goodbye: Message | None = None
        self._moments = 0
        super().__init__(database_url, stranger, {DOMAIN: self.url})

    def _page(self, environ: dict[str, Any], start_response: Any) -> Any:
        html = f"<!doctype html><title>{Request(environ).path}</title>{self.tag}"
        return Response(html, mimetype="text/html")(environ, start_response)

    def _next(self) -> str:
        """Return a moment after every earlier change and before now."""
        self._moments += 1
        moment = self.context.now() - timedelta(hours=2) + timedelta(seconds=self._moments)
        return moment.astimezone(UTC).isoformat()

    def _message(self, method: str, path: str, body: Any = None, secret: str = "") -> Message:
        raw = b"" if body is None else json.dumps(body).encode()
        target = f"/api/v1/{self.shop(DOMAIN).key}{path}"
        at = int(self.context.now().timestamp())
        header = signature(secret or self.secret, at, method, target, raw)
        headers = {"Bleib-Signature": header, "Content-Type": "application/json"}
        return Message(target, headers, raw, method)

    def install(self) -> Shop:
        """Register by form and mail, and put the tag into the page."""
        form = {
            "do": "register",
            "domain": f" {DOMAIN} ",
            "name": "Teehaus",
            "email": OWNER,
            "country": "de",
        }
        asked = self.visit("/install/script_tag", method="POST", data=form)
        assert asked.status_code == 303, asked.text
        found = re.search(r"http\S+(/install/script_tag/\S+)", plain(self.mail.sent[-1][0]))
        assert found is not None
        page = self.visit(found[1], method="POST")
        assert page.status_code in (200, 303), page.text
        if page.status_code == 200:
            secret = re.search(r"bleib_[\w-]{43}", page.text)
            tag = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
            assert secret is not None
            assert tag is not None
            self.secret, self.tag = secret[0], unescape(tag[1])
            self._secrets.append(self.secret)
        return self.shop(DOMAIN)

    def uninstall(self) -> None:
        """Say goodbye by a signed call, and take the tag out of the page."""
        self._goodbye = self._message("DELETE", "")
        answer = self.send(self._goodbye)
        assert answer.status_code == 204, answer.text
        self.tag = ""

    def farewell(self) -> Message:
        """Return the goodbye that was sent last."""
        assert self._goodbye is not None
        return self._goodbye

    def revoke(self) -> None:
        """Do nothing: the app holds no token of this shop."""

    def expire(self) -> None:
        """Never called: there is no token that could end."""
        raise NotImplementedError

    def erasure(self) -> Message | None:
        """Return None: a shop of its own has no such message."""
        return None

    def put_product(self, number: int) -> str:
        """Put a product on the shelf, and tell of it."""
        self._titles[f"p{number}"] = f"Schale {number}"
        return self._tell_product(f"p{number}")

    def _tell_product(self, product_id: str) -> str:
        product = {
            "id": product_id,
            "title": self._titles[product_id],
            "url": f"/{product_id}",
            "updated_at": self._next(),
            "variants": [{"id": f"{product_id}-1", "price": "49.00"}],
        }
        answer = self.send(self._message("PUT", "/products", {"products": [product]}))
        assert answer.status_code in (200, 401, 404), answer.text
        return product_id

    def touch_product(self, product_id: str) -> None:
        """Change a product."""
        self._tell_product(product_id)

    def delete_product(self, product_id: str) -> None:
        """Take a product off the shelf."""
        answer = self.send(self._message("DELETE", f"/products/{product_id}"))
        assert answer.status_code == 204, answer.text

    def put_customer(self, email: str) -> str:
        """Never called: the app reads no customers here."""
        raise NotImplementedError

    def place_order(
        self, *, email: str | None, products: Sequence[str], code: str | None = None
    ) -> str:
        """Place an order; told of later."""
        order_id = str(1000 + len(self._told) + 1)
        now = self._next()
        order = {
            "id": order_id,
            "number": order_id,
            "email": email,
            "currency": "EUR",
            "total": "49.00",
            "codes": [code] if code else [],
            "placed_at": now,
            "updated_at": now,
            "lines": [
                {
                    "id": str(place),
                    "product_id": product,
                    "title": self._titles[product],
                    "quantity": 1,
                    "price": "49.00",
                }
                for place, product in enumerate(products, start=1)
            ],
        }
        self._told[order_id] = [order]
        return order_id

    def _change(self, order_id: str, **values: Any) -> None:
        held = self._told[order_id]
        held.append({**held[-1], **values, "updated_at": self._next()})

    def ship(self, order_id: str, *, carrier: str, number: str) -> None:
        """Hand a parcel over."""
        now = self._next()
        parcel = {
            "id": "1",
            "carrier": carrier,
            "tracking_number": number,
            "created_at": now,
            "updated_at": now,
        }
        self._change(order_id, shipments=[parcel])

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        self._change(order_id, cancelled_at=self._next())

    def take_code(self, code: str) -> None:
        """Never called: the app makes no codes here."""
        raise NotImplementedError

    def vouchers(self) -> list[str]:
        """Return nothing: codes are the merchant's own."""
        return []

    def consents(self) -> Mapping[str, bool]:
        """Return nothing: the app writes into no records of the shop."""
        return {}

    def embedded(self) -> str | None:
        """Return the key in the tag on the page."""
        found = re.search(r'data-shop="(\w+)"', self.tag)
        return None if found is None else found[1]

    def deliveries(self, order_id: str) -> list[Message]:
        """Return a call for each state the order had."""
        return [
            self._message("PUT", "/orders", {"orders": [state]}) for state in self._told[order_id]
        ]

    def foreign(self, message: Message) -> Message:
        """Sign the same call with a secret of somebody else."""
        at = int(datetime.now(UTC).timestamp())
        found = re.match(r"t=(\d+)", message.headers["Bleib-Signature"])
        at = int(found[1]) if found else at
        header = signature("bleib_" + "x" * 43, at, message.method, message.path, message.body)
        headers = {**message.headers, "Bleib-Signature": header}
        return Message(message.path, headers, message.body, message.method)

    def secrets(self) -> Sequence[str]:
        """Return every API secret that was shown."""
        return list(self._secrets)

    def close(self) -> None:
        """Stop the page and let go of the database."""
        self.api.ended.set()
        self.server.stop()
        self.close_app()


def open_stage(_folder: Path, database_url: str) -> OwnShopStage:
    """Return a fresh shop that does not know the app yet."""
    return OwnShopStage(database_url)
