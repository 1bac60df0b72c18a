"""What shoppers wrote about an order, and what they say of a delivery."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.shops import touch_messages
from plugin.store.writing import insert_ignoring, upsert

_MINE = personal("message", erase="row", keep_days=365)
_SAID = personal("delivery_answer", erase="row", keep_days=365)

service_messages = sa.Table(
    "service_messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Check value of order, day and words: sent twice, it is one message.
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("identity", sa.String(64), nullable=False, info=_MINE),
    sa.Column("email_sealed", sa.Text, nullable=False, info=_MINE),
    sa.Column("text_sealed", sa.Text, nullable=False, info=_MINE),
    sa.Column("order_id", sa.String(80), nullable=False),
    sa.Column("number", sa.String(40), nullable=False),
    # where, missing, damaged, change, other
    sa.Column("reason", sa.String(10), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    # By when an answer was promised; None: nothing was.
    sa.Column("due_at", Utc),
    # open, answered, closed (needs no answer)
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("settled_at", Utc),
    sa.UniqueConstraint("shop_id", "request_id"),
    sa.Index("ix_service_messages_received", "shop_id", "received_at"),
    sa.Index("ix_service_messages_state", "shop_id", "state"),
    sa.Index("ix_service_messages_order", "shop_id", "order_id"),
    sqlite_autoincrement=True,
)

service_answers = sa.Table(
    "service_answers",
    metadata,
    shop_column(primary_key=True),
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("identity", sa.String(64), info=_SAID),
    # When the shopper said that everything is there.
    sa.Column("good_at", Utc),
    # 1 (bad) to 5 (very good)
    sa.Column("score", sa.Integer),
    sa.Column("words_sealed", sa.Text, info=_SAID),
    sa.Column("at", Utc, nullable=False),
    sa.Index("ix_service_answers_at", "shop_id", "at"),
)


@dataclass(frozen=True)
class Message:
    """One message; address and text are sealed."""

    id: int
    email_sealed: str
    text_sealed: str
    order_id: str
    number: str
    reason: str
    language: str
    received_at: datetime
    due_at: datetime | None
    state: str
    settled_at: datetime | None


@dataclass(frozen=True)
class Timing:
    """When a message came, and when it was settled."""

    received_at: datetime
    state: str
    settled_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """What somebody said of a delivery; `words_sealed` is sealed."""

    order_id: str
    good_at: datetime | None
    score: int | None
    words_sealed: str | None
    at: datetime


_FIELDS = [service_messages.c[field.name] for field in fields(Message)]
_ANSWER = [service_answers.c[field.name] for field in fields(Answer)]


def add_message(connection: Connection, shop_id: int, values: dict[str, Any]) -> int | None:
    """Add a message and return its id, None if it is known already."""
    row = {"shop_id": shop_id, "state": "open", **values}
    insert = insert_ignoring(connection, service_messages).values(row)
    touch_messages(connection, shop_id)
    return connection.execute(insert.returning(service_messages.c.id)).scalar()


def message_by_id(
    connection: Connection, shop_id: int, message_id: int, *, lock: bool = False
) -> Message | None:
    """Return one message of the shop."""
    query = sa.select(*_FIELDS).where(
        service_messages.c.shop_id == shop_id, service_messages.c.id == message_id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Message(**row._mapping)


def settle(
    connection: Connection, shop_id: int, message_id: int, state: str, now: datetime
) -> None:
    """Note that a message was answered, or needs no answer."""
    touch_messages(connection, shop_id)
    connection.execute(
        sa.update(service_messages)
        .where(service_messages.c.shop_id == shop_id, service_messages.c.id == message_id)
        .values(state=state, settled_at=now)
    )


def open_messages(connection: Connection, shop_id: int, limit: int) -> list[Message]:
    """Return what waits for an answer, the oldest first."""
    query = _of_shop(shop_id, service_messages.c.state == "open")
    query = query.order_by(service_messages.c.received_at, service_messages.c.id).limit(limit)
    return [Message(**row._mapping) for row in connection.execute(query)]


def settled_messages(connection: Connection, shop_id: int, limit: int) -> list[Message]:
    """Return what waits no longer, what was settled last first."""
    query = _of_shop(shop_id, service_messages.c.state != "open")
    query = query.order_by(service_messages.c.settled_at.desc(), service_messages.c.id.desc())
    return [Message(**row._mapping) for row in connection.execute(query.limit(limit))]


def _of_shop(shop_id: int, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(*_FIELDS).where(service_messages.c.shop_id == shop_id, *where)


def count_open(connection: Connection, shop_id: int) -> int:
    """Return how many messages wait for an answer."""
    query = sa.select(sa.func.count()).where(
        service_messages.c.shop_id == shop_id, service_messages.c.state == "open"
    )
    return int(connection.execute(query).scalar_one())


def last_of_order(connection: Connection, shop_id: int, order_id: str) -> Message | None:
    """Return the newest message about an order."""
    query = _of_shop(shop_id, service_messages.c.order_id == order_id)
    query = query.order_by(service_messages.c.received_at.desc(), service_messages.c.id.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else Message(**row._mapping)


def timings_since(
    connection: Connection, shop_id: int, since: datetime, limit: int
) -> list[Timing]:
    """Return how it went with the messages that came since then, at most the newest `limit`."""
    column = service_messages.c
    query = (
        sa.select(column.received_at, column.state, column.settled_at)
        .where(column.shop_id == shop_id, column.received_at >= since)
        .order_by(column.received_at.desc())
        .limit(limit)
    )
    return [Timing(**row._mapping) for row in connection.execute(query)]


def reasons_between(
    connection: Connection, shop_id: int, start: datetime, end: datetime
) -> dict[str, int]:
    """Count the messages of a stretch of time by their reason."""
    column = service_messages.c
    query = (
        sa.select(column.reason, sa.func.count().label("n"))
        .where(column.shop_id == shop_id, column.received_at >= start, column.received_at < end)
        .group_by(column.reason)
    )
    return {row.reason: row.n for row in connection.execute(query)}


def answer_of(connection: Connection, shop_id: int, order_id: str) -> Answer | None:
    """Return what was said of the delivery of an order."""
    query = sa.select(*_ANSWER).where(
        service_answers.c.shop_id == shop_id, service_answers.c.order_id == order_id
    )
    row = connection.execute(query).first()
    return None if row is None else Answer(**row._mapping)


def put_answer(connection: Connection, shop_id: int, order_id: str, values: dict[str, Any]) -> None:
    """Write down what is said of a delivery; what is given replaces what was said before."""
    upsert(connection, service_answers, [{"shop_id": shop_id, "order_id": order_id, **values}])


def scores_since(connection: Connection, shop_id: int, since: datetime) -> dict[int, int]:
    """Count the scores given since then."""
    column = service_answers.c
    query = (
        sa.select(column.score, sa.func.count().label("n"))
        .where(column.shop_id == shop_id, column.at >= since, column.score.is_not(None))
        .group_by(column.score)
    )
    return {row.score: row.n for row in connection.execute(query)}


def newest_words(connection: Connection, shop_id: int, limit: int) -> list[Answer]:
    """Return the newest answers with words of their own."""
    column = service_answers.c
    query = (
        sa.select(*_ANSWER)
        .where(column.shop_id == shop_id, column.words_sealed.is_not(None))
        .order_by(column.at.desc())
        .limit(limit)
    )
    return [Answer(**row._mapping) for row in connection.execute(query)]
