"""CleverReach's REST API v3 as its own PHP SDK and its pages describe it (groups, receivers)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from tests.fakes.mail_services.wire import Asked, FakeService, Person, Said, only

_GROUP = re.compile(r"/groups/(\d+)/receivers(/upsert)?")


class FakeCleverReach(FakeService):
    name = "cleverreach"
    secrets: Mapping[str, str] = MappingProxyType(
        {"client_id": "L1aB2cD3", "client_secret": "s3cr3ts3cr3ts3cr3t"}
    )
    page = 1000

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []

    def answer(self, asked: Asked) -> Said:
        assert asked.host == "rest.cleverreach.com"
        if asked.path == "/oauth/token.php":
            return self._token(asked)
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return 401, {"error": {"code": 401, "message": "Unauthorized: token expired"}}
        path = asked.path.removeprefix("/v3")
        if (asked.method, path) == ("GET", "/groups"):
            return 200, [{"id": one, "name": name} for one, name in self.lists.items()]
        group = _GROUP.fullmatch(path)
        if group is not None:
            return self._upserted(asked, group[1]) if group[2] else self._inactive(asked, group[1])
        if path.startswith("/receivers/"):
            return self._receiver(asked, path.removeprefix("/receivers/"))
        return self.unknown(asked)

    def _token(self, asked: Asked) -> Said:
        sent = asked.content
        assert sent.pop("grant_type") == "client_credentials"
        if sent != self.secrets:
            return 400, {"error": "invalid_client", "error_description": "…"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return 200, {"access_token": self.tokens[-1], "expires_in": 3600, "token_type": "bearer"}

    def _inactive(self, asked: Asked, group: str) -> Said:
        assert asked.query["type"] == "inactive"
        page, size = int(asked.query["page"]), int(asked.query["pagesize"])
        assert size <= 5000
        found = [one for one in self.people.values() if group in one.lists and not one.gets_mail]
        return 200, [_shown(one) for one in found[page * size : (page + 1) * size]]

    def _upserted(self, asked: Asked, group: str) -> Said:
        assert asked.method == "POST"
        results: list[Any] = []
        for sent in asked.content:
            assert only(
                sent, "email", "registered", "activated", "deactivated", "source", "tags",
                "attributes", "global_attributes",
            )  # fmt: skip
            person = self.people.setdefault(sent["email"].lower(), Person(sent["email"]))
            person.lists.add(group)
            person.facts |= {"changed": self.now, **sent}
            gone = sent.get("deactivated")
            if gone is not None:
                person.left_at = datetime.fromtimestamp(gone, UTC) if gone else None
            results.append({"status": "update success", "id": "7", "email": sent["email"]})
        return 200, results

    def _receiver(self, asked: Asked, email: str) -> Said:
        person = self.people.get(email.lower())
        if person is None:
            return 404, {"error": {"code": 404, "message": "Not Found: invalid receiver"}}
        if asked.method == "DELETE":
            assert asked.query == {}
            del self.people[email.lower()]
            return 200, True
        assert asked.method == "GET"
        assert asked.query["group_id"] in self.lists
        return 200, _shown(person)


def _shown(person: Person) -> dict[str, Any]:
    return {
        "id": "7",
        "email": person.email,
        "imported": 1598960975,
        "bounced": 1627283954 if person.bounced else 0,
        "group_id": "11",
        "activated": person.facts.get("activated", 1598960975),
        "registered": person.facts.get("registered", 1598960975),
        "deactivated": int(person.left_at.timestamp()) if person.left_at else 0,
        "source": person.facts.get("source", ""),
        "attributes": {},
        "global_attributes": {},
        "active": person.gets_mail,
    }
