"""CleverReach: receivers of a group of the REST API v3, by an OAuth app of the merchant's own."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from plugin.contracts.mail_service import (
    Contact,
    Inability,
    Leaver,
    Leavers,
    MailAccess,
    MailList,
    Put,
)
from plugin.errors import AccessRevokedError, PlatformError
from plugin.mail_services.calls import Answer, Question, Sends, ask, clean, odd, read
from plugin.mail_services.moments import seconds
from plugin.shape import Node, optional_text, text

_API = "https://rest.cleverreach.com/v3"
_TOKEN = "https://rest.cleverreach.com/oauth/token.php"  # noqa: S105 - an address
_RECEIVERS = 1000
#: A token is replaced when it has less than this left, in seconds.
_SOON = 300


class CleverReach:
    """Keeps nothing between two calls but the tokens that it was given."""

    name = "cleverreach"
    fields: tuple[str, ...] = ("client_id", "client_secret")
    cannot: frozenset[Inability] = frozenset({"tell_language"})

    def __init__(self, http: Sends) -> None:
        self._http = http
        self._tokens: dict[tuple[int, str, str], tuple[str, float]] = {}

    def check(self, access: MailAccess) -> str:
        """See whether the app is let in; the account has no name there."""
        self._tokens.pop(_who(access), None)
        self._ask(access, "GET", "/groups")
        return ""

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return all groups."""
        groups = self._ask(access, "GET", "/groups").objects()
        return tuple(MailList(_id(one), text(one, "name")) for one in groups)

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Create or update the receiver as active, with both times and the source."""
        known = self._receiver(access, list_id, contact.email)
        if known is not None:
            gone = seconds(known, "deactivated")
            if gone is not None and gone > contact.confirmed_at:
                return "left"
            if seconds(known, "bounced") is not None and known.get("active") is not True:
                return "refused"
        content = {
            "email": contact.email,
            "registered": int(contact.requested_at.timestamp()),
            "activated": int(contact.confirmed_at.timestamp()),
            "deactivated": 0,
            "source": contact.source,
        }
        return self._upsert(access, list_id, content)

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Mark the receiver as gone since now."""
        known = self._receiver(access, list_id, email)
        if known is not None and seconds(known, "deactivated") is None:
            now = int(datetime.now(UTC).timestamp())
            self._upsert(access, list_id, {"email": email, "deactivated": now})

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Delete the receiver from every group."""
        self._ask(access, "DELETE", f"/receivers/{quote(email, safe='@')}", allowed=(404,))

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return the receivers that are inactive since then."""
        page = int(after or 0)
        answer = self._ask(
            access,
            "GET",
            f"/groups/{quote(list_id, safe='')}/receivers",
            query={"type": "inactive", "page": page, "pagesize": _RECEIVERS},
            allowed=(404,),
        )
        some = [] if answer.status == 404 or answer.json is None else answer.objects()
        gone = []
        for one in some:
            at = seconds(one, "deactivated")
            if at is not None and at >= since:
                gone.append(Leaver(text(one, "email"), at))
        return Leavers(tuple(gone), str(page + 1) if len(some) == _RECEIVERS else None)

    def _receiver(self, access: MailAccess, list_id: str, email: str) -> Node | None:
        path = f"/receivers/{quote(email, safe='@')}"
        answer = self._ask(access, "GET", path, query={"group_id": list_id}, allowed=(404,))
        if answer.status == 404:
            return None
        if isinstance(answer.json, list):
            found = answer.objects()
            return found[0] if found else None
        return answer.object()

    def _upsert(self, access: MailAccess, list_id: str, content: Node) -> Put:
        path = f"/groups/{quote(list_id, safe='')}/receivers/upsert"
        answer = self._ask(access, "POST", path, [content])
        if not isinstance(answer.json, list) or not answer.json:
            raise odd()
        # One that is not taken comes back as a sentence in place of the object.
        return "refused" if isinstance(answer.json[0], str) else "put"

    def _ask(
        self,
        access: MailAccess,
        method: str,
        path: str,
        content: Any = None,  # noqa: ANN401 - any JSON value
        *,
        query: dict[str, str | int] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> Answer:
        def once() -> Answer:
            headers = {"Authorization": f"Bearer {self._token(access)}"}
            asked = Question(method, _API + path, headers, query or {}, content, allowed)
            return ask(self._http, asked)

        fresh = _who(access) not in self._tokens
        try:
            return once()
        except AccessRevokedError:
            self._tokens.pop(_who(access), None)
            if fresh:
                raise
        return once()  # the kept token had ended; the app itself may still be let in

    def _token(self, access: MailAccess) -> str:
        kept = self._tokens.get(_who(access))
        if kept is not None and kept[1] > time.monotonic():
            return kept[0]
        form = {
            "grant_type": "client_credentials",
            "client_id": clean(access.secrets["client_id"]),
            "client_secret": clean(access.secrets["client_secret"]),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            reply = self._http.post_bytes(_TOKEN, urlencode(form).encode(), headers=headers)
        except PlatformError:
            raise PlatformError("mail_service_away") from None
        if reply.status in (400, 401):
            raise AccessRevokedError("mail_service_revoked")
        answer = read(reply).object()
        token = clean(optional_text(answer, "access_token") or "")
        lives = answer.get("expires_in")
        left = lives if isinstance(lives, int) and not isinstance(lives, bool) else 0
        self._tokens[_who(access)] = (token, time.monotonic() + max(0, left - _SOON))
        return token


def _who(access: MailAccess) -> tuple[int, str, str]:
    return (access.shop_id, access.secrets["client_id"], access.secrets["client_secret"])


def _id(group: Node) -> str:
    found = group.get("id")
    if isinstance(found, bool) or not isinstance(found, int | str) or not str(found).isdigit():
        raise odd()
    return str(found)
