"""Many shops in one database, each in a state of its own, and what their merchants look at."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.store import sync
from tests.security.routes_admin import ADMIN
from tests.security.world import Tenant, settle, sign_in

LANGUAGES = ("de", "en")
#: What differs each time that the same page is made.
_EACH_TIME = re.compile(r'(name="(?:csrf_token|seen|sealed|who|back)" value|data-csrf)="[^"]*"')


_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Visit:
    """One request of a merchant; `shows` stands on the page if the state is what it is called."""

    path: str
    form: Mapping[str, Any] | None = None
    shows: str = ""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """A page as it was answered to whoever held the session."""

    state: str
    path: str
    language: str
    status: int
    html: str
    session: str | None

    @property
    def name(self) -> str:
        return f"{self.state}: {self.path} ({self.language}, {self.status})"

    @property
    def skeleton(self) -> tuple[str, str]:
        """Two looks with the same one need be looked at once."""
        return self.language, _EACH_TIME.sub("", self.html)


@dataclass
class House:
    """The app with all its shops; `looks` grows with each state."""

    app: Flask
    context: Context
    make_shop: Callable[..., Shop]
    looks: list[Look] = field(default_factory=list)
    languages: tuple[str, ...] = LANGUAGES
    #: Method and endpoint of what was answered below 400, and of what was sent with wrong values.
    answered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def empty(self, name: str, **values: Any) -> Shop:
        """Install a shop: nothing set, nothing counted."""
        shop = self.make_shop(f"{name}.myshopify.com", **values)
        with self.context.db.write() as connection:
            campaigns.ensure_defaults(connection, self.context, shop.id)
            sync.reset_runs(connection, shop.id, sync.KINDS)
        return shop

    def filled(self, name: str) -> Tenant:
        """Install a shop with something in every table."""
        return settle(self.context, self.make_shop(f"{name}.myshopify.com"), name.upper())

    def session(self, shop: Shop) -> str:
        """Sign the platform's own merchant in."""
        return self.context.keys.sign("session", [shop.id, shop.generation])

    def endpoint(self, path: str, method: str = "GET") -> str:
        """Return what Flask calls the route of a path, "" where there is none."""
        with suppress(HTTPException):
            return str(self.app.url_map.bind("localhost").match(urlsplit(path).path, method)[0])
        return ""

    def client(self, session: str | None, language: str = "de") -> FlaskClient:
        """Return a browser of somebody with this session."""
        client = self.app.test_client()
        sign_in(client, session)
        client.set_cookie("bleib-language", language)
        return client

    def look(self, state: str, session: str | None, visits: Iterator[Visit] | list[Visit]) -> None:
        """Make each request in each language, and keep the pages that are answered."""
        for visit in visits:
            for language in self.languages:
                client = self.client(session, language)
                answer = self.ask(client, visit)
                where = (state, visit.path, answer.status_code, answer.data[:300])
                assert answer.status_code < 500 or visit.status == answer.status_code, where
                assert visit.status in (None, answer.status_code), where
                if 300 <= answer.status_code < 400 and answer.location.startswith("/"):
                    visit = replace(visit, path=answer.location, form=None, status=None)
                    answer = self.ask(client, visit)
                self._keep(state, visit, language, answer, session)

    def ask(self, client: FlaskClient, visit: Visit) -> TestResponse:
        """Make one request."""
        method = "GET" if visit.form is None else "POST"
        data = _files_opened(visit.form)
        answer = client.open(visit.path, method=method, data=data, headers=_BROWSER | visit.headers)
        if answer.status_code < 400:
            self.answered.add(f"{method} {self.endpoint(visit.path, method)}")
        return answer

    def _keep(
        self, state: str, visit: Visit, language: str, answer: TestResponse, session: str | None
    ) -> None:
        if (
            answer.mimetype != "text/html"
            or 300 <= answer.status_code < 400
            or visit.path.partition("?")[0].endswith("/preview")
        ):
            return
        assert visit.shows in answer.text, (state, visit.path, visit.shows)
        look = Look(state, visit.path, language, answer.status_code, answer.text, session)
        self.looks.append(look)

    def unlike(self) -> list[Look]:
        """Return the looks without those that are the same to the letter."""
        return list({look.skeleton: look for look in reversed(self.looks)}.values())[::-1]


def pages(tenant: Tenant) -> list[Visit]:
    """Return every page and file of the URL map, with the shop's own ids."""
    asks = [build(tenant, tenant) for name, build in ADMIN.items() if name.startswith("GET ")]
    return [Visit(ask.path) for ask in asks]


def _files_opened(form: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if form is None:
        return None
    return {
        name: FileStorage(io.BytesIO(value), "datei.csv") if isinstance(value, bytes) else value
        for name, value in form.items()
    }
