"""Merchant and visitors without a browser: they follow links, fill in forms, and try again."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from plugin.services import proof_of_work
from plugin.texts import texts_in
from tests.beacons import BROWSER
from tests.journey.stage import Stage, eventually

ROOT = Path(__file__).resolve().parents[2]
#: So long a visitor tries again, as a browser with a patient person before it would.
PATIENCE = 120.0
_WAIT = (2.0, 15.0)


@dataclass
class Form:
    """One form of a page with the values it came with."""

    action: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input" and self.found and given.get("type") == "hidden":
            self.found[-1].values[given["name"]] = given.get("value", "")


class Merchant:
    """Installs, tells the sender, raises the budget, publishes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._session = requests.Session()
        self._session.headers["Accept-Language"] = "de"

    def __enter__(self) -> Merchant:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def install(self) -> int:
        """Open the app in the shop's back room, allow what it asks for, arrive in the admin.

        What breaks on the way is begun again from the back room; returns how often.
        """
        for tries in range(20):
            with suppress(requests.ConnectionError):
                page = self._read(f"{self._stage.shop}/admin/apps/bleib")
                if "/admin/oauth/authorize" in page.url:
                    page = self._send(page, "/admin/oauth/authorize", answer="allow")
                assert page.url.startswith(f"{self._stage.app}/admin"), page.url
                return tries
        raise AssertionError("the installation never came to its end")

    def get_ready(self) -> None:
        """Do what publishing asks for, and set aside enough for every voucher."""
        page = self._read(f"{self._stage.app}/admin/setup")
        self._send(
            page,
            "/admin/setup/sender",
            imprint="Uferhaus GmbH, Seestraße 1, 78464 Konstanz",
            privacy_url=f"{self._stage.shop}/pages/datenschutz",
            address="sie",
        )
        page = self._read(f"{self._stage.app}/admin/guard")
        # Nobody is held back: who is would be drawn, and the journey another one each time.
        self._send(page, "/admin/guard", budget="5000", holdout="10")

    def publish(self, widget: str, key: str) -> dict[str, Any]:
        """Publish a widget; returns its campaign as a storefront is told of it."""
        name = texts_in(ROOT / "widgets" / widget / "texts").get("de", "merchant.name")
        page = self._read(f"{self._stage.app}/admin/widgets")
        link = re.search(rf'href="(/admin/widgets/\d+)">{re.escape(name)}<', page.text)
        assert link is not None, f"{name} is not among the widgets"
        editor = self._read(self._stage.app + link[1])
        self._send(editor, f"{link[1]}/publish")

        def live() -> dict[str, Any] | None:
            told = requests.get(f"{self._stage.app}/v1/config/{key}", timeout=_WAIT).json()
            running = [one for one in told["campaigns"] if one["widget"] == widget]
            return running[0] if running else None

        return eventually(live, f"{widget} is live")

    def _read(self, address: str) -> requests.Response:
        response = self._session.get(address, timeout=_WAIT)
        response.raise_for_status()
        return response

    def _send(self, page: requests.Response, action: str, **values: str) -> requests.Response:
        reader = _Forms()
        reader.feed(page.text)
        form = next(one for one in reader.found if one.action.endswith(action))
        target = urljoin(page.url, form.action)
        response = self._session.post(target, data={**form.values, **values}, timeout=_WAIT)
        response.raise_for_status()
        return response


class Visitor:
    """One person on the storefront; whatever breaks is tried again with the same ids."""

    def __init__(self, stage: Stage, key: str, campaign: dict[str, Any], number: int) -> None:
        self.email = f"mensch{number}.{uuid.uuid4().hex[:6]}@post.example"
        self.retries = 0
        self._api = f"{stage.app}/v1/{key}"
        self._stage = stage
        self._campaign = campaign
        # Everybody comes from a network of their own: one household signs up a few times only.
        self._headers = {
            "X-Forwarded-For": f"203.{number // 250 % 250}.{number % 250}.7",
            "User-Agent": BROWSER,
        }
        self._ticket = ""

    def look(self) -> None:
        """Be counted as one who saw the form; returns once that is acknowledged."""
        seen = {
            "id": str(uuid.uuid4()),
            "kind": "impression",
            "widget": self._campaign["widget"],
            "campaign": self._campaign["id"],
            "version": self._campaign["version"],
            "arm": "a",
            "at": int(time.time() * 1000),
        }
        beacon = {"ticket": self._get_ticket(), "test": False, "events": [seen]}
        assert self._insist(f"{self._api}/events", json=beacon).status_code == 204

    def sign_up(self) -> None:
        """Send the form in; returns once that is acknowledged."""
        form = {
            "id": str(uuid.uuid4()),
            "email": self.email,
            "campaign": self._campaign["id"],
            "version": self._campaign["version"],
            "purposes": ["newsletter"],
            "page": f"{self._stage.shop}/",
            "lang": "de",
            "elapsed": 8200,
            "website": "",
        }
        sent = form | {"ticket": self._get_ticket(), "arm": "a"}
        answer = self._insist(f"{self._api}/subscriptions", json=sent)
        if answer.status_code == 428:  # quick as no person is: has to prove work, as a page would
            sent["proof"] = proof_of_work.solve(answer.json())
            answer = self._insist(f"{self._api}/subscriptions", json=sent)
        assert answer.status_code == 202, answer.text

    def confirm(self) -> None:
        """Wait for the mail and press the button behind its link."""
        mails = eventually(lambda: self._stage.mails(self.email), "the mail", PATIENCE, 0.3)
        link = next(address for address in mails[0]["links"] if "/c/" in address)
        assert self._insist(link, data={}).status_code == 200

    def _get_ticket(self) -> str:
        if not self._ticket:
            self._ticket = self._insist(f"{self._api}/tickets", json={}).json()["ticket"]
        return self._ticket

    def _insist(self, address: str, **content: Any) -> requests.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                response = requests.post(address, headers=self._headers, timeout=_WAIT, **content)
                if response.status_code < 500:
                    return response
                trouble = f"{response.status_code}"
            except requests.RequestException as error:
                trouble = type(error).__name__
            if time.monotonic() > deadline:
                raise AssertionError(f"{address} stayed out of reach: {trouble}")
            self.retries += 1
            time.sleep(0.05)
