"""The merchant's view of who asked for mail: lists, a search, and one person with the proof."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import block_list, consent_rules, unsubscribing
from plugin.services.context import Context
from plugin.services.evidence import fits
from plugin.services.identity import clean_email, identity_of
from plugin.store import evidence as evidence_store
from plugin.store import people as store
from plugin.store import subscribers
from plugin.store import vouchers as voucher_store
from plugin.store.evidence import Look, Row
from plugin.store.people import Place
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher

#: Lists by their name in addresses, and the state of who stands in them.
LISTS = {"people": "confirmed", "waiting": "pending", "left": "unsubscribed"}
_PAGE = 50
#: Where a page ended, in its address: the moment to the last digit that is kept, and the person.
_MARK = re.compile(r"(\d{1,17})-(\d{1,9})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """One person of a list; `since` is when the present state began."""

    id: int
    email: str
    throwaway: bool
    state: str
    since: datetime
    voucher: str | None


@dataclass(frozen=True)
class Lists:
    """How many people each list holds, and after how many days who does not confirm goes."""

    counts: dict[str, int]
    confirm_days: int


@dataclass(frozen=True)
class People:
    """One page of a list; `more` leads to the next one."""

    lines: list[Line]
    more: str | None


@dataclass(frozen=True)
class Proof:
    """What is recorded of a person; `broken` is the number of a record that does not fit."""

    records: list[Row]
    broken: int | None
    look: Look | None
    keeps_addresses: bool

    @property
    def intact(self) -> bool:
        """Tell whether these records and, at the last look, the whole chain held."""
        return self.broken is None and (self.look is None or self.look.broken is None)


@dataclass(frozen=True)
class Person:
    """One person with all that a merchant is asked about."""

    id: int
    email: str
    state: str
    language: str
    proof: Proof
    voucher: Voucher | None
    blocked: bool


def lists(context: Context, shop: Shop) -> Lists:
    """Return what is said of all lists."""
    with context.db.read() as connection:
        by_state = store.counts(connection, shop.id)
        rules = consent_rules.of(connection, shop)
    counts = {name: by_state.get(state, 0) for name, state in LISTS.items()}
    return Lists(counts, rules.confirm_days)


def page(
    context: Context, shop: Shop, name: str, behind: str = "", *, oldest: bool = False
) -> People:
    """Return a page of a list, the newest first unless the oldest are asked for first.

    `behind` is where the page before ended (`People.more`). NotFoundError("not_found") for a list
    that there is not.
    """
    if name not in LISTS:
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        found = store.listed(
            connection, shop.id, LISTS[name], behind=_place(behind), limit=_PAGE, oldest=oldest
        )
    lines = [
        Line(
            id=entry.id,
            email=context.keys.unseal(shop.id, "email", entry.email_sealed),
            throwaway=entry.throwaway,
            state=entry.state,
            since=entry.since,
            voucher=entry.voucher,
        )
        for entry in found
    ]
    return People(lines, _mark(lines[-1]) if len(lines) == _PAGE else None)


def _mark(line: Line) -> str:
    return f"{(line.since - _EPOCH) // _TICK}-{line.id}"


def _place(mark: str) -> Place | None:
    """Return the line that a mark stands for; None for what is no mark of ours."""
    found = _MARK.fullmatch(mark)
    return Place(_EPOCH + int(found[1]) * _TICK, int(found[2])) if found else None


def find(context: Context, shop: Shop, wanted: str) -> int | None:
    """Return who has this whole address, or placed the order of this number."""
    with context.db.read() as connection:
        identity = _identity(connection, context, shop, wanted.strip())
        person = identity and subscribers.subscriber_by_identity(connection, shop.id, identity)
    return person.id if isinstance(person, Subscriber) else None


def proof_of_address(context: Context, shop: Shop, email: str) -> Proof | None:
    """Return what is still recorded of somebody who stands in no list any more."""
    try:
        identity = identity_of(context.keys, shop.id, clean_email(email))
    except InvalidFieldError:
        return None
    with context.db.read() as connection:
        found = _proof(connection, context, shop, identity)
    return found if found.records else None


def person(context: Context, shop: Shop, person_id: int) -> Person:
    """Return one person of the shop; NotFoundError if there is none of that number."""
    with context.db.read() as connection:
        found = _person(connection, shop, person_id)
        return Person(
            id=found.id,
            email=context.keys.unseal(shop.id, "email", found.email_sealed),
            state=found.state,
            language=found.language,
            proof=_proof(connection, context, shop, found.identity),
            voucher=voucher_store.voucher_of(connection, shop.id, found.identity),
            blocked=block_list.is_blocked(connection, shop, found.identity),
        )


def unsubscribe(context: Context, shop: Shop, person_id: int) -> None:
    """End a person's subscription, as they asked the merchant to; nothing if it has ended."""
    with context.db.write() as connection:
        found = _person(connection, shop, person_id, lock=True)
        unsubscribing.end(connection, context, shop, found)


def _person(
    connection: Connection, shop: Shop, person_id: int, *, lock: bool = False
) -> Subscriber:
    found = subscribers.subscriber_by_id(connection, shop.id, person_id, lock=lock)
    if found is None:
        raise NotFoundError("not_found")
    return found


def _identity(connection: Connection, context: Context, shop: Shop, wanted: str) -> str | None:
    try:
        return identity_of(context.keys, shop.id, clean_email(wanted))
    except InvalidFieldError:
        if not wanted or len(wanted) > 64 or not wanted.isprintable():
            return None
        return store.identity_of_order(connection, shop.id, wanted)


def _proof(connection: Connection, context: Context, shop: Shop, identity: str) -> Proof:
    rows = evidence_store.records_of(connection, shop.id, identity)
    return Proof(
        records=rows,
        broken=next((row.number for row in rows if not fits(context, shop.id, row)), None),
        look=evidence_store.last_look(connection, shop.id),
        keeps_addresses=consent_rules.of(connection, shop).net_address,
    )
