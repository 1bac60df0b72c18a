"""rapidmail: recipients of a list of the API v3, by an API user."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

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
from plugin.shape import Node, node, nodes, text, whole

_API = "https://apiv3.emailsys.net/v1"
_MOST_PAGES = 40
_ANY_STATE = "new,active,bounced,abused,deleted"
#: Its times have no zone: pages are read so much further than they seem to need.
_ZONE_UNKNOWN = timedelta(days=1)


class Rapidmail:
    """One shop at a time; knows nothing between two calls."""

    name = "rapidmail"
    fields: tuple[str, ...] = ("user", "password")
    cannot: frozenset[Inability] = frozenset(
        {"prove_time", "prove_source", "tell_language", "come_back", "erase"}
    )

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: MailAccess) -> str:
        """See whether the API user is let in; the account has no name there."""
        self._ask(access, "GET", "/recipientlists", page=1)
        return ""

    def lists(self, access: MailAccess) -> tuple[MailList, ...]:
        """Return all recipient lists."""
        found: list[MailList] = []
        for page in range(1, _MOST_PAGES + 1):
            answer = self._ask(access, "GET", "/recipientlists", page=page).object()
            found += [
                MailList(str(whole(one, "id")), text(one, "name"))
                for one in nodes(node(answer, "_embedded"), "recipientlists")
            ]
            if page >= whole(answer, "page_count"):
                break
        return tuple(found)

    def put(self, access: MailAccess, list_id: str, contact: Contact) -> Put:
        """Create the recipient as active; the state of one who is there cannot be changed."""
        known = self._recipient(access, list_id, contact.email)
        if known is not None:
            state = text(known, "status")
            if state == "active":
                return "put"
            if state != "deleted":
                return "refused"
            if moment(known, "updated") > contact.confirmed_at:
                return "left"
        content = {
            "recipientlist_id": int(list_id),
            "email": contact.email,
            "status": "active",
        }
        answer = self._ask(
            access, "POST", "/recipients", content, allowed=(409, 422), send_activationmail="no"
        )
        if answer.status == 409 and known is None:
            return "put"  # somebody else put them there a moment ago
        return "put" if answer.status in (200, 201) else "refused"

    def unsubscribe(self, access: MailAccess, list_id: str, email: str) -> None:
        """Mark the recipient as deleted, which is how this service unsubscribes."""
        known = self._recipient(access, list_id, email)
        if known is not None and text(known, "status") != "deleted":
            self._ask(access, "DELETE", f"/recipients/{whole(known, 'id')}", allowed=(404,))

    def erase(self, access: MailAccess, list_id: str, email: str) -> None:
        """Mark as deleted: more the interface does not offer."""
        self.unsubscribe(access, list_id, email)

    def left(self, access: MailAccess, list_id: str, since: datetime, after: str | None) -> Leavers:
        """Return the deleted recipients, the newest change first, as far back as needed."""
        page = int(after or 1)
        answer = self._ask(
            access,
            "GET",
            "/recipients",
            recipientlist_id=list_id,
            status="deleted",
            sort_by="updated",
            sort_order="desc",
            page=page,
        ).object()
        gone = [
            Leaver(text(one, "email"), moment(one, "updated"))
            for one in nodes(node(answer, "_embedded"), "recipients")
        ]
        known = bool(gone) and gone[-1].at < since - _ZONE_UNKNOWN
        more = page < whole(answer, "page_count") and not known
        return Leavers(tuple(gone), str(page + 1) if more else None)

    def _recipient(self, access: MailAccess, list_id: str, email: str) -> Node | None:
        answer = self._ask(
            access,
            "GET",
            "/recipients",
            recipientlist_id=list_id,
            email=email,
            status=_ANY_STATE,
            page=1,
        ).object()
        found = nodes(node(answer, "_embedded"), "recipients")
        return found[0] if found else None

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
        user, password = (clean(access.secrets[name]) for name in self.fields)
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        return ask(self._http, Question(method, _API + path, headers, query, content, allowed))
