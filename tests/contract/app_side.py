"""The app's half of a stage: database, routes, steps and the real adapters in front of a server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.app import create_app, handlers, load_widgets
from plugin.clock import utc_now
from plugin.http_out import HttpOut
from plugin.http_out.messages import Call, Reply
from plugin.model import Shop
from plugin.platforms import build_platforms
from plugin.security import Keyring
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.store.db import Database, metadata
from plugin.store.shops import shop_by_domain
from tests.conftest import KeptMail, make_config
from tests.contract.platform_side import COMPILED, Stranger, Troublesome
from tests.contract.stage import Message, Seen, Trouble

#: Browsers and platforms reach the app here, as far as it knows; requests go to its test client.
PUBLIC_URL = "http://127.0.0.1:8830"
_MOST_TURNS = 400


class RunningClock:
    """Real time, which tests can move forward."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def move(self, **by: float) -> None:
        """Let time pass."""
        self._ahead += timedelta(**by)


class AppSide:
    """Base of the stages. A stage starts its server, then calls this with the addresses."""

    name = ""
    platform_name = ""
    api: Troublesome

    def __init__(
        self,
        database_url: str,
        stranger: Stranger,
        origins: Mapping[str, str],
        **settings: Any,
    ) -> None:
        """`origins` maps shop domains to the stage's own addresses; `settings` are BLEIB_…."""
        self.clock = RunningClock()
        # A platform whose own time follows the app's pauses has made the list already.
        self.pauses: list[float] = getattr(self, "pauses", [])
        self.seconds = 10.0
        self.mail = KeptMail()
        self.stranger = stranger
        config = make_config(
            database_url=database_url,
            public_url=PUBLIC_URL,
            shop_origins=json.dumps(dict(origins)),
            **settings,
        )
        with patch("plugin.platforms.HttpOut", self._http):
            platforms = build_platforms(config)
        self.context = Context(
            config=config,
            db=Database(database_url),
            keys=Keyring(config.secret_keys, config.hash_key.get_secret_value()),
            platforms=platforms,
            widgets=load_widgets(),
            mail=self.mail,
            clock=self.clock,
        )
        app = create_app(context=self.context)
        app.jinja_env.bytecode_cache = COMPILED
        app.config["TESTING"] = False  # errors are answered as in production
        self.client = app.test_client()

    def _http(self, origins: Iterable[str] = (), **more: Any) -> HttpOut:
        """Return the real client, allowed to reach the stranger, its pauses noted, not waited."""
        more["pause"] = self.pauses.append
        return _Hurried([*origins, self.stranger.url], lambda: self.seconds, **more)

    def visit(self, url: str, *, method: str = "GET", **more: Any) -> TestResponse:
        """Let the merchant's browser go to an address of the app; follows nothing."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.client.open(target, method=method, base_url=PUBLIC_URL, **more)

    def send(self, message: Message) -> TestResponse:
        """Deliver a message to the app."""
        return self.client.open(
            message.path,
            method=message.method,
            headers=dict(message.headers),
            data=message.body,
            base_url=PUBLIC_URL,
        )

    def shop(self, domain: str) -> Shop:
        """Return the shop as it is stored now."""
        with self.context.db.read() as connection:
            shop = shop_by_domain(connection, self.platform_name, domain)
        assert shop is not None, f"{domain} is not installed"
        return shop

    def outlive_tokens(self, shop: Shop) -> None:
        """Let the app believe that the shop's access token ended a minute ago."""
        installs = metadata.tables["installs"]
        with self.context.db.write() as connection:
            connection.execute(
                sa.update(installs)
                .where(installs.c.shop_id == shop.id, installs.c.expires_at.is_not(None))
                .values(expires_at=self.context.now() - timedelta(minutes=1))
            )

    def trouble(self, kind: Trouble, times: int = 1) -> None:
        """Let the next calls of the platform's API go wrong."""
        self.api.trouble(kind, times)

    def calm(self) -> None:
        """End every trouble."""
        self.api.calm()

    def requests(self) -> int:
        """Return how many API calls the platform has seen."""
        return len(self.api.seen)

    def seen(self) -> list[Seen]:
        """Return every API call, oldest first."""
        return list(self.api.seen)

    def strangers(self) -> list[Seen]:
        """Return every request that went to a foreign host."""
        return list(self.stranger.seen)

    def run_steps(self) -> None:
        """Run everything that is due."""
        runner = Runner(self.context, handlers(), "contract")
        for _ in range(_MOST_TURNS):
            if not runner.run_due():
                return
        raise AssertionError("the steps do not come to an end")

    def close_app(self) -> None:
        """Let go of the database and the stranger."""
        self.context.db.dispose()
        self.stranger.stop()


class _Hurried(HttpOut):
    """The real client with a total deadline that a test can lower."""

    def __init__(self, origins: Iterable[str], seconds: Callable[[], float], **more: Any) -> None:
        super().__init__(origins, **more)
        self._most = seconds

    def _send(self, call: Call, deadline: float, tries: int = 3) -> Reply:
        return super()._send(call, min(deadline, time.monotonic() + self._most()), tries)
