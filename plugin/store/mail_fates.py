"""What became of mails after they were sent: came back, read, followed, and the sums of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.outbox import outbox


@dataclass(frozen=True)
class Fate:
    """One mail that went out, as far as its fate is concerned."""

    id: int
    kind: str
    identity: str | None
    sent_at: datetime | None
    outcome: str | None
    followed: bool
    seen: str | None


_COLUMNS = [
    outbox.c[name] for name in ("id", "kind", "identity", "sent_at", "outcome", "followed", "seen")
]


def fate_of(connection: Connection, shop_id: int, mail_id: int) -> Fate | None:
    """Return the fate of a mail of the shop, locked until the transaction ends."""
    query = sa.select(*_COLUMNS).where(outbox.c.shop_id == shop_id, outbox.c.id == mail_id)
    row = connection.execute(query.with_for_update()).first()
    return None if row is None else Fate(*row)


def mail_of_message(connection: Connection, shop_id: int, message_id: str) -> int | None:
    """Return the id of the shop's mail with this Message-ID."""
    query = sa.select(outbox.c.id).where(
        outbox.c.shop_id == shop_id, outbox.c.message_id == message_id
    )
    return connection.execute(query).scalar()


@dataclass(frozen=True)
class FateCount:
    """How many mails have the same fate."""

    state: str
    outcome: str | None
    followed: bool
    seen: str | None
    count: int


def count_fates(connection: Connection, shop_id: int, since: datetime) -> list[FateCount]:
    """Return how many mails that were queued since a moment met which fate."""
    columns = (outbox.c.state, outbox.c.outcome, outbox.c.followed, outbox.c.seen)
    query = (
        sa.select(*columns, sa.func.count())
        .where(outbox.c.shop_id == shop_id, outbox.c.queued_at >= since)
        .group_by(*columns)
    )
    return [FateCount(*row) for row in connection.execute(query)]
