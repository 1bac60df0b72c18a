"""Events of the storefront, their daily sums, and refused input counted by reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.writing import insert_of

#: What is stored of an event begins with what its ticket, campaign and kind are hashed to.
SERIES_LENGTH = 16
MARK_LENGTH = 40

# Only hashes, so that a beacon sent twice counts once; emptied after two days.
event_ids = sa.Table(
    "event_ids",
    metadata,
    shop_column(primary_key=True),
    sa.Column("event_id", sa.String(MARK_LENGTH), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)

event_days = sa.Table(
    "event_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("widget", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("amount", Amount, nullable=False),
)

refusals = sa.Table(
    "refusals",
    metadata,
    shop_column(primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("reason", sa.String(60), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

# Counters of rate limits; the key is a check value, never an address in the clear.
limits = sa.Table(
    "limits",
    metadata,
    shop_column(primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("window_start", Utc, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_limits_window", "window_start"),
)


@dataclass(frozen=True)
class DayCount:
    """The sum of one kind of event of one widget on one day."""

    day: date
    widget: str
    kind: str
    count: int
    amount: Decimal


def remember_events(
    connection: Connection, shop_id: int, ids: Sequence[str], at: datetime
) -> set[str]:
    """Note the marks of events; returns those that were not known before."""
    if not ids:
        return set()
    rows = [{"shop_id": shop_id, "event_id": event_id, "at": at} for event_id in ids]
    query = insert_of(connection, event_ids).on_conflict_do_nothing()
    found = connection.execute(query.returning(event_ids.c.event_id), rows)
    return {row.event_id for row in found}


def events_of_series(connection: Connection, shop_id: int, series: str) -> int:
    """Return how many known events' marks begin with this one."""
    query = sa.select(sa.func.count()).where(
        event_ids.c.shop_id == shop_id,
        # Marks are hexadecimal: all that begin with the series stand between these two.
        event_ids.c.event_id.between(series, f"{series}g"),
    )
    return int(connection.execute(query).scalar_one())


def add_to_days(
    connection: Connection, shop_id: int, sums: Mapping[tuple[date, str, str], int]
) -> None:
    """Add to the sums of several (day, widget, kind)."""
    if not sums:
        return
    # In a fixed order, so that two transactions never wait for each other's rows.
    rows = [
        {
            "shop_id": shop_id,
            "day": day,
            "widget": widget,
            "kind": kind,
            "count": count,
            "amount": Decimal(0),
        }
        for (day, widget, kind), count in sorted(sums.items())
    ]
    insert = insert_of(connection, event_days)
    added = insert.on_conflict_do_update(
        index_elements=["shop_id", "day", "widget", "kind"],
        set_={"count": event_days.c["count"] + insert.excluded["count"]},
    )
    # One statement for all rows, whose text is the same for any number of them.
    connection.execute(added, rows)


def add_to_day(
    connection: Connection,
    shop_id: int,
    *,
    day: date,
    widget: str,
    kind: str,
    count: int,
    amount: Decimal,
) -> None:
    """Add to the sum of a day; both may be negative (a cancelled order takes back)."""
    insert = insert_of(connection, event_days).values(
        shop_id=shop_id, day=day, widget=widget, kind=kind, count=count, amount=Decimal(0)
    )
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "day", "widget", "kind"],
            set_={"count": event_days.c.count + insert.excluded["count"]},
        )
    )
    if amount:
        _add_amount(connection, shop_id, (day, widget, kind), amount)


def _add_amount(
    connection: Connection, shop_id: int, place: tuple[date, str, str], amount: Decimal
) -> None:
    # Read, add, write: SQLite keeps amounts as text and would add them as floats. The row is ours
    # already, the statement before has written it.
    where = sa.and_(
        event_days.c.shop_id == shop_id,
        event_days.c.day == place[0],
        event_days.c.widget == place[1],
        event_days.c.kind == place[2],
    )
    before = connection.execute(sa.select(event_days.c.amount).where(where)).scalar_one()
    connection.execute(sa.update(event_days).where(where).values(amount=before + amount))


