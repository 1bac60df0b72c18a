"""Klaviyo's API, revision 2026-04-15, as its public OpenAPI documents describe it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from tests.fakes.mail_services.wire import Asked, FakeService, Person, Said, only

_SINCE = re.compile(
    r"greater-or-equal\(subscriptions\.email\.marketing\.suppression\.timestamp,(.+)\)"
)
_EMAIL = re.compile(r'equals\(email,"([^"]+)"\)')


class FakeKlaviyo(FakeService):
    name = "klaviyo"
    secrets: Mapping[str, str] = MappingProxyType(
        {"api_key": "pk_0123456789abcdef0123456789abcdef01"}
    )
    page = 100

    def answer(self, asked: Asked) -> Said:
        assert asked.host == "a.klaviyo.com"
        assert asked.headers["revision"] == "2026-04-15"
        assert asked.headers["Accept"] == "application/vnd.api+json"
        if asked.headers.get("Authorization") != f"Klaviyo-API-Key {self.secrets['api_key']}":
            return 401, _errors(
                "not_authenticated", "Authentication credentials were not provided."
            )
        path = asked.path.removeprefix("/api")
        if asked.method == "GET":
            return self._read_only(asked, path)
        assert asked.headers["Content-Type"] == "application/vnd.api+json"
        job = asked.content["data"]
        assert path == f"/{job['type']}s"
        return self._job(asked, job)

    def _read_only(self, asked: Asked, path: str) -> Said:
        if path == "/accounts":
            contact = {"organization_name": "Uferhaus", "default_sender_name": "Mara"}
            account = {
                "type": "account",
                "id": "A1",
                "attributes": {"contact_information": contact},
            }
            return 200, {"data": [account]}
        if path == "/lists":
            found = [
                {"type": "list", "id": one, "attributes": {"name": name}}
                for one, name in self.lists.items()
            ]
            return 200, self._paged(asked, found, 10)
        if path == "/profiles":
            return self._profiles(asked)
        return self.unknown(asked)

    def _profiles(self, asked: Asked) -> Said:
        assert asked.query["additional-fields[profile]"] == "subscriptions"
        wanted, since = (p.fullmatch(asked.query["filter"]) for p in (_EMAIL, _SINCE))
        if wanted is not None:
            person = self.people.get(wanted[1].lower())
            return 200, self._paged(asked, [_shown(person)] if person else [], 20)
        assert since is not None, asked.query["filter"]
        at = datetime.fromisoformat(since[1])
        found = [_shown(p) for p in self.people.values() if p.left_at and p.left_at >= at]
        assert int(asked.query["page[size]"]) <= 100
        return 200, self._paged(asked, found, int(asked.query["page[size]"]))

    def _paged(self, asked: Asked, found: list[Any], size: int) -> Any:
        start = int(asked.query.get("page[cursor]", "0"))
        more = start + size < len(found)
        cursor = urlencode({"page[cursor]": str(start + size)})
        following = f"https://a.klaviyo.com{asked.path}?{cursor}" if more else None
        return {
            "data": found[start : start + size],
            "links": {"self": asked.url, "next": following},
        }

    def _job(self, asked: Asked, job: Any) -> Said:
        attributes = job["attributes"]
        if job["type"] == "data-privacy-deletion-job":
            profile = attributes["profile"]["data"]
            assert profile["type"] == "profile"
            self.people.pop(profile["attributes"]["email"].lower(), None)
            return 202, None
        list_id = job["relationships"]["list"]["data"]["id"]
        for profile in attributes["profiles"]["data"]:
            assert only(profile["attributes"], "email", "subscriptions")
            email = profile["attributes"]["email"]
            consent = profile["attributes"]["subscriptions"]["email"]["marketing"]
            person = self.people.setdefault(
                email.lower(), Person(email, facts={"changed": self.now})
            )
            if job["type"] == "profile-subscription-bulk-create-job":
                self._subscribe(person, list_id, consent, attributes)
            else:
                assert job["type"] == "profile-subscription-bulk-delete-job"
                assert consent == {"consent": "UNSUBSCRIBED"}
                self.leave(email)
        return 202, None

    def _subscribe(self, person: Person, list_id: str, consent: Any, attributes: Any) -> None:
        assert only(attributes, "profiles", "historical_import", "custom_source")
        assert consent["consent"] == "SUBSCRIBED"
        if not attributes.get("historical_import"):  # lists confirm by themselves as delivered
            self.mails.append(person.email)
        else:
            assert datetime.fromisoformat(consent["consented_at"]) <= self.now
        person.lists.add(list_id)
        person.left_at = None
        person.facts |= {**consent, "custom_source": attributes["custom_source"]}


def _shown(person: Person) -> dict[str, Any]:
    gone = []
    if person.left_at is not None:
        gone.append({"reason": "UNSUBSCRIBE", "timestamp": person.left_at.isoformat()})
    if person.bounced:
        gone.append({"reason": "HARD_BOUNCE", "timestamp": "2026-01-01T00:00:00+00:00"})
    marketing = {
        "can_receive_email_marketing": not gone,
        "consent": "UNSUBSCRIBED" if person.left_at else "SUBSCRIBED",
        "consent_timestamp": "2026-01-01T00:00:00+00:00",
        "last_updated": person.facts["changed"].isoformat(),
        "suppression": gone,
        "list_suppressions": [],
    }
    attributes = {"email": person.email, "subscriptions": {"email": {"marketing": marketing}}}
    return {"type": "profile", "id": "01GDDKASAP8TKDDA2GRZDSVP4H", "attributes": attributes}


def _errors(code: str, title: str) -> Any:
    return {"errors": [{"id": "1", "code": code, "title": title, "detail": title}]}
