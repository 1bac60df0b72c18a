"""rapidmail's API v3 as developer.rapidmail.wiki and its own PHP client describe it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.fakes.mail_services.wire import Asked, FakeService, Person, Said, only

_ONE = re.compile(r"/recipients/(\d+)")


class FakeRapidmail(FakeService):
    name = "rapidmail"
    secrets: Mapping[str, str] = MappingProxyType(
        {"user": "0123456789abcdef", "password": "fedcba9876543210"}
    )
    page = 25

    def answer(self, asked: Asked) -> Said:
        assert asked.host == "apiv3.emailsys.net"
        kind, _, given = asked.headers.get("Authorization", "").partition(" ")
        wanted = f"{self.secrets['user']}:{self.secrets['password']}"
        if kind != "Basic" or base64.b64decode(given).decode() != wanted:
            return 401, {"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}
        path = asked.path.removeprefix("/v1")
        if (asked.method, path) == ("GET", "/recipientlists"):
            found = [{"id": int(one), "name": name} for one, name in self.lists.items()]
            return 200, self._paged(asked, "recipientlists", found)
        if path == "/recipients":
            return self._created(asked) if asked.method == "POST" else self._found(asked)
        one = _ONE.fullmatch(path)
        if one is not None and asked.method == "DELETE":
            return self._deleted(int(one[1]))
        return self.unknown(asked)

    def _found(self, asked: Asked) -> Said:
        states = asked.query["status"].split(",")
        assert set(states) <= {"new", "active", "bounced", "abused", "deleted"}
        found = [
            _shown(number, person)
            for number, person in enumerate(self.people.values())
            if asked.query["recipientlist_id"] in person.lists
            and _state(person) in states
            and asked.query.get("email", person.email).lower() == person.email.lower()
        ]
        if asked.query.get("sort_by") == "updated":
            found.sort(key=lambda one: str(one["updated"]), reverse=True)
            assert asked.query["sort_order"] == "desc"
        return 200, self._paged(asked, "recipients", found)

    def _paged(self, asked: Asked, name: str, found: list[Any]) -> Any:
        page = int(asked.query["page"])
        return {
            "_links": {"self": {"href": asked.url}},
            "_embedded": {name: found[(page - 1) * self.page : page * self.page]},
            "page": page,
            "page_count": max(1, -(-len(found) // self.page)),
            "page_size": self.page,
            "total_items": len(found),
        }

    def _created(self, asked: Asked) -> Said:
        sent = asked.content
        assert only(sent, "recipientlist_id", "email", "status", "foreign_id")
        if asked.query.get("send_activationmail") != "no":
            self.mails.append(sent["email"])
        known = self.people.get(sent["email"].lower())
        if known is not None and known.left_at is None:
            return 409, {"title": "Conflict", "status": 409, "detail": "Recipient exists"}
        if known is not None:  # whoever left by themselves cannot be made active from outside
            return 422, {"title": "Unprocessable Entity", "status": 422, "detail": "unsubscribed"}
        person = Person(sent["email"], {str(sent["recipientlist_id"])}, facts={"changed": self.now})
        self.people[sent["email"].lower()] = person
        return 201, _shown(len(self.people) - 1, person)

    def _deleted(self, number: int) -> Said:
        self.leave(list(self.people.values())[number].email)
        return 204, None


def _state(person: Person) -> str:
    return "deleted" if person.left_at else "bounced" if person.bounced else "active"


def _shown(number: int, person: Person) -> dict[str, Any]:
    changed = person.facts["changed"].strftime("%Y-%m-%d %H:%M:%S")
    return {"id": number, "email": person.email, "status": _state(person), "updated": changed}
