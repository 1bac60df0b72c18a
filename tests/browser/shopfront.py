"""Serves a small shop and a stand-in for the app on loopback, on two origins as in real life."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static" / "v1"
BUILT = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
TYPES = {
    ".js": "text/javascript",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css",
}

FOOTER = ".dark-footer { background: #1b1b1f; color: #f2f2f2; padding: 20px }"
THEMES = {
    "amsel": """
        body { font: 16px/1.5 'Palatino Linotype', Palatino, 'DejaVu Serif', serif;
               color: #2a2420; background: #fbf8f3 }
        h1 { font-weight: 400; font-size: 36px } a { color: #84480a }
        .buy { font: inherit; color: #fffdfa; background: #2a2420; border: 0; padding: 14px 60px }
    """,
    "amsel-dark": """
        body { font: 16px/1.5 'Palatino Linotype', Palatino, 'DejaVu Serif', serif;
               color: #f3ece2; background: #191612 }
        h1 { font-weight: 400; font-size: 36px } a { color: #e5ad62 }
        .buy { font: inherit; color: #231f1b; background: #f3ece2; border: 0; padding: 14px 60px }
    """,
    "steigwohl": """
        body { font: 16px/1.5 'Helvetica Neue', 'Liberation Sans', sans-serif;
               color: #17211c; background: #fff }
        h1 { font-weight: 700; font-size: 32px } a { color: #1e5b43 }
        .buy { font: inherit; font-weight: 700; color: #fff; background: #1e5b43; border: 0;
               border-radius: 10px; padding: 14px 60px }
    """,
    "pill": """
        body { font: 18px/1.6 'DejaVu Sans', sans-serif; color: #3a2350; background: #f3d9e4 }
        h1 { font-weight: 800; font-size: 40px } a { color: #8a1c5b }
        .buy { font: inherit; color: #fff; background: #d4237f; border: 0; border-radius: 99px;
               text-transform: uppercase; letter-spacing: 1px; padding: 14px 60px }
    """,
}

VOUCHER = {
    "enabled": True,
    "kind": "amount",
    "value": "5.00",
    "minimum": "40.00",
    "days": 30,
    "exclusions": {"de": "Bücher", "en": "books"},
}
SIGN_UP = {
    "title": None,
    "lead": None,
    "voucher": VOUCHER,
    "newsletter_name": None,
    "personalised": True,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "exit_intent": SIGN_UP
    | {"frame": "modal", "content": "sign_up", "teaser": False, "recontact_days": 30},
    "newsletter": SIGN_UP,
    "cross_sell": {"title": None, "limit": 3},
    "shipment_status": {"title": None},
}
EXIT = ["any", ["exit", "desktop"], ["exit", "phone"]]
#: When a widget shows that does not simply stand in its place.
WHEN: dict[str, list[Any]] = {"exit_intent": EXIT}
PICTURE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>"
SUGGESTIONS: list[dict[str, Any]] = [
    {
        "product": f"gid://shopify/Product/{number}",
        "variant": f"gid://shopify/ProductVariant/{number}1",
        "variant_number": f"{number}1",
        "handle": f"artikel-{number}",
        "title": title,
        "url": f"/products/artikel-{number}",
        "image": f"/pictures/{number}.svg",
        "price": {"amount": price, "currency": "EUR"},
        "reason": {
            "kind": "together",
            "with": "Teeschale Ruß",
            "text": "Wird oft mit Teeschale Ruß bestellt",
        },
        "mark": "o",
    }
    for number, title, price in [
        (21, "Untersetzer Filz", "13.50"),
        (22, "Leinentuch Nela", "16.90"),
        (23, "Teedose Kirsche, mit Löffel", "24.00"),
    ]
]
ORDER: dict[str, Any] = {
    "order": "Bestellung #1007",
    "title": "Ihr Paket kommt am Montag, 23.\u00a0November",
    "lead": "",
    "note": "",
    "follow": "",
    "moving": True,
    "stages": [
        {"state": state, "label": label, "when": when}
        for state, label, when in [
            ("done", "Bestellung ist eingegangen", "Dienstag, 17.\u00a0November, 9:12 Uhr"),
            ("done", "Bestellung ist in Bearbeitung", ""),
            ("now", "Paket ist in Lieferung", "seit Donnerstag, 19.\u00a0November"),
            ("open", "Paket wird zugestellt", "am Montag, 23.\u00a0November"),
        ]
    ],
    "parcels": [
        {
            "title": "",
            "lead": "",
            "badge": "",
            "tone": "",
            "arrived": False,
            "stages": [],
            "items_title": "In diesem Paket",
            "items": [],
            "carrier": "Österreichische Post",
            "number_label": "Sendung",
            "number": "1000482733619054000021",
            "seen": "Zuletzt gemeldet Donnerstag, 18:05 Uhr: Verteilzentrum Wien-Inzersdorf",
            "url": "https://www.post.at/",
            "url_label": "Beim Zusteller ansehen",
        }
    ],
    "items_title": "In diesem Paket",
    "items": [
        {"title": "Teeschale Ruß", "note": "Glasur Ruß, Menge 2", "picture": "/pictures/21.svg"},
        {"title": "Leinentuch Nela", "note": "Menge 1", "picture": ""},
    ],
    "first": [],
    "beside": [
        {
            "key": "withdrawal",
            "title": "Doch nicht das Richtige?",
            "lead": "",
            "lines": ["Bis 14 Tage nach Erhalt, ohne Angabe von Gründen, ohne Anmeldung."],
            "tone": "plain",
            "button": ["Vertrag widerrufen", "https://bleib.example/s/abc/withdrawal"],
            "form": None,
        }
    ],
    "again": None,
    "again_label": "Noch einmal bestellen",
}


@dataclass
class Shopfront:
    """What both servers answer, changed by each test, and what they were asked."""

    config: dict[str, Any]
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    broken: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    cart: list[dict[str, Any]] = field(default_factory=list)
    app: str = ""
    shop: str = ""

    def page(
        self,
        theme: str = "amsel",
        *,
        body: str = "",
        lang: str = "de",
        kind: str = "product",
        tag: str = "",
        head: str = "",
        filler: int = 3000,
    ) -> str:
        """Lays out a page with the script tag and returns its address."""
        self.html = f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Teeschale Ruß</title><link rel="icon" href="data:,">
            <link rel="stylesheet" href="/theme/{theme}.css">{head}</head><body>
            <header><nav><a href="/">Start</a></nav></header>
            <main><h1>Teeschale Ruß</h1>
            <p>Auf der Drehscheibe gezogen, <a href="/asche">mit Asche</a> glasiert.</p>
            <label>Menge <input id="quantity" value="1"></label>
            <button name="add" class="buy" id="buy">In den Warenkorb</button>
            {body}<div class="filler" id="filler-{filler}"></div></main>
            <script async src="{self.app}/static/v1/bleib.js" data-shop="uferhaus"
              data-page="{kind}" data-lang="{lang}" {tag}></script></body></html>"""
        return f"{self.shop}/"

    def campaigns(self, *widgets: str, **changes: Any) -> None:
        """Publishes one campaign per widget, with `changes` to all their settings."""
        self.config["campaigns"] = [
            {
                "id": number,
                "widget": name,
                "version": 4,
                **({"when": WHEN[name]} if name in WHEN else {}),
                "settings": SETTINGS.get(name, {}) | changes,
            }
            for number, name in enumerate(widgets, start=3)
        ]

    def note(self, method: str, path: str, body: Any) -> None:
        """Keeps a request and wakes whoever waits for it."""
        with self.arrived:
            self.asked.append((method, path, body))
            self.arrived.notify_all()

    def events(self, count: int) -> list[dict[str, Any]]:
        """The first `count` events, waited for until they have all come in."""

        def all_of_them() -> list[dict[str, Any]]:
            return [one for body in self.bodies("/events") for one in body["events"]]

        with self.arrived:
            self.arrived.wait_for(lambda: len(all_of_them()) >= count, timeout=30)
        return all_of_them()

    def bodies(self, path: str) -> list[Any]:
        """The bodies of the POST requests to a path of the app."""
        return [body for method, at, body in self.asked if method == "POST" and at.endswith(path)]


def fresh() -> Shopfront:
    """A shop with all four widgets published, and a cart with one article."""
    front = Shopfront(
        config={
            "v": 1,
            "shop": "uferhaus",
            "name": "Uferhaus",
            "version": "7",
            "languages": ["de", "en"],
            "address": "sie",
            "currency": "EUR",
            "locale": "de-DE",
            "cart": "shopify",
            "privacy": "https://shop.example/datenschutz",
            "zone": "Europe/Berlin",
            "look": {},
            "manners": {},
            **({"why": BUILT["why"]} if "why" in BUILT else {}),
            "widgets": BUILT["widgets"],
            "campaigns": [],
        },
        cart=[{"key": "101:a", "id": 101, "product_id": 10, "quantity": 1, "properties": {}}],
    )
    front.campaigns(*SETTINGS)
    return front


class _Handler(BaseHTTPRequestHandler):
    front: Shopfront
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        # A page that is gone before its answer is the browser's way, not an error.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def answer(self, status: int, body: bytes | str, kind: str = "application/json") -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in self.front.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def body(self) -> Any:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(raw) if raw else None


class _App(_Handler):
    def do_GET(self) -> None:
        self.reply("GET")

    def do_POST(self) -> None:
        self.reply("POST")

    def reply(self, method: str) -> None:
        path = urlsplit(self.path).path
        body = self.body()
        if path.startswith("/static/v1/"):
            file = STATIC / path.rsplit("/", 1)[1]
            return self.answer(200, file.read_bytes(), TYPES[file.suffix])
        self.front.note(method, self.path, body)
        if self.front.broken == "500":
            return self.answer(500, '{"error":"broken"}')
        if self.front.broken == "html":
            return self.answer(200, "<!doctype html><p>Wartung", TYPES[".html"])
        if self.front.broken == "slow":
            time.sleep(6)
        for ending, (status, data) in self.front.answers.items():
            if path.endswith(ending):
                return self.answer(status, json.dumps(data))
        return self.answer(*self.usual(path))

    def usual(self, path: str) -> tuple[int, str]:
        if path.startswith("/v1/config/"):
            return 200, json.dumps(self.front.config)
        if path.endswith("/tickets"):
            return 200, '{"ticket":"a-ticket"}'
        if path.endswith("/subscriptions"):
            return 202, '{"state":"pending"}'
        if path.endswith("/suggestions"):
            return 200, json.dumps({"items": SUGGESTIONS, "campaign": 5})
        if path.endswith("/lookup"):
            return 200, json.dumps({"found": True, "order": ORDER})
        if "/shipments/" in path:
            return 200, json.dumps(ORDER)
        return 204, ""


class _Shop(_Handler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/theme/"):
            css = THEMES.get(path[7:-4], FOOTER) + (
                "body{margin:0}main,header{max-width:1000px;margin:auto;padding:16px}"
                ".filler{height:3000px}#filler-0{height:0}"
            )
            return self.answer(200, css, "text/css")
        if path.startswith("/pictures/"):
            return self.answer(200, PICTURE.split(",", 1)[1], "image/svg+xml")
        if path == "/cart.js":
            # Ten euros for each piece, whatever it is.
            pieces = sum(line["quantity"] for line in self.front.cart)
            cart = {"items": self.front.cart, "total_price": 1000 * pieces, "currency": "EUR"}
            return self.answer(200, json.dumps(cart))
        if path.startswith("/widgets/"):
            file = ROOT / path[1:]
            return self.answer(200, file.read_bytes(), TYPES[file.suffix])
        if path.startswith("/static/v1/"):
            file = STATIC / path.rsplit("/", 1)[1]
            return self.answer(200, file.read_bytes(), TYPES[file.suffix])
        return self.answer(200, self.front.html, TYPES[".html"])

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self.body()
        self.front.note("POST", path, body)
        if path in self.front.answers:
            status, data = self.front.answers[path]
            return self.answer(status, json.dumps(data))
        if path == "/cart/add.js":
            lines = [
                {"key": f"{item['id']}:b", "product_id": int(item["id"]) // 10, **item}
                for item in body["items"]
            ]
            self.front.cart[:0] = lines
            return self.answer(200, json.dumps({"items": lines}))
        if path == "/cart/change.js":
            for line in self.front.cart:
                if line["key"] == body["id"]:
                    line["quantity"] = body["quantity"]
            self.front.cart[:] = [line for line in self.front.cart if line["quantity"]]
        return self.answer(200, json.dumps({"items": self.front.cart}))


@contextmanager
def serving(front: Shopfront) -> Iterator[Shopfront]:
    """Runs both servers on free ports of loopback."""
    servers = []
    for base in (_App, _Shop):
        handler = type("Handler", (base,), {"front": front})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
    # Two host names make two sites out of one machine.
    front.app = f"http://127.0.0.1:{servers[0].server_port}"
    front.shop = f"http://localhost:{servers[1].server_port}"
    try:
        yield front
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
