"""Serves four kinds of shop pages, with Bleib on them, without it, or with a peer instead.

The demo shop is the one of `bleib demo`: its templates, theme script and cart, in this process.
The others are the files of bench/pages. `?stage=` says what a page carries: "off" nothing, "tag"
the script tag, "inlined" tag and config, "package" the layout of a platform's package with all
files on the shop's origin, "peer-NAME" a peer, "control" and "control-tag" a script of the
loader's size that does nothing, and "FAULT-TARGET" the tag of a faulty app. `&seen` adds the script
that keeps a visit's figures.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from bench.app_answers import CONTROL, ENDPOINTS, App, answering, bundle, target_of
from bench.campaigns import BUILT, KEY, embed
from bench.peers.pages import peer_file, peer_tags
from plugin.demo.opening import open_shop
from plugin.demo.settings import Settings
from plugin.demo.site import create_shop_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGES = Path(__file__).parent / "pages"
VITALS = (Path(__file__).parent / "vitals.js").read_text("utf-8")
PACKAGE = "/extension/assets"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PATHS = {
    "demo": "/products/teekanne-seeufer",
    "catalogue": "/bench-pages/catalogue",
    "single": "/bench-pages/single",
    "rtl": "/bench-pages/rtl",
}


@dataclass(frozen=True)
class Shopfront:
    """Addresses of the pages, and the app behind them."""

    address: str
    app: App

    def page(self, template: str, stage: str) -> str:
        """Where a template stands with what it carries."""
        return f"{self.address}{PATHS[template]}?stage={stage}"


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


class _Site:
    """The shop's origin as one WSGI application."""

    def __init__(self, demo: WSGIApplication, app: App) -> None:
        self._demo = demo
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        answer = self._own(environ["PATH_INFO"]) or self._demo_page(environ)
        if answer.mimetype == "text/html":
            asked = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
            self._furnish(answer, asked.get("stage", ["off"])[0], "seen" in asked)
        url = f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}"
        return self._app.line.carry(url, answer(environ, start))

    def _own(self, path: str) -> Response | None:
        if path.startswith(PACKAGE):
            found = bundle(path.rsplit("/", 1)[1])
            return _script(found) if found else Response(status=404)
        if path.startswith("/peers/"):
            return peer_file(path.removeprefix("/peers/"))
        if not path.startswith("/bench-pages/"):
            return None
        name = path.split("/")[2]
        file = PAGES / (name if "." in name else f"{name}.html")
        if not file.is_file():
            return Response(status=404)
        if file.suffix == ".html":
            return Response(file.read_text("utf-8"), mimetype="text/html")
        return Response(
            file.read_bytes(), mimetype=KINDS[file.suffix], headers={"Cache-Control": "max-age=300"}
        )

    def _demo_page(self, environ: WSGIEnvironment) -> Response:
        return Response.from_app(self._demo, environ)

    def _furnish(self, answer: Response, stage: str, seen: bool) -> None:
        tags, policy = self._tags(stage)
        text = answer.get_data(as_text=True).replace("</body>", f"{tags}</body>")
        if seen:
            text = text.replace("<head>", f"<head><script>{VITALS}</script>", 1)
        answer.set_data(text)
        if policy:
            answer.headers["Content-Security-Policy"] = policy
        else:
            # The demo's own policy is for its own kind of embed; a peer writes style elements.
            answer.headers.pop("Content-Security-Policy", None)

    def _tags(self, stage: str) -> tuple[str, str]:
        address, given = self._app.address, self._app.config
        if stage == "off":
            return "", ""
        if stage.startswith("peer-"):
            return peer_tags(stage.removeprefix("peer-")), ""
        if stage.startswith("control"):
            base = PACKAGE if stage == "control" else f"{address}/ok/static/v1"
            asks = "" if stage == "control" else f' data-config="{address}/ok/v1/config/{KEY}"'
            box = (PAGES / "control.html").read_text("utf-8")
            return f'{box}<script async src="{base}/{CONTROL}"{asks}></script>\n', ""
        if stage == "package":
            return embed(given, inlined=True, base=address, package=PACKAGE), ""
        if stage in ("tag", "inlined"):
            return embed(given, inlined=stage == "inlined", base=f"{address}/ok"), ""
        policy = forbidding(stage, f"{address}/{stage}") if stage.startswith("policy-") else ""
        return embed(given, inlined=False, base=f"{address}/{stage}"), policy


def _script(body: bytes) -> Response:
    headers = {"Content-Encoding": "br", "Cache-Control": "max-age=3600"}
    return Response(body, mimetype="text/javascript", headers=headers)


def forbidding(stage: str, base: str) -> str:
    """A content security policy that allows the shop's own and all of ours but the target."""
    target = stage.removeprefix("policy-")
    bundles = [path.name for path in sorted(BUILT.glob("*.js"))]
    allowed = [name for name in bundles if target_of(f"/static/v1/{name}") != target]
    scripts = [f"{base}/static/v1/{name}" for name in allowed]
    endpoints = {name: f"{base}/v1/{KEY}/{name}" for name in ENDPOINTS}
    endpoints["config"] = f"{base}/v1/config/"
    calls = [url for name, url in endpoints.items() if name != target]
    return f"script-src 'self' {' '.join(scripts)}; connect-src 'self' {' '.join(calls)}"


@contextmanager
def open_shopfront(app: App | None = None, port: int = 0) -> Iterator[Shopfront]:
    """Serves shop and app on loopback until the block ends."""
    with TemporaryDirectory() as folder, answering(app or App(), port and port + 1) as answers:
        shop = open_shop(
            Settings(
                data=Path(folder), app_url=answers.address, shop_url="http://localhost",
                secret="-" * 32, generated_orders=20,
            )
        )  # fmt: skip
        site = _Site(create_shop_app(shop), answers)
        server = make_server("127.0.0.1", port, site, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            # Two host names make two sites out of one machine.
            yield Shopfront(f"http://localhost:{server.server_port}", answers)
        finally:
            server.shutdown()
            server.server_close()
            shop.db.close()
