"""Evidence of consent: one append-only chain of records for each shop, and its sealed head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.subscribers import subscribers
from plugin.store.writing import insert_ignoring

_PROOF = personal("evidence", erase="keep_locked", keep_days=4 * 365)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Place in the chain of the shop, from 1 without a gap.
    sa.Column("number", sa.Integer, nullable=False),
    # requested, mailed, confirmed, unsubscribed
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("campaign_id", sa.Integer),
    sa.Column("campaign_version", sa.Integer),
    # Verbatim: what stood before the button, what the mail said, what the page asked.
    sa.Column("wording", sa.Text),
    sa.Column("mail_hash", sa.String(64)),
    # What tells the person; emptied when the time of the proof is over. The random numbers are
    # what the marks below can be opened with: without them a mark says nothing any more.
    sa.Column("identity", sa.String(64), info=_PROOF),
    sa.Column("nonce_person", sa.String(32), info=_PROOF),
    sa.Column("page", sa.String(500), info=_PROOF),
    sa.Column("net_address", sa.String(45), info=_PROOF),
    sa.Column("nonce_origin", sa.String(32), info=_PROOF),
    # What stands for it in the chain for ever (services/evidence_chain.py).
    sa.Column("mark_who", sa.String(64), nullable=False),
    sa.Column("mark_address", sa.String(64)),
    sa.Column("mark_origin", sa.String(64)),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("shop_id", "number"),
    sa.Index("ix_evidence_identity", "shop_id", "identity"),
    sqlite_autoincrement=True,
)

#: Columns that may be emptied, and nothing else (store/evidence_triggers.py holds it).
PERSON = ("identity", "nonce_person")
ORIGIN = ("page", "net_address", "nonce_origin")

# The end of each chain; its row is also the lock under which a record is appended.
evidence_heads = sa.Table(
    "evidence_heads",
    metadata,
    shop_column(primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    # Keyed: whoever can write to the database alone cannot make another end.
    sa.Column("seal", sa.String(64), nullable=False),
    # The last look at the whole chain, and the first place that did not fit.
    sa.Column("checked_at", Utc),
    sa.Column("checked", sa.Integer),
    sa.Column("broken", sa.Integer),
)


@dataclass(frozen=True)
class Row:
    """One record as stored."""

    number: int
    kind: str
    at: datetime
    campaign_id: int | None
    campaign_version: int | None
    wording: str | None
    mail_hash: str | None
    identity: str | None
    nonce_person: str | None
    page: str | None
    net_address: str | None
    nonce_origin: str | None
    mark_who: str
    mark_address: str | None
    mark_origin: str | None
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The end of a shop's chain; number 0 before the first record."""

    number: int
    hash: str
    seal: str


_FIELDS = [evidence.c[field.name] for field in fields(Row)]
_HEAD = [evidence_heads.c[field.name] for field in fields(Head)]


