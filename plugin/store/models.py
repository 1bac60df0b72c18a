"""What was learned from a shop's orders, and the versions that say whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Utc, metadata, shop_column
from plugin.store.shops import shops
from plugin.store.writing import insert_of

models = sa.Table(
    "suggestion_models",
    metadata,
    shop_column(primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("learned_at", Utc, nullable=False),
    # How many orders it was learned from.
    sa.Column("baskets", sa.Integer, nullable=False),
    # How the data begin: after an upgrade they may be of a kind that nobody reads any more.
    sa.Column("format", sa.LargeBinary(4), nullable=False),
    # What the self-test found and chose, for the merchant to read.
    sa.Column("choice", sa.JSON, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

#: Raised by whatever changes suggestions beside orders and settings: products, prices, rules.
catalogue_versions = sa.Table(
    "catalogue_versions",
    metadata,
    shop_column(primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class ModelFacts:
    """When a model was learned, from how many orders, and what its self-test found."""

    version: int
    learned_at: datetime
    baskets: int
    choice: Mapping[str, Any]


def put_model(
    connection: Connection,
    shop_id: int,
    data: bytes,
    *,
    at: datetime,
    baskets: int,
    choice: Mapping[str, Any],
) -> None:
    """Replace the model of a shop; processes that hold the one before notice by its version."""
    insert = insert_of(connection, models).values(
        shop_id=shop_id,
        version=1,
        learned_at=at,
        baskets=baskets,
        format=data[:4],
        choice=dict(choice),
        data=data,
    )
    names = ("learned_at", "baskets", "format", "choice", "data")
    changed = {name: insert.excluded[name] for name in names}
    changed["version"] = models.c.version + 1
    connection.execute(insert.on_conflict_do_update(index_elements=["shop_id"], set_=changed))


def model_facts(connection: Connection, shop_id: int, form: bytes) -> ModelFacts | None:
    """Return what is known of a shop's model without the model, None if it is of another format."""
    query = sa.select(
        models.c.version, models.c.learned_at, models.c.baskets, models.c.choice
    ).where(models.c.shop_id == shop_id, models.c.format == form)
    row = connection.execute(query).first()
    return None if row is None else ModelFacts(*row)


def model_data(connection: Connection, shop_id: int) -> tuple[int, bytes] | None:
    """Return the version of a shop's model, and the model."""
    query = sa.select(models.c.version, models.c.data).where(models.c.shop_id == shop_id)
    row = connection.execute(query).first()
    return None if row is None else (row.version, row.data)


def touch(connection: Connection, shop_id: int) -> None:
    """Say within the change itself that suggestions may look different from now on."""
    insert = insert_of(connection, catalogue_versions).values(shop_id=shop_id, version=1)
    raised = {"version": catalogue_versions.c.version + 1}
    connection.execute(insert.on_conflict_do_update(index_elements=["shop_id"], set_=raised))


class Versions(NamedTuple):
    """Versions of all that suggestions depend on: model, catalogue with rules, settings."""

    model: int = 0
    catalogue: int = 0
    settings: int = 0


_VERSIONS = sa.select(
    *(
        sa.select(column).where(owner == sa.bindparam("shop")).scalar_subquery()
        for column, owner in (
            (models.c.version, models.c.shop_id),
            (catalogue_versions.c.version, catalogue_versions.c.shop_id),
            (shops.c.config_version, shops.c.id),
        )
    )
)


def versions(connection: Connection, shop_id: int) -> Versions:
    """Return the versions of all that a shop's suggestions depend on."""
    found = connection.execute(_VERSIONS, {"shop": shop_id}).one()
    return Versions(*(version or 0 for version in found))
