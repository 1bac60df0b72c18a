"""The adapter in front of the fake shop, with every message checked by the real schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.model import Access
from plugin.platforms.shopware import ShopwarePlatform
from tests.contract.platform_side import Loopback
from tests.fakes.shopware import FakeShopware

DOMAIN = "uferhaus.example"
SECRET = "an-app-secret-of-the-package-32-bytes"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Moving:
    """A clock that shop and adapter share."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Pair:
    """A shop and the adapter that is connected to it."""

    shop: FakeShopware
    adapter: ShopwarePlatform
    access: Access
    clock: Moving
    pauses: list[float]


def open_pair() -> tuple[Pair, Loopback, HttpOut]:
    """Return a connected pair, and what must be closed afterwards."""
    server, clock, pauses = Loopback(), Moving(), []
    shop = FakeShopware(server.url, clock, load_manifest().platforms["shopware"].scopes)
    server.app = shop
    http = HttpOut([server.url], pause=pauses.append)
    adapter = ShopwarePlatform((SECRET,), {DOMAIN: server.url}, http, clock=clock)
    shop.keys = {"SWIAKEY": "its-secret"}
    token = adapter.refresh(DOMAIN, "SWIAKEY:its-secret").access_token
    shop.tokens[token] = START + timedelta(days=365)  # tests move the clock for other reasons
    return Pair(shop, adapter, Access(1, DOMAIN, token), clock, pauses), server, http
