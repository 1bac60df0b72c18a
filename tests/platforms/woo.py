"""What the tests of the WooCommerce adapter share: a site on loopback and the adapter before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from plugin.http_out import HttpOut
from plugin.model import Access
from plugin.platforms.woocommerce import WooCommercePlatform
from tests.contract.platform_side import Loopback
from tests.fakes.woocommerce import WooSite
from tests.fakes.woocommerce_shop import Json, WooShop

DOMAIN = "uferhaus.example"
KEY = "ck_" + "0123456789" * 4
SECRET = "cs_" + "abcdef0123" * 4
ACCESS = Access(1, DOMAIN, f"{KEY}:{SECRET}")


@dataclass
class Site:
    """A shop on loopback; `seen` are the requests it got, `script` answers instead of it."""

    shop: WooShop
    site: WooSite
    platform: WooCommercePlatform
    url: str
    seen: list[Request] = field(default_factory=list)
    script: list[Response] = field(default_factory=list)

    def targets(self) -> list[str]:
        """Return method and path of each request."""
        return [f"{request.method} {request.path}" for request in self.seen]


@contextmanager
def woo_site(
    folder: str = "", *, plain: bool = False, zone: str = "Europe/Berlin"
) -> Iterator[Site]:
    """Run a shop with one pair of keys for the length of a test."""
    shop = WooShop(zone)
    shop.keys[KEY] = SECRET
    site = WooSite(shop, folder, plain=plain)
    server = Loopback()
    site.address = shop.url = server.url
    http = HttpOut([server.url], pause=lambda _seconds: None)
    platform = WooCommercePlatform({DOMAIN: server.url + folder}, http)
    found = Site(shop, site, platform, server.url + folder)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        found.seen.append(Request(dict(environ)))
        app = found.script.pop(0) if found.script else site
        return app(environ, start_response)

    server.app = answer
    try:
        yield found
    finally:
        http.close()
        server.stop()


def said(content: Any, status: int = 200, **headers: str) -> Response:
    """Return an answer of the API."""
    return Response(json.dumps(content), status, headers, content_type="application/json")


def order_node(**changes: Any) -> Json:
    """Return an order as it was recorded, with some fields changed."""
    shop = WooShop()
    product = shop.put_product("Schale", "15.80")
    return shop.put_order("anne@example.com", [product["id"]]) | changes