def days_between(connection: Connection, shop_id: int, start: date, end: date) -> list[DayCount]:
    """Return the sums from `start` to `end`, both included, in the order of days."""
    query = (
        sa.select(
            event_days.c.day,
            event_days.c.widget,
            event_days.c.kind,
            event_days.c["count"],
            event_days.c.amount,
        )
        .where(event_days.c.shop_id == shop_id, event_days.c.day.between(start, end))
        .order_by(event_days.c.day, event_days.c.widget, event_days.c.kind)
    )
    return [
        DayCount(day, widget, kind, count, amount)
        for day, widget, kind, count, amount in connection.execute(query)
    ]


def totals_between(connection: Connection, shop_id: int, start: date, end: date) -> list[DayCount]:
    """Return the sum of each widget and kind from `start` to `end`, both included.

    Its day is the first of them that has any.
    """
    within = (event_days.c.shop_id == shop_id, event_days.c.day.between(start, end))
    kinds = (event_days.c.widget, event_days.c.kind)
    sums = (sa.func.min(event_days.c.day), sa.func.sum(event_days.c["count"]))
    counts = sa.select(*kinds, *sums).where(*within).group_by(*kinds)
    # Few days have an amount. Summed here: SQLite would add the decimal texts as floats.
    some = sa.select(*kinds, event_days.c.amount).where(*within, event_days.c.amount != Decimal(0))
    amounts: dict[tuple[str, str], Decimal] = {}
    for widget, kind, amount in connection.execute(some):
        amounts[widget, kind] = amounts.get((widget, kind), Decimal(0)) + amount
    return [
        DayCount(day, widget, kind, int(count), amounts.get((widget, kind), Decimal(0)))
        for widget, kind, day, count in connection.execute(counts)
    ]


def add_refusal(connection: Connection, shop_id: int, day: date, reason: str) -> None:
    """Count one refused input."""
    insert = insert_of(connection, refusals).values(
        shop_id=shop_id, day=day, reason=reason, count=1
    )
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "day", "reason"], set_={"count": refusals.c["count"] + 1}
        )
    )


def refusals_between(
    connection: Connection, shop_id: int, start: date, end: date
) -> list[tuple[str, int]]:
    """Return reasons with their counts from `start` to `end`, the most frequent first."""
    total = sa.func.sum(refusals.c["count"]).label("total")
    query = (
        sa.select(refusals.c.reason, total)
        .where(refusals.c.shop_id == shop_id, refusals.c.day.between(start, end))
        .group_by(refusals.c.reason)
        .order_by(total.desc(), refusals.c.reason)
    )
    return [(reason, int(count)) for reason, count in connection.execute(query)]


def hit_limit(
    connection: Connection, shop_id: int, name: str, key: str, window_start: datetime
) -> int:
    """Count one more try in this window; returns the count including it."""
    insert = insert_of(connection, limits).values(
        shop_id=shop_id, name=name, key=key, window_start=window_start, count=1
    )
    counted = insert.on_conflict_do_update(
        index_elements=["shop_id", "name", "key", "window_start"],
        set_={"count": limits.c["count"] + 1},
    ).returning(limits.c["count"])
    return int(connection.execute(counted).scalar_one())


def unhit_limit(
    connection: Connection, shop_id: int, name: str, key: str, window_start: datetime
) -> None:
    """Take one try of this window back."""
    connection.execute(
        sa.update(limits)
        .where(
            limits.c.shop_id == shop_id,
            limits.c.name == name,
            limits.c.key == key,
            limits.c.window_start == window_start,
            limits.c["count"] > 0,
        )
        .values(count=limits.c["count"] - 1)
    )


def limit_count(
    connection: Connection, shop_id: int, name: str, key: str, window_start: datetime
) -> int:
    """Return the tries counted in one window."""
    query = sa.select(limits.c["count"]).where(
        limits.c.shop_id == shop_id,
        limits.c.name == name,
        limits.c.key == key,
        limits.c.window_start == window_start,
    )
    return connection.execute(query).scalar() or 0


def clear_counters(connection: Connection, shop_id: int, before: datetime) -> None:
    """Delete event ids and limit windows that nobody needs any more."""
    connection.execute(
        sa.delete(event_ids).where(event_ids.c.shop_id == shop_id, event_ids.c.at < before)
    )
    connection.execute(
        sa.delete(limits).where(limits.c.shop_id == shop_id, limits.c.window_start < before)
    )
