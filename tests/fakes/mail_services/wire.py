"""What stands between an adapter and a fake service: keeps every request, loses or breaks some."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from plugin.errors import PlatformError
from plugin.http_out import Reply
from tests.conftest import START

#: Status and JSON of an answer; None is an empty body.
Said = tuple[int, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it went out."""

    method: str
    url: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: Any


@dataclass
class Person:
    """Somebody as a service knows them; `facts` are the service's own fields."""

    email: str
    lists: set[str] = field(default_factory=set)
    left_at: datetime | None = None
    bounced: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def gets_mail(self) -> bool:
        return bool(self.lists) and self.left_at is None and not self.bounced


class FakeService:
    """What all fakes have: people, lists, a clock, and the confirmation mails that they sent."""

    name = ""
    #: Right credentials.
    secrets: Mapping[str, str] = {}
    #: How many people one page of leavers holds.
    page = 1

    def __init__(self) -> None:
        self.lists = {"11": "Newsletter", "12": "Presse"}
        self.people: dict[str, Person] = {}
        self.mails: list[str] = []
        self.asked: list[Asked] = []
        self.now = START
        self._next: list[Callable[[Asked], Reply]] = []

    # What a test does to the service.
    def knows(self, email: str, *, left: datetime | None = None, bounced: bool = False) -> Person:
        """Let somebody be on the first list already."""
        person = Person(email, {"11"}, left, bounced, {"changed": left or self.now})
        self.people[email.lower()] = person
        return person

    def leave(self, email: str) -> None:
        """Let somebody press the link in a mail of the service."""
        person = self.people[email.lower()]
        person.left_at = person.facts["changed"] = self.now

    def gets_mail(self, email: str) -> bool:
        person = self.people.get(email.lower())
        return person is not None and person.gets_mail

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def next_says(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Let the next request be answered so, whatever it is."""
        self._next.append(lambda _: Reply(status, headers, body))

    def next_is_lost(self) -> None:
        def lose(_: Asked) -> Reply:
            raise PlatformError("platform_unreachable")

        self._next.append(lose)

    # What the adapter sees: the outgoing client.
    def send_json(
        self,
        method: str,
        url: str,
        content: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 0,
        idempotent: bool = False,
    ) -> Reply:
        return self._reply(self._read(method, url, dict(headers or {}), content))

    def post_bytes(
        self, url: str, body: bytes, *, headers: Mapping[str, str], max_bytes: int = 0
    ) -> Reply:
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        return self._reply(self._read("POST", url, dict(headers), dict(parse_qsl(body.decode()))))

    def _read(self, method: str, url: str, headers: dict[str, str], content: Any) -> Asked:
        parts = urlsplit(url)
        assert parts.scheme == "https"
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        sent = None if content is None else json.loads(json.dumps(content))
        path = unquote(parts.path)
        asked = Asked(method, url, parts.netloc, path, query, headers, sent)
        self.asked.append(asked)
        return asked

    def _reply(self, asked: Asked) -> Reply:
        if self._next:
            return self._next.pop(0)(asked)
        status, content = self.answer(asked)
        body = b"" if content is None else json.dumps(content).encode()
        return Reply(status, {}, body)

    def answer(self, asked: Asked) -> Said:
        """Answer as the service's documentation says."""
        raise NotImplementedError

    def unknown(self, asked: Asked) -> Said:
        """Fail the test: the service has no such thing."""
        raise AssertionError(f"{self.name} has no {asked.method} {asked.path} {asked.query}")


def only(content: Mapping[str, Any], *known: str) -> bool:
    """Tell whether a request holds nothing but fields of the documentation."""
    return set(content) <= set(known)
