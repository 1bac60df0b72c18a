"""The arms that an order's shopper was in, and the daily sums that are kept up with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.writing import chunks, insert_of, upsert

# An order once for each campaign whose arm it tells, with what is counted of it. Amounts are whole
# hundredths of the shop's currency, so that sums and differences of them are exact.
order_arms = sa.Table(
    "order_arms",
    metadata,
    shop_column(primary_key=True),
    # Renamed with its order when a person is erased (store/personal.py).
    sa.Column("order_id", sa.String(80), primary_key=True),
    sa.Column("campaign", sa.Integer, primary_key=True, autoincrement=False),  # 0: the whole shop
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("arm", sa.String(1), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    # False: cancelled, or paid in another currency; then nothing of it is counted.
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("revenue", sa.BigInteger, nullable=False),
    sa.Column("discount", sa.BigInteger, nullable=False),
    # Nothing where the cost of one of its articles is unknown.
    sa.Column("margin", sa.BigInteger),
    # Those whose cost may have become known since.
    sa.Index(
        "ix_order_arms_unknown",
        "shop_id",
        "day",
        sqlite_where=sa.text("counts = 1 AND margin IS NULL"),
        postgresql_where=sa.text("counts AND margin IS NULL"),
    ),
)

#: What of `order_arms` counts, by day and arm; `squares` are of the margins.
margin_days = sa.Table(
    "margin_days",
    metadata,
    shop_column(primary_key=True),
    sa.Column("campaign", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("arm", sa.String(1), primary_key=True),
    sa.Column("orders", sa.Integer, nullable=False),
    sa.Column("revenue", sa.BigInteger, nullable=False),
    sa.Column("discount", sa.BigInteger, nullable=False),
    sa.Column("margin", sa.BigInteger, nullable=False),
    sa.Column("squares", sa.Double, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
)
_SUMS = ("orders", "revenue", "discount", "margin", "squares", "unknown")


class Place(NamedTuple):
    """Where an order is counted."""

    campaign: int
    day: date
    version: int
    arm: str


@dataclass(frozen=True)
class CountedArm:
    """One row of `order_arms`."""

    order_id: str
    campaign: int
    version: int
    arm: str
    day: date
    counts: bool
    revenue: int
    discount: int
    margin: int | None


_ROW = [order_arms.c[name] for name in CountedArm.__dataclass_fields__]


def arms_of(connection: Connection, shop_id: int, ids: Sequence[str]) -> list[CountedArm]:
    """Return what is counted of some orders; nobody else changes it until the transaction ends."""
    found: list[CountedArm] = []
    for some in chunks(sorted(ids)):
        query = (
            sa.select(*_ROW)
            .where(order_arms.c.shop_id == shop_id, order_arms.c.order_id.in_(some))
            .order_by(order_arms.c.order_id, order_arms.c.campaign, order_arms.c.version)
            .with_for_update()
        )
        found += [CountedArm(**row._mapping) for row in connection.execute(query)]
    return found


def exchange(
    connection: Connection, shop_id: int, before: Sequence[CountedArm], now: Sequence[CountedArm]
) -> None:
    """Write `now` in place of `before` (the same orders), and bring up the sums by the difference.

    An arm that is told no longer goes. Repeating it adds nothing.
    """
    changed = set(now) - set(before)
    rows = sorted(changed, key=lambda row: (row.order_id, row.campaign, row.version))
    upsert(connection, order_arms, [{"shop_id": shop_id} | vars(row) for row in rows])
    kept = {_key(row) for row in now}
    for row in before:
        if _key(row) not in kept:
            _drop(connection, shop_id, row)
    sums: Counter[tuple[Place, str]] = Counter()
    for sign, some in ((-1, set(before) - set(now)), (1, changed)):
        for row in some:
            for name, amount in _counted(row).items():
                sums[_place(row), name] += sign * amount
    _add(connection, shop_id, sums)


def _drop(connection: Connection, shop_id: int, row: CountedArm) -> None:
    connection.execute(
        sa.delete(order_arms).where(
            order_arms.c.shop_id == shop_id,
            order_arms.c.order_id == row.order_id,
            order_arms.c.campaign == row.campaign,
            order_arms.c.version == row.version,
        )
    )


def take_back(connection: Connection, shop_id: int, order_id: str) -> None:
    """Forget an order, with all that was counted of it."""
    exchange(connection, shop_id, arms_of(connection, shop_id, [order_id]), ())


def unknown_since(
    connection: Connection, shop_id: int, since: date, after: tuple[date, str] | None, limit: int
) -> list[tuple[date, str]]:
    """Return the days and ids of orders that count without a margin; `after` is where to go on."""
    day, name = order_arms.c.day, order_arms.c.order_id
    query = (
        sa.select(day, name)
        .distinct()
        .where(
            order_arms.c.shop_id == shop_id,
            order_arms.c.counts,
            order_arms.c.margin.is_(None),
            day >= since,
        )
        .order_by(day, name)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.or_(day > after[0], sa.and_(day == after[0], name > after[1])))
    return [(row.day, row.order_id) for row in connection.execute(query)]


def _key(row: CountedArm) -> tuple[str, int, int]:
    return row.order_id, row.campaign, row.version


def _place(row: CountedArm) -> Place:
    return Place(row.campaign, row.day, row.version, row.arm)


def _counted(row: CountedArm) -> dict[str, int]:
    if not row.counts:
        return {}
    known = row.margin or 0
    amounts = (1, row.revenue, row.discount, known, known * known, int(row.margin is None))
    return dict(zip(_SUMS, amounts, strict=True))


def _add(connection: Connection, shop_id: int, sums: Counter[tuple[Place, str]]) -> None:
    places: Iterable[Place] = sorted({place for (place, _), amount in sums.items() if amount})
    # In a fixed order, so that two transactions never wait for each other's rows.
    rows = [
        {"shop_id": shop_id, **place._asdict()} | {name: sums[place, name] for name in _SUMS}
        for place in places
    ]
    if rows:
        insert = insert_of(connection, margin_days)
        added = insert.on_conflict_do_update(
            index_elements=[column.name for column in margin_days.primary_key],
            set_={name: margin_days.c[name] + insert.excluded[name] for name in _SUMS},
        )
        connection.execute(added, rows)
