"""Evidence of consent: appends to the chain of a shop, checks it, and forgets what is over."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import consent_rules
from plugin.services.context import Context
from plugin.services.evidence_chain import (
    START,
    body_digest,
    mark,
    origin,
    record_hash,
    written,
)
from plugin.services.steps import Handler, Step
from plugin.services.tenants import shop_of_id
from plugin.store import evidence as store
from plugin.store.evidence import Head, Look, Row

Kind = Literal[
    "requested", "mailed", "confirmed", "unsubscribed", "imported", "changed", "withdrawn"
]  # fmt: skip
_LONGEST_PAGE = 500
_AT_ONCE = 1000
_log = structlog.get_logger("evidence")


@dataclass(frozen=True)
class Checked:
    """What a look at a shop's whole chain found; `broken` is the first place that does not fit."""

    records: int
    head: str
    broken: int | None = None

    @property
    def intact(self) -> bool:
        """Tell whether every record stands as it was written."""
        return self.broken is None


def record(
    connection: Connection,
    context: Context,
    shop: Shop,
    *,
    identity: str,
    kind: Kind,
    email: str | None = None,
    campaign: tuple[int, int] | None = None,
    wording: str | None = None,
    page: str | None = None,
    net_address: str | None = None,
    mail_hash: str | None = None,
) -> None:
    """Append one record to the shop's chain within the caller's transaction.

    `email` lets a later proof show that it is about this address; the address itself is not kept
    here. `campaign` is (id, version) of the form, `wording` what was read, and holds nothing of
    the person. `net_address` is kept only where the merchant wants it. Until the transaction ends
    nobody else appends to this shop's chain, so this comes late in it.
    """
    if not consent_rules.of(connection, shop).net_address or net_address in ("", "unknown"):
        net_address = None
    page = page[:_LONGEST_PAGE] if page else None
    campaign_id, version = campaign or (None, None)
    person, place = secrets.token_hex(16), secrets.token_hex(16) if page or net_address else None
    values: dict[str, Any] = {
        "kind": kind,
        "campaign_id": campaign_id,
        "campaign_version": version,
        "wording": wording,
        "mail_hash": mail_hash,
        "mark_who": mark("who", salt(context, shop.id, "who", person), identity),
        "mark_address": None
        if email is None
        else mark("address", salt(context, shop.id, "address", person), email),
        "mark_origin": None
        if place is None
        else mark("origin", salt(context, shop.id, "origin", place), origin(page, net_address)),
    }
    _append(
        connection,
        context,
        shop.id,
        values,
        identity=identity,
        nonce_person=person,
        page=page,
        net_address=net_address,
        nonce_origin=place,
    )


def _append(
    connection: Connection,
    context: Context,
    shop_id: int,
    values: dict[str, Any],
    **erasable: str | None,
) -> None:
    start = Head(0, START, _seal(context, shop_id, 0, START))
    end = store.locked_head(connection, shop_id, start)
    # Told under the lock: the times of a chain go up as its numbers do.
    at, number = context.now(), end.number + 1
    own = record_hash(shop_id, number, end.hash, body_digest({**values, "at": written(at)}))
    store.append(
        connection,
        shop_id,
        {**values, **erasable, "at": at, "number": number, "previous": end.hash, "hash": own},
        _seal(context, shop_id, number, own),
    )


def salt(context: Context, shop_id: int, name: str, nonce: str) -> str:
    """Return what a mark was made with: of the row's random number and the installation's key.

    Without the number nobody can say it again, without the key nobody who has the database.
    """
    return context.keys.check_value(shop_id, f"evidence.{name}", nonce)


def _seal(context: Context, shop_id: int, number: int, own: str) -> str:
    return context.keys.check_value(shop_id, "evidence.head", f"{number}:{own}")


def check(context: Context, shop: Shop) -> Checked:
    """Look at every record of a shop: content, marks, order, and the sealed end."""
    with context.db.read() as connection:
        end = store.head(connection, shop.id) or Head(0, START, _seal(context, shop.id, 0, START))
        previous, number = START, 0
        while found := store.records(connection, shop.id, number + 1, number + _AT_ONCE):
            for row in found:
                if row.number != number + 1 or not fits(context, shop.id, row, previous):
                    return Checked(number, previous, broken=number + 1)
                previous, number = row.hash, row.number
                if number == end.number and not _is_end(context, shop.id, end, previous):
                    return Checked(number, previous, broken=number)
        # Records behind the end that was read first came in meanwhile, or past the lock.
        now = store.head(connection, shop.id) or end
    if number < end.number or (number > end.number and now.number == end.number):
        return Checked(number, previous, broken=min(number, end.number) + 1)
    return Checked(number, previous)


def _is_end(context: Context, shop_id: int, end: Head, own: str) -> bool:
    return end.hash == own and end.seal == _seal(context, shop_id, end.number, end.hash)


def check_daily(context: Context, step: Step) -> None:
    """Look at a shop's whole chain and note what came of it (step `evidence.check`, daily)."""
    shop = shop_of_id(context, step.shop_id)
    if shop is None:
        return
    found = check(context, shop)
    with context.db.write() as connection:
        look = Look(context.now(), found.records, found.broken)
        store.note_look(connection, shop.id, look)
    if found.broken is not None:
        _log.error("evidence_broken", shop=shop.id, number=found.broken)


def hash_at(context: Context, shop: Shop, number: int) -> str | None:
    """Return the hash of one record, to hold it against a note of an earlier end."""
    with context.db.read() as connection:
        found = store.records(connection, shop.id, number, number)
    return found[0].hash if found else None


def fits(context: Context, shop_id: int, row: Row, previous: str | None = None) -> bool:
    """Tell whether a row says what its hash and its marks say, and follows on `previous`."""
    own = record_hash(shop_id, row.number, row.previous, body_digest(facts_of(row)))
    follows = previous is None or row.previous == previous
    return own == row.hash and follows and _opens(context, shop_id, row)


def facts_of(row: Row) -> dict[str, Any]:
    """Return a row as the chain writes it."""
    return {**asdict(row), "at": written(row.at)}


def _opens(context: Context, shop_id: int, row: Row) -> bool:
    if (row.identity is None) != (row.nonce_person is None):
        return False
    if row.nonce_person is not None:
        who = mark("who", salt(context, shop_id, "who", row.nonce_person), row.identity)
        if who != row.mark_who:
            return False
    told = origin(row.page, row.net_address)
    if row.nonce_origin is None:
        return told == origin(None, None)
    place = salt(context, shop_id, "origin", row.nonce_origin)
    return mark("origin", place, told) == row.mark_origin


def retire(connection: Connection, shop: Shop, now: datetime) -> int:
    """Empty what tells the person where the time of the proof is over; returns how many records."""
    rules = consent_rules.of(connection, shop)
    return store.forget_people(connection, shop.id, rules.proof_ends_before(now, shop.zone))


HANDLERS: dict[str, Handler] = {"evidence.check": check_daily}
