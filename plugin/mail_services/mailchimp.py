"""Mailchimp: members of an audience of the Marketing API 3.0, by key."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime

from plugin.contracts.mail_service import (
    Contact,
    Inability,
    Leaver,
    Leavers,
    MailAccess,
    MailList,
    Put,
)
from plugin.errors import AccessRevokedError, PlatformRefusedError
from plugin.mail_services.calls import Answer, Question, Sends, ask, clean
from plugin.mail_services.moments import iso, moment
from plugin.shape import Node, nodes, optional_text, text

#: A key ends in the name of its data centre, which is part of the address.
_KEY = re.compile(r"[0-9A-Za-z]{8,100}-([a-z]{2}[0-9]{1,3})", re.ASCII)
_LISTS, _MEMBERS = 1000, 500
#: Reasons for which an address is not taken, whatever we send.
_LOCKED = frozenset({"Member In Compliance State", "Forgotten Email Not Subscribed"})


class Mailchimp:
    """One shop at a time; knows nothing between two calls."""

    name = "mailchimp"
    fields: tuple[str, ...] = ("api_key",)
    cannot: frozenset[Inability] = frozenset({"prove_source", "come_back"})

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: MailAccess) -> str:
        """Return the name of the account."""
        answer = self._ask(access, "GET", "/", fields="account_name")
        return optional_text(answer.object(), "account_name") or ""

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return all audiences."""
        answer = self._ask(access, "GET", "/lists", count=_LISTS, fields="lists.id,lists.name")
        return tuple(
            MailList(text(one, "id"), text(one, "name")) for one in nodes(answer.object(), "lists")
        )

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Add or update the member as subscribed, with both times of the double opt-in."""
        path = _member(list_id, contact.email)
        known = self._ask(access, "GET", path, allowed=(404,), fields="status,last_changed")
        if known.status != 404:
            state = text(known.object(), "status")
            if state == "cleaned":
                return "refused"
            since = moment(known.object(), "last_changed")
            if state == "unsubscribed" and since > contact.confirmed_at:
                return "left"
        content = {
            "email_address": contact.email,
            "status_if_new": "subscribed",
            "status": "subscribed",
            "language": contact.language,
            "timestamp_signup": iso(contact.requested_at),
            "timestamp_opt": iso(contact.confirmed_at),
        }
        answer = self._ask(access, "PUT", path, content, allowed=(400,))
        if answer.status != 400:
            return "put"
        if answer.object().get("title") in _LOCKED:
            return "refused"
        raise PlatformRefusedError("mail_service_refused")

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Mark the member as unsubscribed."""
        content = {"status": "unsubscribed"}
        self._ask(access, "PATCH", _member(list_id, email), content, allowed=(404,))

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Delete the member for good."""
        path = f"{_member(list_id, email)}/actions/delete-permanent"
        self._ask(access, "POST", path, allowed=(404,))

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return the members that unsubscribed."""
        offset = int(after or 0)
        answer = self._ask(
            access,
            "GET",
            f"/lists/{list_id}/members",
            status="unsubscribed",
            unsubscribed_since=iso(since),
            count=_MEMBERS,
            offset=offset,
            fields="members.email_address,members.last_changed",
        )
        some = nodes(answer.object(), "members")
        gone = tuple(
            Leaver(text(one, "email_address"), moment(one, "last_changed")) for one in some
        )
        return Leavers(gone, str(offset + _MEMBERS) if len(some) == _MEMBERS else None)

    def _ask(
        self,
        access: MailAccess,
        method: str,
        path: str,
        content: Node | None = None,
        *,
        allowed: tuple[int, ...] = (),
        **query: str | int,
    ) -> Answer:
        key = clean(access.secrets["api_key"])
        found = _KEY.fullmatch(key)
        if found is None:
            raise AccessRevokedError("mail_service_revoked")
        basic = base64.b64encode(f"bleib:{key}".encode()).decode()
        url = f"https://{found[1]}.api.mailchimp.com/3.0{path}"
        headers = {"Authorization": f"Basic {basic}"}
        return ask(self._http, Question(method, url, headers, query, content, allowed))


def _member(list_id: str, email: str) -> str:
    # The service's own name for a person: not a safeguard.
    mark = hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()
    return f"/lists/{list_id}/members/{mark}"
