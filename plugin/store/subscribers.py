"""Subscribers, and the ids of forms that were taken already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.writing import insert_ignoring

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Check value of the normalised address: one person, one row.
    sa.Column(
        "identity",
        sa.String(64),
        nullable=False,
        info=personal("subscription", erase="row", keep_days=None),
    ),
    sa.Column(
        "email_sealed",
        sa.Text,
        nullable=False,
        info=personal("subscription", erase="row", keep_days=None),
    ),
    sa.Column("state", sa.String(12), nullable=False),  # pending, confirmed, unsubscribed
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("purposes", sa.JSON, nullable=False),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("campaign_version", sa.Integer, nullable=False),
    sa.Column("widget", sa.String(40), nullable=False),
    # The arms of experiments that the person was in: numbers of campaigns, nothing of the visit.
    sa.Column("arms", sa.JSON),
    sa.Column("requested_at", Utc, nullable=False),
    sa.Column("confirmed_at", Utc),
    sa.Column("unsubscribed_at", Utc),
    # Unconfirmed rows are deleted at this time.
    sa.Column("expires_at", Utc),
    sa.Column("mails_sent", sa.Integer, nullable=False),
    sa.Column("last_mail_at", Utc),
    sa.Column(
        "customer_id", sa.String(80), info=personal("subscription", erase="row", keep_days=None)
    ),
    # Name, month of birth, topics: what the person chose to say.
    sa.Column("declared_sealed", sa.Text, info=personal("profile", erase="row", keep_days=None)),
    # The address is one of a throw-away provider.
    sa.Column("throwaway", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("shop_id", "identity"),
    sa.Index("ix_subscribers_expiry", "state", "expires_at"),
    # The newest one is looked at on every page of the merchant.
    sa.Index("ix_subscribers_requested", "shop_id", "requested_at", "id"),
    # Everybody is handed out page by page: without it SQLite sorts all of them for each page.
    sa.Index("ix_subscribers_listed", "shop_id", "id"),
    sqlite_autoincrement=True,
)

#: When the present state of a person began. Each list of the merchant is read in that order from
#: an index of its own; the state is written out, for an index with a condition is of use only to
#: a question with the very same one.
SINCE = {
    "pending": subscribers.c.requested_at,
    "confirmed": subscribers.c.confirmed_at,
    "unsubscribed": subscribers.c.unsubscribed_at,
}
IN_STATE = {state: subscribers.c.state == sa.literal_column(f"'{state}'") for state in SINCE}
for _state, _since in SINCE.items():
    sa.Index(
        f"ix_subscribers_{_state}",
        subscribers.c.shop_id,
        _since,
        subscribers.c.id,
        sqlite_where=IN_STATE[_state],
        postgresql_where=IN_STATE[_state],
    )

# Idempotency of sign-ups: the same form sent twice is one request.
sign_ups = sa.Table(
    "sign_ups",
    metadata,
    shop_column(primary_key=True),
    sa.Column("request_id", sa.String(40), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Subscriber:
    """One person who asked for mail; `email_sealed` opens with Keyring.unseal(…, "email", …)."""

    id: int
    shop_id: int
    identity: str
    email_sealed: str
    state: str
    language: str
    purposes: list[str]
    campaign_id: int
    campaign_version: int
    widget: str
    requested_at: datetime
    confirmed_at: datetime | None
    unsubscribed_at: datetime | None
    expires_at: datetime | None
    mails_sent: int
    customer_id: str | None
    arms: Any = None
    declared_sealed: str | None = None

    def waited_in_vain(self, now: datetime) -> bool:
        """Tell whether nobody confirmed within the time that there was for it."""
        over = self.expires_at is not None and self.expires_at <= now
        return self.state == "pending" and over


_FIELDS = [subscribers.c[field.name] for field in fields(Subscriber)]


def _subscriber(row: sa.Row[Any] | None) -> Subscriber | None:
    return None if row is None else Subscriber(**row._mapping)


def remember_sign_up(connection: Connection, shop_id: int, request_id: str, at: datetime) -> bool:
    """Note a form's request id; False if the shop has seen it before."""
    query = insert_ignoring(connection, sign_ups).values(
        shop_id=shop_id, request_id=request_id, at=at
    )
    return connection.execute(query.returning(sign_ups.c.request_id)).first() is not None


