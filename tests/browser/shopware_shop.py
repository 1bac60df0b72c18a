"""A Shopware storefront in small: its cart by the routes of the real one, its pages by Twig."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from plugin.packages.shopware import render
from tests.browser.shopfront import THEMES, TYPES
from tests.packages.shopware_app import FACTS, Twig

CUP, POT, GONE = (f"0198a3c4d5e6708192a3b4c5d6e7f80{number}" for number in (1, 2, 3))
ARTICLES = {CUP: "Teeschale Ruß", POT: "Untersetzer Filz"}
PAGES = {
    "/": ("base", "frontend.home.page"),
    "/checkout/cart": ("page/checkout/cart/index", "frontend.checkout.cart.page"),
    "/checkout/confirm": ("base", "frontend.checkout.confirm.page"),
}
FILES = {path.removeprefix("Bleib/Resources/public"): body for path, body in render(FACTS).items()}


@dataclass
class ShopwareShop:
    """What the shop holds, and what it was asked to do."""

    twig: Twig
    config: dict[str, Any] = field(default_factory=dict)
    policy: str = ""
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    vouchers: list[str] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def put(self, article: str, quantity: int = 1, payload: str = "{}") -> None:
        """Put an article in as Shopware does: into its line, if there is one."""
        line = self.lines.setdefault(
            article,
            {
                "id": article, "referencedId": article, "type": "product",
                "label": ARTICLES[article], "quantity": 0,
                "payload": {"parentId": None, **json.loads(payload)},
            },
        )  # fmt: skip
        line["quantity"] += quantity

    def page(self, path: str) -> str:
        """Draw a page of the shop."""
        template, route = PAGES[path]
        lines = list(self.lines.values())
        return self.twig.page(template, route=route, config=self.config, page={"lines": lines})

    def post(self, path: str, form: dict[str, str]) -> None:
        """Do what a form of the shop asks for; Shopware answers alike whether it could or not."""
        self.posted.append((path, form))
        action, _, article = path.removeprefix("/checkout/").rpartition("/")
        if path == "/checkout/promotion/add" and self.lines:
            self.vouchers.append(form["code"])
        elif path == "/checkout/line-item/add":
            named = {key.partition("][")[2].rstrip("]"): value for key, value in form.items()}
            if named["referencedId"] in ARTICLES:
                self.put(named["referencedId"], int(named["quantity"]), named["payload"])
        elif action == "line-item/delete":
            self.lines.pop(article, None)
        elif action == "line-item/change-quantity":
            self.lines[article]["quantity"] = int(form["quantity"])


class _Handler(BaseHTTPRequestHandler):
    shop: ShopwareShop
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        # A page that is gone before its answer is the browser's way, not an error.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def answer(self, status: int, body: str | bytes, kind: str = TYPES[".html"]) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if self.shop.policy:
            self.send_header("Content-Security-Policy", self.shop.policy)
        self.end_headers()
        self.wfile.write(data)

    @property
    def ajax(self) -> bool:
        return self.headers.get("X-Requested-With") == "XMLHttpRequest"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/checkout/cart.json" and self.ajax:
            cart = {"token": "secret-of-the-session", "lineItems": list(self.shop.lines.values())}
            return self.answer(200, json.dumps(cart), TYPES[".json"])
        if path in PAGES:
            # Pages are refused to what calls itself a script.
            return self.answer(403, "") if self.ajax else self.answer(200, self.shop.page(path))
        if path.startswith("/bundles/bleib/"):
            return self.answer(200, FILES[path.removeprefix("/bundles/bleib")], TYPES[".js"])
        if path.startswith("/theme/"):
            return self.answer(200, THEMES[path[7:-4]], "text/css")
        return self.answer(200, "", TYPES[".js"])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.shop.post(urlsplit(self.path).path, dict(parse_qsl(body)))
        self.answer(200, "")


@contextmanager
def serving(shop: ShopwareShop) -> Iterator[ShopwareShop]:
    """Run the shop on a free port of loopback."""
    handler = type("Handler", (_Handler,), {"shop": shop})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    shop.address = f"http://localhost:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
