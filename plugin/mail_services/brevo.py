"""Brevo: contacts of the API v3, by key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from plugin.contracts.mail_service import (
    Contact,
    Inability,
    Leaver,
    Leavers,
    MailAccess,
    MailList,
    Put,
)
from plugin.mail_services.calls import Answer, Question, Sends, ask, clean
from plugin.mail_services.moments import moment
from plugin.shape import Node, nodes, optional_text, text, whole

_API = "https://api.brevo.com/v3"
_LISTS, _CONTACTS, _MOST_PAGES = 50, 500, 40


class Brevo:
    """One shop at a time; knows nothing between two calls."""

    name = "brevo"
    fields: tuple[str, ...] = ("api_key",)
    cannot: frozenset[Inability] = frozenset(
        {"prove_time", "prove_source", "tell_language", "leave_one_list"}
    )

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: MailAccess) -> str:
        """Return the company of the account."""
        return optional_text(self._ask(access, "GET", "/account").object(), "companyName") or ""

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return all lists."""
        found: list[MailList] = []
        for page in range(_MOST_PAGES):
            answer = self._ask(
                access, "GET", "/contacts/lists", limit=_LISTS, offset=page * _LISTS
            ).object()
            some = nodes(answer, "lists") if answer.get("lists") else []
            found += [MailList(str(whole(one, "id")), text(one, "name")) for one in some]
            if len(some) < _LISTS:
                break
        return tuple(found)

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Create or update the contact; one that is blocked since then stays blocked."""
        known = self._contact(access, contact.email)
        gone = known is not None and _has_left(known, list_id)
        if known is not None and gone and moment(known, "modifiedAt") > contact.confirmed_at:
            return "left"
        content = {
            "email": contact.email,
            "listIds": [int(list_id)],
            "emailBlacklisted": False,
            "updateEnabled": True,
        }
        self._ask(access, "POST", "/contacts", content)
        return "put"

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Block the contact for newsletters of every list."""
        path = f"/contacts/{quote(email, safe='')}"
        content = {"emailBlacklisted": True}
        self._ask(access, "PUT", path, content, allowed=(404,), identifierType="email_id")

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Delete the contact."""
        path = f"/contacts/{quote(email, safe='')}"
        self._ask(access, "DELETE", path, allowed=(404,), identifierType="email_id")

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return who is blocked among the contacts that changed."""
        offset = int(after or 0)
        answer = self._ask(
            access,
            "GET",
            "/contacts",
            limit=_CONTACTS,
            offset=offset,
            modifiedSince=_written(since),
        ).object()
        some = nodes(answer, "contacts") if answer.get("contacts") else []
        gone = tuple(
            Leaver(text(one, "email"), moment(one, "modifiedAt"))
            for one in some
            if one.get("email") and _has_left(one, list_id)
        )
        return Leavers(gone, str(offset + _CONTACTS) if len(some) == _CONTACTS else None)

    def _contact(self, access: MailAccess, email: str) -> Node | None:
        path = f"/contacts/{quote(email, safe='')}"
        answer = self._ask(access, "GET", path, allowed=(404,), identifierType="email_id")
        return None if answer.status == 404 else answer.object()

    def _ask(
        self,
        access: MailAccess,
        method: str,
        path: str,
        content: Any = None,  # noqa: ANN401 - any JSON value
        *,
        allowed: tuple[int, ...] = (),
        **query: str | int,
    ) -> Answer:
        headers = {"api-key": clean(access.secrets["api_key"])}
        return ask(self._http, Question(method, _API + path, headers, query, content, allowed))


def _has_left(contact: Node, list_id: str) -> bool:
    gone = contact.get("listUnsubscribed") or []
    return contact.get("emailBlacklisted") is True or int(list_id) in gone


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
