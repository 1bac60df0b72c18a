"""What was learned of products bought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import neighbours
from plugin.store.writing import chunks, upsert


@dataclass(frozen=True)
class NeighbourRow:
    """A product bought together with another one: how close, and in how many orders."""

    product_id: str
    other_id: str
    score: float
    together: int


def put_neighbours(
    connection: Connection, shop_id: int, ids: Sequence[str], rows: Sequence[NeighbourRow]
) -> None:
    """Replace all neighbours of some products."""
    drop_neighbours(connection, shop_id, ids)
    upsert(connection, neighbours, [{"shop_id": shop_id, **asdict(row)} for row in rows])


def drop_neighbours(connection: Connection, shop_id: int, ids: Sequence[str]) -> None:
    """Forget the neighbours of some products."""
    for some in chunks(ids):
        connection.execute(
            sa.delete(neighbours).where(
                neighbours.c.shop_id == shop_id, neighbours.c.product_id.in_(some)
            )
        )


def products_with_neighbours(connection: Connection, shop_id: int) -> set[str]:
    """Return which products have neighbours."""
    query = sa.select(neighbours.c.product_id).where(neighbours.c.shop_id == shop_id).distinct()
    return set(connection.execute(query).scalars())


def neighbours_of(
    connection: Connection, shop_id: int, ids: Sequence[str]
) -> dict[str, list[NeighbourRow]]:
    """Return the neighbours of some products, closest first."""
    query = (
        sa.select(
            neighbours.c.product_id,
            neighbours.c.other_id,
            neighbours.c.score,
            neighbours.c.together,
        )
        .where(neighbours.c.shop_id == shop_id, neighbours.c.product_id.in_(ids))
        .order_by(neighbours.c.score.desc(), neighbours.c.other_id)
    )
    found: dict[str, list[NeighbourRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.product_id, []).append(NeighbourRow(**row._mapping))
    return found
