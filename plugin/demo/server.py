"""Starts the demo shop's process: storefront and platform, mailbox, and webhook delivery."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from plugin.demo import bulk
from plugin.demo.import_orders import WrongFileError
from plugin.demo.opening import open_shop
from plugin.demo.post_office import post_office
from plugin.demo.settings import LONG_PAST, Settings
from plugin.demo.shop import Shop
from plugin.demo.site import create_shop_app
from plugin.demo.webhooks import Courier
from plugin.demo.wording import LANGUAGES

SHORTEST_SECRET = 32


class _Quiet(WSGIRequestHandler):
    """Answers over kept connections and leaves the access log to the back room."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def _settings(argv: Sequence[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="demo-shop", description="The demo shop of Bleib.")
    parser.add_argument("--port", type=int, default=8701)
    parser.add_argument("--smtp-port", type=int, default=8702)
    parser.add_argument("--data", type=Path, required=True, help="folder of the shop's own file")
    parser.add_argument("--app-url", default="http://127.0.0.1:8700")
    parser.add_argument("--orders", type=Path, help="CSV of orders to begin with, also .gz")
    parser.add_argument("--long-past", action="store_true", help="two years of orders")
    parser.add_argument("--lang", choices=LANGUAGES, default="de")
    parser.add_argument("--embedded", action="store_true", help="the app inside the shop's admin")
    given = parser.parse_args(argv)
    secret = os.environ.get("BLEIB_SHOPIFY_SECRET", "")
    if len(secret) < SHORTEST_SECRET:
        parser.error(f"BLEIB_SHOPIFY_SECRET must hold at least {SHORTEST_SECRET} characters")
    if given.orders is not None and not given.orders.is_file():
        parser.error(f"--orders: {given.orders} is not a file")
    return Settings(
        data=given.data,
        app_url=given.app_url.rstrip("/"),
        shop_url=f"http://localhost:{given.port}",
        secret=secret,
        smtp_port=given.smtp_port,
        token_seconds=int(os.environ.get("DEMO_TOKEN_SECONDS", "3600")),
        retry_seconds=float(os.environ.get("DEMO_RETRY_SECONDS", "1")),
        language=given.lang,
        orders_file=given.orders,
        embedded=given.embedded,
        **(LONG_PAST if given.long_past else {}),
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress for the person waiting


def serve(shop: Shop, port: int, ended: threading.Event) -> None:
    """Serve until `ended` is set: storefront on `port`, mailbox, webhooks; then stop cleanly."""
    bulk.clean_up(shop)
    server = make_server(
        "127.0.0.1", port, create_shop_app(shop), threaded=True, request_handler=_Quiet
    )
    post, courier = post_office(shop), Courier(shop)
    web = threading.Thread(target=server.serve_forever, args=(0.1,), name="web", daemon=True)
    post.start()
    courier.start()
    web.start()
    try:
        print("ready", flush=True)  # noqa: T201 - the line the starter waits for
        ended.wait()
    finally:
        server.shutdown()
        web.join(timeout=5)
        server.server_close()
        courier.stop()
        post.stop()
        shop.db.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo shop until SIGTERM or SIGINT; return the process's exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    settings = _settings(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        shop = open_shop(settings, _say)
    except WrongFileError as error:
        _say(str(error))
        return 2
    port = int(settings.shop_url.rpartition(":")[2])
    serve(shop, port, ended)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
