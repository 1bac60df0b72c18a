"""Brevo's API v3 as developers.brevo.com describes it (contacts, lists, account)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.fakes.mail_services.wire import Asked, FakeService, Person, Said, only


class FakeBrevo(FakeService):
    name = "brevo"
    secrets: Mapping[str, str] = MappingProxyType({"api_key": "xkeysib-0123456789abcdef"})
    page = 500

    def answer(self, asked: Asked) -> Said:
        assert asked.host == "api.brevo.com"
        if asked.headers.get("api-key") != self.secrets["api_key"]:
            return 401, {"code": "unauthorized", "message": "Key not found"}
        path = asked.path.removeprefix("/v3")
        if (asked.method, path) == ("GET", "/account"):
            return 200, {"email": "shop@uferhaus.example", "companyName": "Uferhaus GmbH"}
        if (asked.method, path) == ("GET", "/contacts/lists"):
            return self._lists(asked)
        if path == "/contacts":
            return self._created(asked) if asked.method == "POST" else self._changed(asked)
        if path.startswith("/contacts/"):
            return self._one(asked, path.removeprefix("/contacts/"))
        return self.unknown(asked)

    def _lists(self, asked: Asked) -> Said:
        limit, offset = int(asked.query["limit"]), int(asked.query["offset"])
        assert limit <= 50
        found = [{"id": int(one), "name": name, "folderId": 1} for one, name in self.lists.items()]
        return 200, {"lists": found[offset : offset + limit], "count": len(found)}

    def _created(self, asked: Asked) -> Said:
        sent = asked.content
        assert only(sent, "email", "listIds", "emailBlacklisted", "updateEnabled", "attributes")
        known = self.people.get(sent["email"].lower())
        if known is not None and not sent.get("updateEnabled"):
            return 400, {"code": "duplicate_parameter", "message": "Contact already exist"}
        if any(str(one) not in self.lists for one in sent["listIds"]):
            return 400, {"code": "invalid_parameter", "message": "List not found"}
        person = known or Person(sent["email"])
        person.lists |= {str(one) for one in sent["listIds"]}
        if sent.get("emailBlacklisted") is False:
            person.left_at = None
        person.facts["changed"] = self.now
        self.people[sent["email"].lower()] = person
        return (201, {"id": len(self.people)}) if known is None else (204, None)

    def _changed(self, asked: Asked) -> Said:
        limit, offset = int(asked.query["limit"]), int(asked.query["offset"])
        assert limit <= 1000
        since = datetime.fromisoformat(asked.query["modifiedSince"])
        found = [one for one in self.people.values() if one.facts["changed"] > since]
        some = [_shown(one) for one in found[offset : offset + limit]]
        return 200, {"contacts": some, "count": len(found)}

    def _one(self, asked: Asked, email: str) -> Said:
        assert asked.query == {"identifierType": "email_id"}
        person = self.people.get(email.lower())
        if person is None:
            return 404, {"code": "document_not_found", "message": "Contact does not exist"}
        if asked.method == "GET":
            return 200, _shown(person)
        if asked.method == "DELETE":
            del self.people[email.lower()]
            return 204, None
        assert asked.method == "PUT"
        assert asked.content == {"emailBlacklisted": True}
        self.leave(email)
        return 204, None


def _shown(person: Person) -> dict[str, Any]:
    return {
        "email": person.email,
        "id": 7,
        "emailBlacklisted": person.left_at is not None,
        "smsBlacklisted": False,
        "createdAt": "2026-01-02T10:00:00.000+01:00",
        "modifiedAt": person.facts["changed"].isoformat(timespec="milliseconds"),
        "listIds": [int(one) for one in person.lists],
        "listUnsubscribed": None,
        "attributes": {},
    }