def forget_left(connection: Connection, shop_id: int, before: datetime) -> int:
    """Delete who unsubscribed before a time: the proof of their consent is over as well."""
    gone = sa.and_(subscribers.c.state == "unsubscribed", subscribers.c.unsubscribed_at < before)
    return connection.execute(
        sa.delete(subscribers).where(subscribers.c.shop_id == shop_id, gone)
    ).rowcount


def forget_sign_ups(connection: Connection, shop_id: int, before: datetime) -> None:
    """Delete request ids that no browser will send again."""
    connection.execute(
        sa.delete(sign_ups).where(sign_ups.c.shop_id == shop_id, sign_ups.c.at < before)
    )


def lock_person(connection: Connection, shop_id: int, identity: str) -> None:
    """Let one transaction at a time decide about a person, whether a row exists yet or not.

    SQLite has only one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        number = int(sha256(f"{shop_id}:{identity}".encode()).hexdigest()[:15], 16)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def subscriber_by_id(
    connection: Connection, shop_id: int, subscriber_id: int, *, lock: bool = False
) -> Subscriber | None:
    """Return one subscriber of the shop; `lock` keeps others from changing it meanwhile."""
    query = sa.select(*_FIELDS).where(
        subscribers.c.shop_id == shop_id, subscribers.c.id == subscriber_id
    )
    if lock:
        query = query.with_for_update()
    return _subscriber(connection.execute(query).first())


def subscriber_by_identity(
    connection: Connection, shop_id: int, identity: str
) -> Subscriber | None:
    """Return the subscriber that a person is in this shop."""
    query = sa.select(*_FIELDS).where(
        subscribers.c.shop_id == shop_id, subscribers.c.identity == identity
    )
    return _subscriber(connection.execute(query).first())


def subscriber_by_customer(
    connection: Connection, shop_id: int, customer_id: str
) -> Subscriber | None:
    """Return the subscriber who is this customer of the platform."""
    query = sa.select(*_FIELDS).where(
        subscribers.c.shop_id == shop_id, subscribers.c.customer_id == customer_id
    )
    return _subscriber(connection.execute(query.limit(1)).first())


def is_confirmed_customer(connection: Connection, shop_id: int, customer_id: str) -> bool:
    """Tell whether a customer of the shop has confirmed the newsletter and not left it."""
    query = sa.select(subscribers.c.id).where(
        subscribers.c.shop_id == shop_id,
        subscribers.c.customer_id == customer_id,
        subscribers.c.state == "confirmed",
    )
    return connection.execute(query.limit(1)).first() is not None


def count_throwaway(connection: Connection, shop_id: int, since: datetime) -> int:
    """Return how many people signed up with a throw-away address since a moment."""
    query = sa.select(sa.func.count()).where(
        subscribers.c.shop_id == shop_id,
        subscribers.c.throwaway.is_(True),
        subscribers.c.requested_at >= since,
    )
    return int(connection.execute(query).scalar_one())


def insert_subscriber(
    connection: Connection,
    shop_id: int,
    values: Mapping[str, Any],
) -> int:
    """Add a subscriber and return its id."""
    result = connection.execute(
        sa.insert(subscribers)
        .values(shop_id=shop_id, mails_sent=0, **values)
        .returning(subscribers.c.id)
    )
    return int(result.scalar_one())


def update_subscriber(
    connection: Connection, shop_id: int, subscriber_id: int, **values: object
) -> None:
    """Change some columns of one subscriber."""
    connection.execute(
        sa.update(subscribers)
        .where(subscribers.c.shop_id == shop_id, subscribers.c.id == subscriber_id)
        .values(**values)
    )


def count_mail(connection: Connection, shop_id: int, subscriber_id: int, at: datetime) -> None:
    """Note that a mail to the subscriber was taken by the mail server."""
    connection.execute(
        sa.update(subscribers)
        .where(subscribers.c.shop_id == shop_id, subscribers.c.id == subscriber_id)
        .values(mails_sent=subscribers.c.mails_sent + 1, last_mail_at=at)
    )


def delete_if_expired(
    connection: Connection, shop_id: int, subscriber_id: int, now: datetime
) -> bool:
    """Delete a subscriber who never confirmed and whose time is over."""
    result = connection.execute(
        sa.delete(subscribers).where(
            subscribers.c.shop_id == shop_id,
            subscribers.c.id == subscriber_id,
            subscribers.c.state == "pending",
            subscribers.c.expires_at <= now,
        )
    )
    return result.rowcount == 1
