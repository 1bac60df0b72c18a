"""The discount guard: its limits for a shop, and every decision it ever made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, personal, shop_column
from plugin.store.shops import lock_shop
from plugin.store.vouchers import vouchers
from plugin.store.writing import insert_ignoring

guard_limits = sa.Table(
    "guard_limits",
    metadata,
    shop_column(primary_key=True),
    # What the merchant set; {} until then.
    sa.Column("limits", sa.JSON, nullable=False),
    # Raised by each change; two people saving at once see each other by it.
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    # Which campaigns the storefront was last told to claim a voucher for: {id: bool}.
    sa.Column("claims", sa.JSON, nullable=False),
    # Since when the present share of shoppers is held back; None: as long as there are vouchers.
    sa.Column("held_back_since", Utc),
)

# Rows are only ever added. Erasing a person empties the check value, the decision stays.
guard_decisions = sa.Table(
    "guard_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("at", Utc, nullable=False),
    # First day of the month whose budget the amount is taken from, or given back to.
    sa.Column("month", sa.Date, nullable=False),
    sa.Column(
        "identity", sa.String(64), info=personal("guard_decision", erase="blank", keep_days=730)
    ),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("widget", sa.String(40), nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),  # allow, smaller, no, release
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("amount", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Index("ix_guard_decisions_at", "shop_id", "at"),
    sa.Index("ix_guard_decisions_month", "shop_id", "month"),
    sa.Index("ix_guard_decisions_identity", "shop_id", "identity"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class StoredLimits:
    """What the merchant set, and how often it was changed."""

    limits: dict[str, Any]
    revision: int


def lock_budget(connection: Connection, shop_id: int) -> None:
    """Let one transaction at a time spend the shop's budget."""
    lock_shop(connection, shop_id)


def stored_limits(connection: Connection, shop_id: int) -> StoredLimits:
    """Return what the merchant set, ({}, 0) if nothing ever was."""
    query = sa.select(guard_limits.c.limits, guard_limits.c.revision)
    row = connection.execute(query.where(guard_limits.c.shop_id == shop_id)).first()
    return StoredLimits({}, 0) if row is None else StoredLimits(row.limits, row.revision)


def put_limits(
    connection: Connection,
    shop_id: int,
    limits: dict[str, Any],
    revision: int,
    now: datetime,
    *,
    other_share: bool,
) -> None:
    """Store limits under a new revision; `other_share`: another share of shoppers is held back."""
    _with_row(connection, shop_id, now)
    values = {"limits": limits, "revision": revision, "updated_at": now}
    if other_share:
        values["held_back_since"] = now
    connection.execute(
        sa.update(guard_limits).where(guard_limits.c.shop_id == shop_id).values(**values)
    )


def held_back_since(connection: Connection, shop_id: int) -> datetime | None:
    """Return since when the present share of shoppers is held back, None: from the first day."""
    query = sa.select(guard_limits.c.held_back_since).where(guard_limits.c.shop_id == shop_id)
    return connection.execute(query).scalar()


def told_claims(connection: Connection, shop_id: int) -> dict[str, bool]:
    """Return which campaigns the storefront was last told to claim a voucher for."""
    query = sa.select(guard_limits.c.claims).where(guard_limits.c.shop_id == shop_id)
    return dict(connection.execute(query).scalar() or {})


def put_claims(
    connection: Connection, shop_id: int, claims: Mapping[str, bool], now: datetime
) -> None:
    """Note what the storefront is told now."""
    _with_row(connection, shop_id, now)
    connection.execute(
        sa.update(guard_limits).where(guard_limits.c.shop_id == shop_id).values(claims=dict(claims))
    )


def _with_row(connection: Connection, shop_id: int, now: datetime) -> None:
    row = {"shop_id": shop_id, "limits": {}, "revision": 0, "updated_at": now, "claims": {}}
    connection.execute(insert_ignoring(connection, guard_limits).values(row))


@dataclass(frozen=True)
class DecisionRow:
    """One decision as it is written down."""

    at: datetime
    month: date
    identity: str | None
    campaign_id: int
    widget: str
    verdict: str
    reason: str
    amount: Decimal
    currency: str


def add_decision(connection: Connection, shop_id: int, row: DecisionRow) -> int:
    """Append what the guard decided, and for how much; returns the row's number."""
    query = sa.insert(guard_decisions).values(shop_id=shop_id, **row.__dict__)
    return int(connection.execute(query.returning(guard_decisions.c.id)).scalar_one())


def granted_in(connection: Connection, shop_id: int, month: date, currency: str) -> Decimal:
    """Return what was granted from a month's budget less what was given back to it."""
    query = sa.select(guard_decisions.c.verdict, guard_decisions.c.amount).where(
        guard_decisions.c.shop_id == shop_id,
        guard_decisions.c.month == month,
        guard_decisions.c.currency == currency,
        guard_decisions.c.verdict.in_(tuple(_SIGNS)),
    )
    # Summed here: SQLite would add the decimal texts as floats.
    return sum((_SIGNS[row.verdict] * row.amount for row in connection.execute(query)), Decimal(0))


_SIGNS = {"allow": 1, "smaller": 1, "release": -1}


@dataclass(frozen=True)
class Redeemed:
    """What came in on vouchers: the discounts, and how far they went beyond what was set aside."""

    amount: Decimal
    beyond: Decimal


def redeemed_between(
    connection: Connection, shop_id: int, start: datetime, end: datetime, currency: str
) -> Redeemed:
    """Return what the vouchers cost that were redeemed in a stretch of time."""
    query = sa.select(vouchers.c.reserved, vouchers.c.redeemed_amount).where(
        vouchers.c.shop_id == shop_id,
        vouchers.c.state == "redeemed",
        vouchers.c.redeemed_at >= start,
        vouchers.c.redeemed_at < end,
        vouchers.c.currency == currency,
    )
    amount = beyond = Decimal(0)
    for row in connection.execute(query):
        cost = row.redeemed_amount or Decimal(0)
        amount += cost
        beyond += max(cost - row.reserved, Decimal(0))
    return Redeemed(amount, beyond)


def decisions_between(
    connection: Connection, shop_id: int, start: datetime, end: datetime
) -> dict[tuple[str, str], int]:
    """Count the decisions by (verdict, reason)."""
    query = (
        sa.select(guard_decisions.c.verdict, guard_decisions.c.reason, sa.func.count().label("n"))
        .where(
            guard_decisions.c.shop_id == shop_id,
            guard_decisions.c.at >= start,
            guard_decisions.c.at < end,
        )
        .group_by(guard_decisions.c.verdict, guard_decisions.c.reason)
    )
    return {(row.verdict, row.reason): row.n for row in connection.execute(query)}


def last_reason(connection: Connection, shop_id: int, identity: str) -> str | None:
    """Return the reason of the newest decision about a person, None if there was none."""
    query = (
        sa.select(guard_decisions.c.reason)
        .where(guard_decisions.c.shop_id == shop_id, guard_decisions.c.identity == identity)
        .order_by(guard_decisions.c.id.desc())
    )
    return connection.execute(query.limit(1)).scalar()
