"""The people of a shop: who may sign in by mail, as what, and with which second factor."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, personal, shop_column

_OURS = personal("team", erase="blank", keep_days=None)

team = sa.Table(
    "team",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    # Stays after somebody left, because the log of accesses says who it was.
    sa.Column("name", sa.String(80), nullable=False, info=_OURS),
    # owner, staff, reader
    sa.Column("role", sa.String(10), nullable=False),
    # Both are empty once somebody left.
    sa.Column("email_check", sa.String(64), info=_OURS),
    sa.Column("email_sealed", sa.Text, info=_OURS),
    # Counts up whenever every session of this person has to end.
    sa.Column("epoch", sa.Integer, nullable=False),
    # The secret of the second factor; set with the first right code.
    sa.Column("factor_sealed", sa.Text),
    # The time step of the last code that was taken: none is good twice.
    sa.Column("factor_step", sa.BigInteger, nullable=False),
    # Check values of the recovery codes that are left.
    sa.Column("recovery", sa.JSON, nullable=False),
    sa.Column("invited_at", Utc, nullable=False),
    sa.Column("joined_at", Utc),
    sa.Column("left_at", Utc),
    # This owner does not want to be told by mail what needs a decision.
    sa.Column("daily_mail_off", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("shop_id", "email_check"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Member:
    """One person of a shop."""

    id: int
    shop_id: int
    name: str
    role: Literal["owner", "staff", "reader"]
    email_sealed: str | None = field(repr=False)
    epoch: int
    factor_sealed: str | None = field(repr=False)
    factor_step: int
    recovery: list[str] = field(repr=False)
    invited_at: datetime
    joined_at: datetime | None
    left_at: datetime | None
    daily_mail_off: bool

    @property
    def has_factor(self) -> bool:
        """Tell whether signing in asks for a code as well."""
        return self.factor_sealed is not None


_COLUMNS = [team.c[item.name] for item in fields(Member)]


def add(
    connection: Connection,
    shop_id: int,
    *,
    name: str,
    role: str,
    email_check: str,
    email_sealed: str,
    at: datetime,
    joined: bool,
) -> Member:
    """Store a new person, invited or (`joined`) in already."""
    values = {
        "shop_id": shop_id,
        "name": name,
        "role": role,
        "email_check": email_check,
        "email_sealed": email_sealed,
        "epoch": 1,
        "factor_step": 0,
        "recovery": [],
        "invited_at": at,
        "joined_at": at if joined else None,
    }
    row = connection.execute(sa.insert(team).values(**values).returning(*_COLUMNS)).one()
    return Member(**row._mapping)


def member(
    connection: Connection, shop_id: int, member_id: int, *, lock: bool = False
) -> Member | None:
    """Return a person of the shop, also one who left; `lock` holds others off the row."""
    query = sa.select(*_COLUMNS).where(team.c.shop_id == shop_id, team.c.id == member_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Member(**row._mapping)


def by_address(connection: Connection, shop_id: int, email_check: str) -> Member | None:
    """Return the person with this mail address."""
    query = sa.select(*_COLUMNS).where(team.c.shop_id == shop_id, team.c.email_check == email_check)
    row = connection.execute(query).first()
    return None if row is None else Member(**row._mapping)


def all_of(connection: Connection, shop_id: int) -> list[Member]:
    """Return everybody, also those who left, in the order in which they came."""
    query = sa.select(*_COLUMNS).where(team.c.shop_id == shop_id).order_by(team.c.id)
    return [Member(**row._mapping) for row in connection.execute(query)]


def owners(connection: Connection, shop_id: int) -> int:
    """Return how many owners can sign in; nobody else changes one until the transaction ends."""
    query = sa.select(team.c.id).where(
        team.c.shop_id == shop_id,
        team.c.role == "owner",
        team.c.joined_at.is_not(None),
        team.c.left_at.is_(None),
    )
    return len(connection.execute(query.order_by(team.c.id).with_for_update()).all())


def change(connection: Connection, shop_id: int, member_id: int, **values: Any) -> None:  # noqa: ANN401
    """Set columns of a person."""
    where = sa.and_(team.c.shop_id == shop_id, team.c.id == member_id)
    connection.execute(sa.update(team).where(where).values(**values))


def end_sessions(connection: Connection, shop_id: int, member_id: int) -> None:
    """Let every session of a person be the last of it."""
    change(connection, shop_id, member_id, epoch=team.c.epoch + 1)


def take_step(connection: Connection, shop_id: int, member_id: int, step: int) -> bool:
    """Note the time step of a code; False if this or a later one was taken already."""
    newer = sa.update(team).where(
        team.c.shop_id == shop_id, team.c.id == member_id, team.c.factor_step < step
    )
    return connection.execute(newer.values(factor_step=step)).rowcount == 1
