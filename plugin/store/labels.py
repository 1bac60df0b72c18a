"""Which products carry a tag or stand in a category: the way back from a word to its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Product
from plugin.store import product_facts
from plugin.store.db import metadata, shop_column
from plugin.store.writing import Row, chunks, insert_ignoring

LabelKind = Literal["tag", "category"]

product_labels = sa.Table(
    "product_labels",
    metadata,
    shop_column(primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),  # tag, category
    sa.Column("label", sa.String(product_facts.LONGEST), primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    # The word as the shop writes it; `label` is what makes two of them the same.
    sa.Column("written", sa.String(product_facts.LONGEST), nullable=False),
    sa.Index("ix_product_labels_product", "shop_id", "product_id"),
)


def label_of(word: str) -> str:
    """Return what makes two ways to write a tag or category the same."""
    return " ".join(word.split()).casefold()[: product_facts.LONGEST]


def put_labels(connection: Connection, shop_id: int, items: Sequence[Product]) -> None:
    """Note the tags and categories of products in place of what was known of them."""
    for some in chunks([item.id for item in items]):
        connection.execute(
            sa.delete(product_labels).where(
                product_labels.c.shop_id == shop_id, product_labels.c.product_id.in_(some)
            )
        )
    rows = [row for item in items for row in _rows(shop_id, item)]
    if rows:
        connection.execute(insert_ignoring(connection, product_labels), rows)


def _rows(shop_id: int, item: Product) -> list[Row]:
    kinds: Mapping[str, Sequence[str]] = {"tag": item.tags, "category": item.categories}
    return [
        {
            "shop_id": shop_id,
            "kind": kind,
            "label": label_of(word),
            "product_id": item.id,
            "written": word,
        }
        for kind, words in kinds.items()
        for word in product_facts.labels(words)
    ]


def carriers(
    connection: Connection, shop_id: int, labels: Sequence[tuple[str, str]], most: int
) -> dict[tuple[str, str], list[str]]:
    """Return up to `most` products of each label, by its kind and label."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind, label in dict.fromkeys(labels):
        query = (
            sa.select(product_labels.c.product_id)
            .where(
                product_labels.c.shop_id == shop_id,
                product_labels.c.kind == kind,
                product_labels.c.label == label,
            )
            .order_by(product_labels.c.product_id)
            .limit(most)
        )
        found[kind, label] = list(connection.execute(query).scalars())
    return found


def known_labels(
    connection: Connection, shop_id: int, kind: LabelKind, most: int
) -> list[tuple[str, int]]:
    """Return the words of a kind with how many products carry each, the commonest first."""
    count = sa.func.count()
    query = (
        sa.select(sa.func.min(product_labels.c.written), count)
        .where(product_labels.c.shop_id == shop_id, product_labels.c.kind == kind)
        .group_by(product_labels.c.label)
        .order_by(count.desc(), product_labels.c.label)
        .limit(most)
    )
    return [(word, number) for word, number in connection.execute(query)]
