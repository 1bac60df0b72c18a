"""Mailchimp's Marketing API 3.0 as mailchimp.com/developer describes it (lists, members)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.fakes.mail_services.wire import Asked, FakeService, Person, Said, only

_MEMBER = re.compile(r"/lists/(\w+)/members/([0-9a-f]{32})(/actions/delete-permanent)?")


class FakeMailchimp(FakeService):
    name = "mailchimp"
    secrets: Mapping[str, str] = MappingProxyType(
        {"api_key": "0123456789abcdef0123456789abcdef-us19"}
    )
    page = 500

    def answer(self, asked: Asked) -> Said:
        assert asked.host == "us19.api.mailchimp.com"
        kind, _, given = asked.headers.get("Authorization", "").partition(" ")
        user, _, key = base64.b64decode(given).decode().partition(":")
        if kind != "Basic" or not user or key != self.secrets["api_key"]:
            return _problem(401, "API Key Invalid")
        path = asked.path.removeprefix("/3.0")
        if (asked.method, path) == ("GET", "/"):
            return 200, {"account_name": "Uferhaus"}
        if (asked.method, path) == ("GET", "/lists"):
            assert int(asked.query["count"]) <= 1000
            return 200, {"lists": [{"id": one, "name": name} for one, name in self.lists.items()]}
        if asked.method == "GET" and path.endswith("/members"):
            return self._gone(asked)
        member = _MEMBER.fullmatch(path)
        if member is None:
            return self.unknown(asked)
        return self._member(asked, *member.groups())

    def _gone(self, asked: Asked) -> Said:
        assert asked.query["status"] == "unsubscribed"
        since = datetime.fromisoformat(asked.query["unsubscribed_since"])
        count, offset = int(asked.query["count"]), int(asked.query["offset"])
        assert count <= 1000
        found = [one for one in self.people.values() if one.left_at and one.left_at >= since]
        return 200, {"members": [_shown(one) for one in found[offset : offset + count]]}

    def _member(self, asked: Asked, list_id: str, mark: str, deleting: str | None) -> Said:
        person = self._by_mark(mark)
        if deleting and asked.method == "POST":
            if person is None:
                return _problem(404, "Resource Not Found")
            del self.people[person.email.lower()]
            return 204, None
        if asked.method == "PUT":
            return self._put(asked.content, list_id, mark, person)
        if person is None:
            return _problem(404, "Resource Not Found")
        if asked.method == "PATCH":
            assert asked.content == {"status": "unsubscribed"}
            self.leave(person.email)
            return 200, _shown(person)
        return (200, _shown(person)) if asked.method == "GET" else self.unknown(asked)

    def _put(self, sent: Any, list_id: str, mark: str, known: Person | None) -> Said:
        assert only(
            sent, "email_address", "status_if_new", "status", "language", "timestamp_signup",
            "timestamp_opt", "ip_signup", "ip_opt", "email_type", "merge_fields",
        )  # fmt: skip
        email = sent["email_address"]
        assert mark == hashlib.md5(email.lower().encode()).hexdigest()  # noqa: S324 - as documented
        if sent["status"] == "pending" or sent["status_if_new"] == "pending":
            self.mails.append(email)
        if known is not None and (known.left_at or known.bounced):
            return _problem(400, "Member In Compliance State")
        person = known or Person(email)
        person.lists.add(list_id)
        person.facts |= {"changed": self.now, **sent}
        self.people[email.lower()] = person
        return 200, _shown(person)

    def _by_mark(self, mark: str) -> Person | None:
        for email, person in self.people.items():
            if hashlib.md5(email.encode()).hexdigest() == mark:  # noqa: S324 - as documented
                return person
        return None


def _shown(person: Person) -> dict[str, Any]:
    status = "unsubscribed" if person.left_at else "cleaned" if person.bounced else "subscribed"
    changed = person.facts["changed"].isoformat()
    return {"email_address": person.email, "status": status, "last_changed": changed}


def _problem(status: int, title: str) -> Said:
    return status, {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": "…",
        "instance": "995c5cb0-3280-4a6e-808b-3b096d0bb219",
    }
