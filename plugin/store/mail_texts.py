"""A merchant's own texts of mails: the draft of each and every version that was ever sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.outbox import outbox
from plugin.store.shops import lock_shop
from plugin.store.writing import upsert

#: The number of the draft: versions count from 1.
DRAFT = 0

mail_texts = sa.Table(
    "mail_texts",
    metadata,
    shop_column(primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    # de-du, de-sie, en: who changes the form of address gets Bleib's text until there is an own.
    sa.Column("voice", sa.String(6), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    # By part; a part that is not there is Bleib's own.
    sa.Column("texts", sa.JSON, nullable=False),
    sa.Column("saved_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class StoredTexts:
    """One version of the texts of a mail."""

    version: int
    texts: dict[str, str]
    saved_at: datetime


def all_texts(
    connection: Connection, shop_id: int, kind: str, voice: str, *, lock: bool = False
) -> list[StoredTexts]:
    """Return every version, the newest first, the draft last; `lock` lets one at a time write."""
    if lock:
        lock_shop(connection, shop_id)
    query = (
        sa.select(mail_texts.c.version, mail_texts.c.texts, mail_texts.c.saved_at)
        .where(
            mail_texts.c.shop_id == shop_id,
            mail_texts.c.kind == kind,
            mail_texts.c.voice == voice,
        )
        .order_by(mail_texts.c.version.desc())
    )
    return [StoredTexts(**row._mapping) for row in connection.execute(query)]


def sent_texts(connection: Connection, shop_id: int, kind: str, voice: str) -> dict[str, str]:
    """Return the texts that are sent now, {} where the mail is Bleib's own."""
    query = (
        sa.select(mail_texts.c.texts)
        .where(
            mail_texts.c.shop_id == shop_id,
            mail_texts.c.kind == kind,
            mail_texts.c.voice == voice,
            mail_texts.c.version > DRAFT,
        )
        .order_by(mail_texts.c.version.desc())
        .limit(1)
    )
    return connection.execute(query).scalar() or {}


def own_kinds(connection: Connection, shop_id: int) -> dict[tuple[str, str], dict[str, str]]:
    """Return the texts that are sent now by kind and voice, where there are any."""
    query = (
        sa.select(mail_texts.c.kind, mail_texts.c.voice, mail_texts.c.texts)
        .where(mail_texts.c.shop_id == shop_id, mail_texts.c.version > DRAFT)
        .order_by(mail_texts.c.version)
    )
    newest = {(row.kind, row.voice): row.texts for row in connection.execute(query)}
    return {place: texts for place, texts in newest.items() if texts}


def put_texts(
    connection: Connection,
    shop_id: int,
    kind: str,
    voice: str,
    version: int,
    texts: Mapping[str, str],
    now: datetime,
) -> None:
    """Write the draft anew, or a version for the first time."""
    row = {
        "shop_id": shop_id,
        "kind": kind,
        "voice": voice,
        "version": version,
        "texts": dict(texts),
        "saved_at": now,
    }
    upsert(connection, mail_texts, [row])


def sent_since(connection: Connection, shop_id: int, since: datetime) -> dict[str, int]:
    """Count by kind the mails that a server took since then."""
    query = (
        sa.select(outbox.c.kind, sa.func.count())
        .where(outbox.c.shop_id == shop_id, outbox.c.sent_at >= since)
        .group_by(outbox.c.kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
