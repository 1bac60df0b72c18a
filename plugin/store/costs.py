"""What products cost the merchant: told by the platform, or stated by the merchant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products, variants
from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.models import touch
from plugin.store.writing import chunks, upsert

# Beside the catalogue, which a sync writes anew: what the merchant stated outlives it.
stated_costs = sa.Table(
    "stated_costs",
    metadata,
    shop_column(primary_key=True),
    sa.Column("variant_id", sa.String(80), primary_key=True),
    # One of the two: what a piece costs, or which share of the net price is left.
    sa.Column("unit_cost", Amount),
    sa.Column("margin", Amount),
    sa.Column("updated_at", Utc, nullable=False),
)


@dataclass(frozen=True)
class CostedVariant:
    """One buyable form of a product with what is known of its cost; never leaves the server."""

    variant_id: str
    product_id: str
    title: str
    variant_title: str
    price: Decimal
    platform_cost: Decimal | None
    stated_cost: Decimal | None
    stated_margin: Decimal | None


@dataclass(frozen=True)
class StatedCost:
    """What a merchant states of one variant; both None takes it back."""

    variant_id: str
    unit_cost: Decimal | None
    margin: Decimal | None


_COSTED = (
    sa.select(
        variants.c.variant_id,
        variants.c.product_id,
        products.c.title,
        variants.c.title.label("variant_title"),
        variants.c.price,
        variants.c.unit_cost.label("platform_cost"),
        stated_costs.c.unit_cost.label("stated_cost"),
        stated_costs.c.margin.label("stated_margin"),
    )
    .join(
        products,
        sa.and_(
            products.c.shop_id == variants.c.shop_id,
            products.c.product_id == variants.c.product_id,
        ),
    )
    .outerjoin(
        stated_costs,
        sa.and_(
            stated_costs.c.shop_id == variants.c.shop_id,
            stated_costs.c.variant_id == variants.c.variant_id,
        ),
    )
)


def costed_variants(connection: Connection, shop_id: int) -> Iterator[CostedVariant]:
    """Stream everything that the shop sells now, by title."""
    query = _COSTED.where(
        variants.c.shop_id == shop_id, products.c.published, sa.not_(products.c.gone)
    ).order_by(products.c.title, variants.c.product_id, variants.c.position, variants.c.variant_id)
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        yield CostedVariant(**row._mapping)


def costs_of(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, CostedVariant]:
    """Return the cost of some variants, also of those that are sold no longer."""
    found: dict[str, CostedVariant] = {}
    for some in chunks(ids):
        query = _COSTED.where(variants.c.shop_id == shop_id, variants.c.variant_id.in_(some))
        for row in connection.execute(query):
            found[row.variant_id] = CostedVariant(**row._mapping)
    return found


def put_stated_costs(
    connection: Connection, shop_id: int, stated: Sequence[StatedCost], now: datetime
) -> None:
    """Write what the merchant states, over what was stated before."""
    rows = [
        {
            "shop_id": shop_id,
            "variant_id": one.variant_id,
            "unit_cost": one.unit_cost,
            "margin": one.margin,
            "updated_at": now,
        }
        for one in stated
    ]
    upsert(connection, stated_costs, rows)
    touch(connection, shop_id)
