"""Which pages show or hand out data of people, and the log of who opened them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import Response, request

from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.admin.who import actor, name_of
from plugin.api import current_context
from plugin.services import access_log, team
from plugin.services.access_log import Access, Act

#: Where a page says whose data it is about: a number in its address, or a field of its form.
_Source = Literal[
    "person_id", "message_id", "withdrawal_id", "request_id", "form:email", "form:wanted", ""
]
#: The tables of those numbers.
_TABLES = {
    "person_id": "subscribers",
    "message_id": "service_messages",
    "withdrawal_id": "withdrawals",
    "request_id": "person_requests",
}


@dataclass(frozen=True)
class Touch:
    """What opening a page does with data of people."""

    act: Act
    what: str
    whose: _Source = ""


#: Every route of the admin that shows or hands out data of people, by method and name; what
#: answers a request (services/person_requests.py) notes itself with its receipt.
TOUCHES: dict[str, Touch] = {
    "GET admin.people_page": Touch("looked", "people"),
    "POST admin.people_find": Touch("looked", "search", "form:wanted"),
    "GET admin.people_one": Touch("looked", "person", "person_id"),
    "GET admin.people_block_ask": Touch("looked", "person", "person_id"),
    "GET admin.people_proof": Touch("exported", "proof", "person_id"),
    "POST admin.people_kept_proof": Touch("exported", "proof", "form:email"),
    "GET admin.law": Touch("looked", "requests"),
    "POST admin.law_person_find": Touch("looked", "search", "form:wanted"),
    "GET admin.law_request": Touch("looked", "request", "request_id"),
    "GET admin.parcels": Touch("looked", "parcels"),
    "GET admin.parcel_messages": Touch("looked", "messages"),
    "GET admin.withdrawals_page": Touch("looked", "withdrawals"),
    "GET admin.withdrawals_csv": Touch("exported", "withdrawals"),
    "GET admin.connections_people": Touch("exported", "people"),
    "GET admin.data_subscribers": Touch("exported", "people"),
    "POST admin.protection_people": Touch("looked", "search", "form:email"),
    "POST admin.mail_release": Touch("looked", "search", "form:email"),
}


@blueprint.before_request
def _note() -> None:
    """Write the line before the page is made: no data without it."""
    touch = TOUCHES.get(f"{request.method} {request.endpoint}")
    if touch is None:
        return
    whose = _whose(touch)
    if whose is not None:
        access_log.note_look(
            current_context(),
            this_shop(),
            actor=actor().id,
            act=touch.act,
            what=touch.what,
            whose=whose,
        )


def _whose(touch: Touch) -> str | None:
    """Return whose data is asked for; "" for many, or for one without an address, None for none."""
    context, shop = current_context(), this_shop()
    if touch.whose in _TABLES:
        number = int((request.view_args or {})[touch.whose])
        return access_log.of_row(context, shop, _TABLES[touch.whose], number)
    if touch.whose:
        field = touch.whose.removeprefix("form:")
        return access_log.of_address(context, shop, request.form.get(field, "")[:320])
    return ""


@blueprint.get("/law/access-log")
def access_log_page() -> Response:
    """Show who looked at or handed out data of people; of one person, for whoever asks for it."""
    context, shop = current_context(), this_shop()
    before = request.args.get("before", "")
    found, older = access_log.page(
        context,
        shop,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
    )
    names = team.names(context, shop)
    return page(
        "access_log.html",
        rows=[(one, name_of(one.actor, names, words()), _subject(one)) for one in found],
        older=older,
    )


def _subject(one: Access) -> str:
    """Return a short mark of the person, the same wherever it is the same person."""
    return one.identity[:8]
