"""What people ask for: to see what is stored of them or to be erased, with deadline and receipt."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import access_log, block_list, privacy, tenants
from plugin.services.context import Context
from plugin.services.identity import clean_email
from plugin.services.inbound import handled, opened, person_in, seal_person
from plugin.services.steps import Handler, Step
from plugin.store import person_requests as store
from plugin.store.person_requests import StoredRequest

Kind = Literal["access", "erasure"]
Source = Literal["platform", "admin", "api", "command"]
#: So many requests are listed.
SHOWN = 50


@dataclass(frozen=True)
class Request:
    """One request as the merchant reads it.

    `person` is a mail address or the platform's number of a customer, None once nobody is named.
    `due` is the last day to answer; `days_left` is negative once it is over, None once answered.
    """

    id: int
    kind: str
    source: str
    person: str | None
    received_at: datetime
    due: date
    days_left: int | None
    done_at: datetime | None
    done_by: str | None
    receipt: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Person:
    """Whom a request is about: known by an address, by a customer number, or by both."""

    email: str | None
    customer_id: str | None


def listed(context: Context, shop: Shop) -> list[Request]:
    """Return the requests of the shop: what waits first, the most urgent on top."""
    with context.db.read() as connection:
        rows = store.newest(connection, shop.id, SHOWN)
    return [_request(context, shop, row) for row in rows]


def get(context: Context, shop: Shop, request_id: int) -> tuple[Request, Person]:
    """Return one request and whom it is about; NotFoundError if this shop has no such request."""
    with context.db.read() as connection:
        row = store.by_id(connection, shop.id, request_id)
    if row is None:
        raise NotFoundError("not_found")
    customer_id, email = opened(context, shop.id, row.person_sealed)
    return _request(context, shop, row), Person(privacy.valid_email(email), customer_id)


def due_on(received: datetime, zone: str) -> date:
    """Return the last day to answer: one month after receipt (Art. 12 (3) GDPR)."""
    day = received.astimezone(ZoneInfo(zone)).date()
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def note(
    connection: Connection,
    context: Context,
    shop: Shop,
    kind: Kind,
    person: Person,
    *,
    source: Source,
    inbox_id: int | None = None,
) -> int:
    """Note within the caller's transaction that somebody asked; returns the request's number."""
    email = privacy.valid_email(person.email)
    values = {
        "kind": kind,
        "source": source,
        "inbox_id": inbox_id,
        "received_at": context.now(),
        "identity": privacy.identity(context, shop, email),
        "customer_id": person.customer_id,
        "person_sealed": seal_person(context, shop.id, person.customer_id, email),
    }
    return store.add(connection, shop.id, values)


def hand_out(
    context: Context,
    shop: Shop,
    person: Person,
    by: str,
    actor: str,
    *,
    source: Source = "admin",
) -> dict[str, Any]:
    """Return all that is stored of a person and note that it was handed out, `by` and as `actor`.

    It answers the person's open wishes to see it; without any, one that was asked for otherwise.
    """
    found = privacy.export_person(context, shop, person.email, customer_id=person.customer_id)
    receipt = {"handed_out": {table: len(rows) for table, rows in found["data"].items()}}
    with context.db.write() as connection:
        identity = privacy.identity(context, shop, person.email)
        ids = [
            one
            for one in store.open_of_person(connection, shop.id, identity, person.customer_id)
            if (row := store.by_id(connection, shop.id, one)) and row.kind == "access"
        ]
        if not ids:
            ids = [note(connection, context, shop, "access", person, source=source)]
        store.close(connection, shop.id, ids, at=context.now(), by=by, receipt=receipt)
        if found["data"]:
            access_log.note(
                connection, context, shop.id, actor=actor, act="exported", what="person",
                identity=identity,
            )  # fmt: skip
    return found


def erase(
    context: Context,
    shop: Shop,
    person: Person,
    by: str,
    actor: str,
    *,
    never_again: bool = False,
    source: Source = "admin",
) -> int:
    """Erase a person and return the number of the receipt, which names nobody.

    `never_again` leaves a check value of the address on the block list.
    """
    with context.db.write() as connection:
        identity = privacy.identity(context, shop, person.email)
        open_ones = store.open_of_person(connection, shop.id, identity, person.customer_id)
        request_id = _erasure_among(connection, shop, open_ones)
        if request_id is None:
            request_id = note(connection, context, shop, "erasure", person, source=source)
        if never_again and identity:
            block_list.block(connection, context, shop, identity)
        receipt = privacy.erase_within(connection, context, shop, identity, person.customer_id)
        receipt["erased"].pop("person_requests", None)
        ids = [*open_ones, request_id]
        store.close(connection, shop.id, ids, at=context.now(), by=by, receipt=receipt)
        if receipt["erased"] or receipt["kept_locked"]:
            access_log.note(
                connection, context, shop.id, actor=actor, act="erased", what="person",
                identity=identity,
            )  # fmt: skip
    return request_id


def erase_for(
    context: Context, shop: Shop, email: str, by: str, source: Literal["api", "command"]
) -> dict[str, dict[str, int]]:
    """Erase who has an address, as `erase`; returns what the receipt says.

    InvalidFieldError("email_invalid") for what is no mail address.
    """
    person = Person(clean_email(email), None)
    actor = "operator" if source == "command" else source
    request_id = erase(context, shop, person, by, actor, source=source)
    return get(context, shop, request_id)[0].receipt


def _erasure_among(connection: Connection, shop: Shop, ids: list[int]) -> int | None:
    for one in ids:
        row = store.by_id(connection, shop.id, one)
        if row is not None and row.kind == "erasure":
            return one
    return None


def erase_noted(context: Context, step: Step) -> None:
    """Erase the person of a noted message, then forget who it was (step `privacy.erase`)."""
    inbox_id = int(step.payload["inbox"])
    customer_id, email = person_in(context, step.shop_id, inbox_id)
    shop = tenants.shop_of_id(context, step.shop_id)
    email = privacy.valid_email(email)
    with context.db.read() as connection:
        noted = store.by_inbox(connection, step.shop_id, inbox_id)
    done = noted is not None and noted.done_at is not None
    if shop is not None and (customer_id or email) and not done:
        who = Person(email, customer_id)
        erase(context, shop, who, shop.platform, "platform", source="platform")
    with context.db.write() as connection:
        handled(connection, step.shop_id, inbox_id)


def _request(context: Context, shop: Shop, row: StoredRequest) -> Request:
    customer_id, email = opened(context, shop.id, row.person_sealed)
    due = due_on(row.received_at, shop.zone)
    today = context.now().astimezone(ZoneInfo(shop.zone)).date()
    return Request(
        id=row.id,
        kind=row.kind,
        source=row.source,
        person=email or customer_id,
        received_at=row.received_at,
        due=due,
        days_left=None if row.done_at else (due - today).days,
        done_at=row.done_at,
        done_by=row.done_by,
        receipt=row.receipt or {},
    )


HANDLERS: dict[str, Handler] = {"privacy.erase": erase_noted}
