"""Klaviyo: profiles and their consent, by private key and dated revision."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
from plugin.mail_services.moments import iso, moment
from plugin.shape import Node, node, nodes, optional_node, optional_text, text

_API = "https://a.klaviyo.com/api"
#: Each revision is served for two years.
_REVISION = "2026-04-15"
_MOST_PAGES = 50
_WITH_CONSENT = {"additional-fields[profile]": "subscriptions", "fields[profile]": "email"}
#: What subscribing takes back, as the service documents it; anything else is a lock of its own.
_BY_PERSON = frozenset({"UNSUBSCRIBE", "SPAM_REPORT", "USER_SUPPRESSED"})
_SUPPRESSED_AT = "subscriptions.email.marketing.suppression.timestamp"


class Klaviyo:
    """One shop at a time; knows nothing between two calls."""

    name = "klaviyo"
    fields: tuple[str, ...] = ("api_key",)
    cannot: frozenset[Inability] = frozenset(
        {"tell_language", "leave_one_list", "run_welcome_flows"}
    )

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: MailAccess) -> str:
        """Return the organisation of the account; "" if the key may read lists but not this."""
        answer = self._ask(access, "GET", "/accounts", allowed=(403,))
        if answer.status == 403:
            self.lists(access)
            return ""
        accounts = nodes(answer.object(), "data")
        contact = optional_node(node(accounts[0], "attributes"), "contact_information") or {}
        return optional_text(contact, "organization_name") or ""

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return all lists."""
        found: list[MailList] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            query = {"fields[list]": "name", **_page(cursor)}
            answer = self._ask(access, "GET", "/lists", query=query).object()
            for one in nodes(answer, "data"):
                found.append(MailList(text(one, "id"), text(node(one, "attributes"), "name")))
            cursor = _next(answer)
            if cursor is None:
                break
        return tuple(found)

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Subscribe the profile as one whose consent was given before.

        So no confirmation mail is sent, which a list of the service would do by itself.
        """
        known = self._profile(access, contact.email)
        if known is not None:
            gone = _gone(known)
            if any(reason not in _BY_PERSON for reason, _ in gone):
                return "refused"
            if any(at > contact.confirmed_at for _, at in gone):
                return "left"
        consent = {"consent": "SUBSCRIBED", "consented_at": iso(contact.confirmed_at)}
        profile = _profile_of(contact.email, {"email": {"marketing": consent}})
        attributes = {
            "profiles": {"data": [profile]},
            "historical_import": True,
            "custom_source": contact.source,
        }
        self._job(access, "profile-subscription-bulk-create-job", attributes, list_id)
        return "put"

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Take consent back; a profile that is not there would be created by that."""
        if self._profile(access, email) is None:
            return
        consent = {"email": {"marketing": {"consent": "UNSUBSCRIBED"}}}
        attributes = {"profiles": {"data": [_profile_of(email, consent)]}}
        self._job(access, "profile-subscription-bulk-delete-job", attributes, list_id)

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Ask for the deletion of the profile, which the service then does."""
        profile = {"data": {"type": "profile", "attributes": {"email": email}}}
        self._job(access, "data-privacy-deletion-job", {"profile": profile}, None)

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return the profiles that were suppressed by the person."""
        query = {
            **_WITH_CONSENT,
            "filter": f"greater-or-equal({_SUPPRESSED_AT},{iso(since)})",
            "sort": _SUPPRESSED_AT,
            "page[size]": "100",
            **_page(after),
        }
        answer = self._ask(access, "GET", "/profiles", query=query).object()
        gone: list[Leaver] = []
        for profile in nodes(answer, "data"):
            email = optional_text(node(profile, "attributes"), "email")
            times = [at for reason, at in _gone(profile) if reason in _BY_PERSON]
            if email is not None and times:
                gone.append(Leaver(email, max(times)))
        return Leavers(tuple(gone), _next(answer))

    def _profile(self, access: MailAccess, email: str) -> Node | None:
        query = {**_WITH_CONSENT, "filter": f'equals(email,"{email}")'}
        found = nodes(self._ask(access, "GET", "/profiles", query=query).object(), "data")
        return found[0] if found else None

    def _job(self, access: MailAccess, kind: str, attributes: Node, list_id: str | None) -> None:
        data: Node = {"type": kind, "attributes": attributes}
        if list_id is not None:
            data["relationships"] = {"list": {"data": {"type": "list", "id": list_id}}}
        self._ask(access, "POST", f"/{kind}s", {"data": data})

    def _ask(
        self,
        access: MailAccess,
        method: str,
        path: str,
        content: Node | None = None,
        *,
        query: dict[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> Answer:
        headers = {
            "Authorization": f"Klaviyo-API-Key {clean(access.secrets['api_key'])}",
            "Accept": "application/vnd.api+json",
            "Content-Type": "application/vnd.api+json",
            "revision": _REVISION,
        }
        asked = Question(method, _API + path, headers, query or {}, content, allowed)
        return ask(self._http, asked)


def _profile_of(email: str, subscriptions: Node) -> Node:
    return {"type": "profile", "attributes": {"email": email, "subscriptions": subscriptions}}


def _gone(profile: Node) -> list[tuple[str, datetime]]:
    """Return why and when the profile may get no newsletter."""
    attributes = node(profile, "attributes")
    found: Any = attributes
    for key in ("subscriptions", "email", "marketing"):
        found = optional_node(found, key)
        if found is None:
            return []
    gone = [
        (text(one, "reason"), moment(one, "timestamp"))
        for one in (nodes(found, "suppression") if found.get("suppression") else [])
    ]
    if found.get("consent") == "UNSUBSCRIBED" and not gone and found.get("last_updated"):
        gone.append(("UNSUBSCRIBE", moment(found, "last_updated")))
    return gone


def _page(cursor: str | None) -> dict[str, str]:
    return {} if cursor is None else {"page[cursor]": cursor}


def _next(answer: Node) -> str | None:
    # Only its cursor is taken from the address: where to ask is not the answer's to say.
    link = optional_text(optional_node(answer, "links") or {}, "next")
    cursors = parse_qs(urlsplit(link).query).get("page[cursor]") if link else None
    return cursors[0] if cursors else None
