"""What is counted of a shop's orders: the basket of each order, a log of baskets, and sums.

The baskets and sums are bytes that services/suggestions/pair_sums.py writes and reads. Sums plus
log are always exactly what `counted_baskets` says was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import metadata, shop_column
from plugin.store.writing import insert_ignoring

pair_states = sa.Table(
    "pair_states",
    metadata,
    shop_column(primary_key=True),
    # By which rule it is counted; with another one all is counted anew.
    sa.Column("rule", sa.Integer, nullable=False),
    # Raised when all is counted anew: what was counted before counts no longer.
    sa.Column("epoch", sa.Integer, nullable=False),
    # Raised when the sums are replaced: whoever read older ones must not write.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_entry", sa.Integer, nullable=False),
    sa.Column("products", sa.Integer, nullable=False),
    # Orders that count, and pairs of baskets in the log and in the sums.
    sa.Column("baskets", sa.Integer, nullable=False),
    sa.Column("logged", sa.BigInteger, nullable=False),
    sa.Column("summed", sa.BigInteger, nullable=False),
    # While all is counted anew: the last order that was.
    sa.Column("recounted_to", sa.String(80)),
)

pair_sums = sa.Table(
    "pair_sums",
    metadata,
    shop_column(primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

basket_log = sa.Table(
    "basket_log",
    metadata,
    shop_column(primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("taken", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class PairState:
    """How far the counting of a shop is."""

    rule: int = 0
    epoch: int = 0
    version: int = 0
    last_entry: int = 0
    products: int = 0
    baskets: int = 0
    logged: int = 0
    summed: int = 0
    recounted_to: str | None = None

    def gone(self, entry: int) -> PairState:
        """Return the state after one order was taken back by that entry of the log."""
        return replace(self, last_entry=entry, baskets=self.baskets - 1)


_STATE = sa.select(*(pair_states.c[name] for name in vars(PairState()))).where(
    pair_states.c.shop_id == sa.bindparam("shop")
)
_HELD = _STATE.with_for_update()
_PUT = sa.update(pair_states).where(pair_states.c.shop_id == sa.bindparam("shop"))


def state_of(connection: Connection, shop_id: int) -> PairState:
    """Return how far the counting of a shop is, and let nobody change it while this reads on."""
    return _state(connection, shop_id, _STATE.with_for_update(read=True)) or PairState()


def held_state(connection: Connection, shop_id: int) -> PairState:
    """Return how far it is, and let nobody else read or change it until this transaction ends."""
    found = _state(connection, shop_id, _HELD)
    if found is None:
        first = insert_ignoring(connection, pair_states)
        connection.execute(first.values(shop_id=shop_id, **vars(PairState())))
        found = _state(connection, shop_id, _HELD)
    return found or PairState()


def _state(connection: Connection, shop_id: int, query: sa.Select[Any]) -> PairState | None:
    row = connection.execute(query, {"shop": shop_id}).first()
    return None if row is None else PairState(*row)


def put_state(connection: Connection, shop_id: int, state: PairState) -> None:
    """Write how far the counting is; the caller holds it."""
    connection.execute(_PUT, {"shop": shop_id, **vars(state)})


@dataclass(frozen=True)
class LogEntry:
    """Baskets that count no longer, and baskets that count from now on."""

    entry: int
    taken: bytes
    added: bytes


def log(connection: Connection, shop_id: int, entry: LogEntry) -> None:
    """Append to the log of baskets."""
    connection.execute(sa.insert(basket_log), {"shop_id": shop_id, **vars(entry)})


def logged(connection: Connection, shop_id: int) -> list[LogEntry]:
    """Return the log of baskets."""
    query = sa.select(basket_log.c.entry, basket_log.c.taken, basket_log.c.added).where(
        basket_log.c.shop_id == shop_id
    )
    found = connection.execute(query.order_by(basket_log.c.entry))
    return [LogEntry(row.entry, row.taken, row.added) for row in found]


def sums(connection: Connection, shop_id: int) -> list[bytes]:
    """Return the sums, in parts."""
    query = sa.select(pair_sums.c.data).where(pair_sums.c.shop_id == shop_id)
    return list(connection.execute(query.order_by(pair_sums.c.part)).scalars())


def put_sums(connection: Connection, shop_id: int, parts: Sequence[bytes], upto: int) -> None:
    """Replace the sums; the log up to that entry is in them and goes."""
    connection.execute(sa.delete(pair_sums).where(pair_sums.c.shop_id == shop_id))
    for number, data in enumerate(parts):
        values = {"shop_id": shop_id, "part": number, "data": data}
        connection.execute(sa.insert(pair_sums).values(values))
    connection.execute(
        sa.delete(basket_log).where(basket_log.c.shop_id == shop_id, basket_log.c.entry <= upto)
    )


def drop_sums(connection: Connection, shop_id: int) -> None:
    """Forget sums and log."""
    for table in (pair_sums, basket_log):
        connection.execute(sa.delete(table).where(table.c.shop_id == shop_id))