def locked_head(connection: Connection, shop_id: int, start: Head) -> Head:
    """Return the end of the chain; until the transaction ends nobody else appends to it."""
    query = sa.select(*_HEAD).where(evidence_heads.c.shop_id == shop_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        first = insert_ignoring(connection, evidence_heads)
        connection.execute(first.values(shop_id=shop_id, **asdict(start)))
        row = connection.execute(query).one()
    return Head(**row._mapping)


def head(connection: Connection, shop_id: int) -> Head | None:
    """Return the end of a shop's chain, None if nothing was ever recorded."""
    query = sa.select(*_HEAD).where(evidence_heads.c.shop_id == shop_id)
    row = connection.execute(query).first()
    return None if row is None else Head(**row._mapping)


def append(connection: Connection, shop_id: int, values: Mapping[str, Any], seal: str) -> None:
    """Add a record behind the locked end, and make it the end."""
    connection.execute(sa.insert(evidence).values(shop_id=shop_id, **values))
    connection.execute(
        sa.update(evidence_heads)
        .where(evidence_heads.c.shop_id == shop_id)
        .values(number=values["number"], hash=values["hash"], seal=seal)
    )


@dataclass(frozen=True)
class Look:
    """The last look at the whole of a chain: when, at how many records, and what did not fit."""

    checked_at: datetime
    checked: int
    broken: int | None


def note_look(connection: Connection, shop_id: int, look: Look) -> None:
    """Remember a look at the whole chain."""
    connection.execute(
        sa.update(evidence_heads).where(evidence_heads.c.shop_id == shop_id).values(asdict(look))
    )


def last_look(connection: Connection, shop_id: int) -> Look | None:
    """Return the last look at the whole chain, None before the first."""
    row = connection.execute(
        sa.select(*[evidence_heads.c[field.name] for field in fields(Look)]).where(
            evidence_heads.c.shop_id == shop_id, evidence_heads.c.checked_at.is_not(None)
        )
    ).first()
    return None if row is None else Look(**row._mapping)


def records(connection: Connection, shop_id: int, first: int, last: int) -> list[Row]:
    """Return the records from one number to another, both included."""
    query = (
        sa.select(*_FIELDS)
        .where(evidence.c.shop_id == shop_id, evidence.c.number.between(first, last))
        .order_by(evidence.c.number)
    )
    return [Row(**row._mapping) for row in connection.execute(query)]


def records_of(connection: Connection, shop_id: int, identity: str) -> list[Row]:
    """Return everything recorded of a person, oldest first."""
    query = (
        sa.select(*_FIELDS)
        .where(evidence.c.shop_id == shop_id, evidence.c.identity == identity)
        .order_by(evidence.c.number)
    )
    return [Row(**row._mapping) for row in connection.execute(query)]


def unanswered_requests(connection: Connection, shop_id: int, identity: str) -> list[datetime]:
    """Return when the person asked since the last confirmation, oldest first.

    Read from the evidence, which stays when an unconfirmed subscriber is deleted: "three mails
    ever" would otherwise begin anew every week.
    """
    query = (
        sa.select(evidence.c.at)
        .where(_unanswered(shop_id, identity), evidence.c.kind == "requested")
        .order_by(evidence.c.number)
    )
    return [row.at for row in connection.execute(query)]


def _unanswered(shop_id: int, identity: str) -> sa.ColumnElement[bool]:
    mine = sa.and_(evidence.c.shop_id == shop_id, evidence.c.identity == identity)
    answered = (
        sa.select(sa.func.coalesce(sa.func.max(evidence.c.number), 0))
        .where(mine, evidence.c.kind == "confirmed")
        .scalar_subquery()
    )
    return sa.and_(mine, evidence.c.number > answered)


def forget_origins(connection: Connection, shop_id: int, identity: str) -> None:
    """Empty from where a person asked who never answered: without a consent it proves nothing."""
    connection.execute(
        sa.update(evidence)
        .where(_unanswered(shop_id, identity), evidence.c.nonce_origin.is_not(None))
        .values(dict.fromkeys(ORIGIN))
    )


def forget_people(connection: Connection, shop_id: int, before: datetime) -> int:
    """Empty what tells the person in the records of all who were last heard of before a time.

    The proof of a consent stays as long as the consent itself. Returns the number of records.
    """
    alive = sa.select(subscribers.c.identity).where(
        subscribers.c.shop_id == shop_id, subscribers.c.state == "confirmed"
    )
    old = (
        sa.select(evidence.c.identity)
        .where(evidence.c.shop_id == shop_id, evidence.c.identity.is_not(None))
        .group_by(evidence.c.identity)
        .having(sa.func.max(evidence.c.at) < before)
    )
    return connection.execute(
        sa.update(evidence)
        .where(
            evidence.c.shop_id == shop_id,
            evidence.c.identity.in_(old),
            evidence.c.identity.not_in(alive),
        )
        .values(dict.fromkeys(PERSON + ORIGIN))
    ).rowcount
