"""Fixtures of the handshake: a Shopware shop, a second one, and an impostor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.clock import utc_now
from plugin.model import Shop
from tests.contract.platform_side import Loopback
from tests.contract.stages.shopware import SECRET, ShopwareStage
from tests.fakes.shopware import FakeShopware
from tests.fakes.shopware_app import ShopwareApp
from tests.handshake.moves import OTHER


@pytest.fixture
def second() -> Iterator[FakeShopware]:
    """Another shop, at an address of its own."""
    server = Loopback()
    held = FakeShopware(server.url, utc_now)
    server.app = held
    yield held
    server.stop()


@pytest.fixture
def stage(tmp_path: Path, sqlite_template: Path, second: FakeShopware) -> Iterator[ShopwareStage]:
    database = tmp_path / "app.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    opened = ShopwareStage(f"sqlite:///{database}", {OTHER: second.url})
    yield opened
    opened.close()


@pytest.fixture
def shop(stage: ShopwareStage) -> Shop:
    return stage.install()


@pytest.fixture
def stranger(stage: ShopwareStage, second: FakeShopware) -> ShopwareApp:
    """Somebody with the secret of the app, who claims to be the first shop at another address."""
    app = ShopwareApp(second, f"https://{OTHER}", SECRET)
    app.shop_id = stage.app.shop_id
    return app
