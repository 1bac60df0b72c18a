"""Fixtures of the whole suite: both databases, a moving clock, the app, no mail by accident."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright

from plugin.app import create_app, load_widgets
from plugin.config import Config, load_config
from plugin.model import Shop
from plugin.security import Keyring
from plugin.services.context import Context
from plugin.services.suggestions import remembering, serving, snapshots
from plugin.services.suggestions.fair_cache import FairCache
from plugin.store import db as db_module
from plugin.store import migrate
from plugin.store.db import Database, metadata
from plugin.store.shops import shop_by_id, shops
from tests.beacons import BROWSER
from tests.contract.summary import pytest_terminal_summary  # noqa: F401 - a hook
from tests.fakes.platform import FakePlatform
from tests.postgres import Postgres, find_postgres
from tests.routes_compiled import compile_once

# Tests need no protection against a power cut; the processes of the journeys keep it.
db_module.SYNCHRONOUS = "OFF"

# Half of what an app costs a test is the compiling of two hundred routes, the same each time.
compile_once()

# So many objects live as long as the suite that looking through them for rings takes a tenth of it.
gc.set_threshold(200_000, 20, 50)

# A test sees at once what it has changed.
snapshots.TTL_SECONDS = -1.0

# A page has this long, in milliseconds, to become what a test expects: machines are shared.
expect.set_options(timeout=30_000)

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

#: Chromium as a person has it: what calls itself headless or automated counts as a robot.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-blink-features=AutomationControlled",
    f"--user-agent={BROWSER}",
]


class MovingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class KeptMail:
    """Keeps what would have been sent; tests of real delivery use a real server instead."""

    def __init__(self) -> None:
        self.sent: list[tuple[EmailMessage, str]] = []
        self.failure: Exception | None = None

    def send(self, message: EmailMessage, envelope_from: str, recipient: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append((message, recipient))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: its driver keeps an event loop running while it lives, so a process
    holds one at a time, and none while other tests run servers on loops of their own.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def moving_clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def kept_mail() -> KeptMail:
    return KeptMail()


@pytest.fixture
def fake_platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One PostgreSQL server for the session's worker process."""
    binaries = find_postgres()
    if binaries is None:
        pytest.skip("PostgreSQL 15 or later is not installed (Debian package: postgresql)")
    server = Postgres(binaries, tmp_path_factory.mktemp("pg"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty database that tests copy: migrating each time would take minutes."""
    path = tmp_path_factory.mktemp("template") / "bleib.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh migrated database, once on each of the two."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "bleib.sqlite3"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.fresh_database(_migrate_url)
    yield url
    server.give_back(url)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that was given back comes again under the same address, with other contents."""
    monkeypatch.setattr(remembering, "_memories", remembering.Memories())
    monkeypatch.setattr(snapshots, "_snapshots", FairCache(2**26, 1 / 4))
    monkeypatch.setattr(serving, "_answers", FairCache(2**25, 1 / 8))


def _migrate_url(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    database.dispose()


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    database = Database(db_url)
    yield database
    database.dispose()


def make_config(**values: Any) -> Config:
    """Return development settings with some values replaced."""
    environ = {
        "BLEIB_ENVIRONMENT": "development",
        "BLEIB_SHOPIFY_CLIENT_ID": "test-client-id",
        "BLEIB_SHOPIFY_SECRET": "a-shopify-test-secret-of-32-bytes!",
        "BLEIB_SHOPWARE_SECRET": "a-shopware-test-secret-of-32-bytes!",
        "BLEIB_SMTP_SECURITY": "none",
        "BLEIB_LOG_LEVEL": "error",
        **{f"BLEIB_{name.upper()}": str(value) for name, value in values.items()},
    }
    return load_config(environ)


@pytest.fixture
def config(db_url: str) -> Config:
    return make_config(database_url=db_url)


@pytest.fixture
def context(
    config: Config,
    db: Database,
    moving_clock: MovingClock,
    kept_mail: KeptMail,
    fake_platform: FakePlatform,
) -> Context:
    """A context on a real database with a fake platform under the name "shopify"."""
    return Context(
        config=config,
        db=db,
        keys=Keyring(config.secret_keys, config.hash_key.get_secret_value()),
        platforms={"shopify": fake_platform},
        widgets=load_widgets(),
        mail=kept_mail,
        clock=moving_clock,
    )


@pytest.fixture
def app(context: Context) -> Flask:
    app = create_app(context=context)
    app.config["TESTING"] = False  # errors are answered as in production
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make_shop(context: Context) -> Callable[..., Shop]:
    """Return a function that installs a shop straight into the database."""

    def make(domain: str = "uferhaus.myshopify.com", **values: Any) -> Shop:
        row = {
            "key": domain.split(".")[0].ljust(16, "0")[:16],
            "platform": "shopify",
            "domain": domain,
            "name": "Uferhaus",
            "email": "hallo@uferhaus.example",
            "currency": "EUR",
            "locale": "de-DE",
            "zone": "Europe/Berlin",
            "languages": "de,en",
            "address": "sie",
            "state": "installed",
            "generation": 1,
            "config_version": 1,
            "storefront_url": f"https://{domain}",
            "privacy_url": f"https://{domain}/policies/privacy-policy",
            "imprint": "Uferhaus GmbH, Seestraße 1, 78464 Konstanz",
            "created_at": START,
            **values,
        }
        with context.db.write() as connection:
            inserted = connection.execute(shops.insert().values(**row).returning(shops.c.id))
            shop = shop_by_id(connection, inserted.scalar_one())
        assert shop is not None
        return shop

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


@pytest.fixture
def every_table() -> list[str]:
    return [table.name for table in metadata.sorted_tables]
