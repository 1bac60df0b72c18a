"""The one e-mail service of a shop: sealed credentials, its list, and how far it was brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.subscribers import Subscriber, subscribers
from plugin.store.writing import Row, upsert

mail_connections = sa.Table(
    "mail_connections",
    metadata,
    shop_column(primary_key=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("credentials_sealed", sa.Text, nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("list_id", sa.String(80)),
    sa.Column("list_name", sa.String(200), nullable=False),
    # choosing (a list is still to be chosen), connected, revoked (credentials refused)
    sa.Column("state", sa.String(10), nullable=False),
    # Counts up with every new connection: work for an earlier one is work no more.
    sa.Column("edition", sa.Integer, nullable=False),
    # Only who confirmed or left since then is brought to the service.
    sa.Column("since", Utc, nullable=False),
    # Id of the last person that a running fill has brought; empty when none runs.
    sa.Column("filled_after", sa.Integer),
    sa.Column("asked_until", Utc),
    sa.Column("brought", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("last_at", Utc),
    sa.Column("error", sa.String(60)),
    sa.Column("connected_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class MailConnection:
    """A shop's e-mail service, its credentials still sealed."""

    shop_id: int
    service: str
    credentials_sealed: str = field(repr=False)
    account: str
    list_id: str | None
    list_name: str
    state: str
    edition: int
    since: datetime
    filled_after: int | None
    asked_until: datetime | None
    brought: int
    refused: int
    last_at: datetime | None
    error: str | None
    connected_at: datetime


_FIELDS = [mail_connections.c[field.name] for field in fields(MailConnection)]


def connection_of(
    connection: Connection, shop_id: int, *, lock: bool = False
) -> MailConnection | None:
    """Return the shop's e-mail service, None if it has chosen none."""
    query = sa.select(*_FIELDS).where(mail_connections.c.shop_id == shop_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else MailConnection(**row._mapping)


def put_connection(connection: Connection, shop_id: int, values: Mapping[str, object]) -> None:
    """Store a shop's e-mail service in place of any earlier one."""
    row: Row = {"shop_id": shop_id, **values}
    upsert(connection, mail_connections, [row])


def update_connection(
    connection: Connection, shop_id: int, edition: int, /, **values: object
) -> bool:
    """Change a connection; False if it is another one by now, and then nothing is changed."""
    changed = connection.execute(
        sa.update(mail_connections)
        .where(mail_connections.c.shop_id == shop_id, mail_connections.c.edition == edition)
        .values(**values)
    )
    return changed.rowcount == 1


def count_brought(
    connection: Connection, shop_id: int, edition: int, at: datetime, *, refused: bool
) -> None:
    """Note that the service took a person, or would not."""
    counter = mail_connections.c.refused if refused else mail_connections.c.brought
    connection.execute(
        sa.update(mail_connections)
        .where(mail_connections.c.shop_id == shop_id, mail_connections.c.edition == edition)
        .values({counter: counter + 1, mail_connections.c.last_at: at})
    )


def delete_connection(connection: Connection, shop_id: int) -> None:
    """Forget a shop's e-mail service with its credentials."""
    connection.execute(sa.delete(mail_connections).where(mail_connections.c.shop_id == shop_id))


def people_after(
    connection: Connection, shop_id: int, after: int, since: datetime, limit: int
) -> list[Subscriber]:
    """Return those behind `after`, by id, who confirmed or left at or after `since`."""
    columns = [subscribers.c[one.name] for one in fields(Subscriber)]
    query = (
        sa.select(*columns)
        .where(
            subscribers.c.shop_id == shop_id,
            subscribers.c.id > after,
            subscribers.c.confirmed_at.is_not(None),
            sa.or_(subscribers.c.confirmed_at >= since, subscribers.c.unsubscribed_at >= since),
        )
        .order_by(subscribers.c.id)
        .limit(limit)
    )
    return [Subscriber(**row._mapping) for row in connection.execute(query)]
