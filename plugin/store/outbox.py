"""The mail outbox: one row for each recipient, queued, sending, sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column
from plugin.store.steps import steps
from plugin.store.writing import insert_ignoring

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("kind", sa.String(30), nullable=False),  # see services/mails/kinds.py
    sa.Column("key", sa.String(120), nullable=False),
    # Fixed with the row, so that a second delivery is recognisable as the same mail.
    sa.Column("message_id", sa.String(120), nullable=False, unique=True),
    sa.Column("identity", sa.String(64), info=personal("mail", erase="blank", keep_days=90)),
    sa.Column("recipient_sealed", sa.Text, info=personal("mail", erase="blank", keep_days=90)),
    sa.Column("language", sa.String(2), nullable=False),
    # What the template needs beside the shop: sealed, because links in it are keys.
    sa.Column("values_sealed", sa.Text, info=personal("mail", erase="blank", keep_days=90)),
    # queued, sending, sent, refused, unknown, cancelled, suppressed
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # How often it went out again because nobody knew whether it had.
    sa.Column("resent", sa.Integer, nullable=False),
    sa.Column("queued_at", Utc, nullable=False),
    sa.Column("sent_at", Utc),
    sa.Column("body_hash", sa.String(64)),
    sa.Column("error", sa.String(120)),
    # What came back later: delivered, soft, hard, complaint.
    sa.Column("outcome", sa.String(10)),
    # Whether opening and clicking is counted: only with the person's consent.
    sa.Column("followed", sa.Boolean, nullable=False),
    # The furthest that it came: machine, opened, clicked.
    sa.Column("seen", sa.String(8), info=personal("mail", erase="blank", keep_days=90)),
    sa.UniqueConstraint("shop_id", "key"),
    sa.Index("ix_outbox_state", "state"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class QueuedMail:
    """One row of the outbox; the sealed parts are None after an erasure."""

    id: int
    shop_id: int
    kind: str
    key: str
    message_id: str
    identity: str | None
    recipient_sealed: str | None
    language: str
    values_sealed: str | None
    state: str
    attempts: int
    resent: int
    queued_at: datetime


_FIELDS = [outbox.c[field.name] for field in fields(QueuedMail)]


def new_message_id(shop_id: int, domain: str) -> str:
    """Return a Message-ID that nobody can guess and that says whose mail it is."""
    return f"<{shop_id:x}.{uuid.uuid4().hex}@{domain}>"


def shop_of_message_id(message_id: str) -> int | None:
    """Return the shop of a Message-ID of ours, None for others."""
    found = re.match(r"<([0-9a-f]{1,7})\.[0-9a-f]{32}@", message_id)
    return None if found is None else int(found[1], 16)


def insert_mail(connection: Connection, shop_id: int, values: Mapping[str, Any]) -> int | None:
    """Queue a mail and return its id; None if the shop has one with this key already."""
    query = (
        insert_ignoring(connection, outbox)
        .values(shop_id=shop_id, state="queued", attempts=0, resent=0, followed=False, **values)
        .returning(outbox.c.id)
    )
    return connection.execute(query).scalar()


def mail_for_sending(connection: Connection, shop_id: int, mail_id: int) -> QueuedMail | None:
    """Return a mail of the shop, locked until the transaction ends."""
    query = sa.select(*_FIELDS).where(outbox.c.shop_id == shop_id, outbox.c.id == mail_id)
    row = connection.execute(query.with_for_update()).first()
    return None if row is None else QueuedMail(**row._mapping)


def update_mail(connection: Connection, shop_id: int, mail_id: int, **values: object) -> None:
    """Change some columns of one mail."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.id == mail_id)
        .values(**values)
    )


def forget_confirmations(connection: Connection, shop_id: int, identity: str) -> None:
    """Empty the confirmation mails of a person who never confirmed; unsent ones are cancelled."""
    mine = sa.and_(
        outbox.c.shop_id == shop_id,
        outbox.c.identity == identity,
        outbox.c.kind == "confirmation",
    )
    connection.execute(
        sa.update(outbox).where(mine, outbox.c.state == "queued").values(state="cancelled")
    )
    connection.execute(
        sa.update(outbox).where(mine).values(recipient_sealed=None, values_sealed=None)
    )


def forget(connection: Connection, shop_id: int, key: str) -> None:
    """Empty one mail, so that nothing of a person is left of it; an unsent one is cancelled."""
    mine = sa.and_(outbox.c.shop_id == shop_id, outbox.c.key == key)
    unsent = outbox.c.state.in_(("queued", "sending"))
    connection.execute(
        sa.update(outbox)
        .where(mine)
        .values(
            identity=None,
            recipient_sealed=None,
            values_sealed=None,
            state=sa.case((unsent, "cancelled"), else_=outbox.c.state),
        )
    )


def stranded(connection: Connection, shop_id: int, before: datetime, limit: int = 100) -> list[int]:
    """Return unfinished mails queued before a time that no open or dead step looks after."""
    # A step's key is "mail:<id>", or that with a suffix where it was given anew.
    own_key = sa.literal("mail:") + sa.cast(outbox.c.id, sa.String)
    step = sa.exists().where(
        steps.c.shop_id == shop_id,
        steps.c.kind == "mail.send",
        sa.or_(steps.c.key == own_key, steps.c.key.like(own_key + ":%")),
        steps.c.state.in_(("waiting", "running", "dead")),
    )
    query = (
        sa.select(outbox.c.id)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.state.in_(("queued", "sending")),
            outbox.c.queued_at < before,
            ~step,
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [row.id for row in connection.execute(query)]


def undelivered(connection: Connection, shop_id: int) -> int:
    """Count the shop's mails that were refused or of which nobody knows whether they arrived."""
    query = sa.select(sa.func.count()).where(
        outbox.c.shop_id == shop_id, outbox.c.state.in_(("refused", "unknown"))
    )
    return int(connection.execute(query).scalar_one())
