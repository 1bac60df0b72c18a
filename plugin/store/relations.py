"""What a merchant says goes with what: rules in their order, for products, tags or categories."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.catalogue import products, variants
from plugin.store.db import Utc, metadata, shop_column
from plugin.store.models import touch
from plugin.store.writing import chunks

suggestion_rules = sa.Table(
    "suggestion_rules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    shop_column(),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    # product, tag, category, or any; the reference is a product's id or the word as written.
    sa.Column("of_kind", sa.String(8), nullable=False),
    sa.Column("of", sa.String(120), nullable=False),
    sa.Column("to_kind", sa.String(8), nullable=False),
    sa.Column("to", sa.String(120), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    # "2026-11-15" for once, "11-15" for every year; both days are within.
    sa.Column("since", sa.String(10)),
    sa.Column("until", sa.String(10)),
    # The merchant's own reason by language.
    sa.Column("words", sa.JSON, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index("ix_suggestion_rules_place", "shop_id", "place"),
    sqlite_autoincrement=True,
)


#: Built once: a cart that nobody asked for before waits for it.
_RELATED = sa.select(products.c.product_id, products.c.relations).where(
    products.c.shop_id == sa.bindparam("shop_id", type_=sa.Integer),
    products.c.product_id.in_(sa.bindparam("asked", type_=sa.String, expanding=True)),
)


@dataclass(frozen=True)
class Rule:
    """One rule of a merchant."""

    kind: str
    of_kind: str
    of: str
    to_kind: str
    to: str
    pinned: bool
    active: bool
    since: str | None
    until: str | None
    words: Mapping[str, str]


@dataclass(frozen=True)
class StoredRule:
    """A rule with its number and its place in the order."""

    id: int
    place: int
    rule: Rule


_FIELDS = tuple(Rule.__dataclass_fields__)


def rules(connection: Connection, shop_id: int, *, active: bool = False) -> list[StoredRule]:
    """Return a shop's rules in their order, `active` ones alone where that is asked."""
    query = sa.select(suggestion_rules).where(suggestion_rules.c.shop_id == shop_id)
    if active:
        query = query.where(suggestion_rules.c.active)
    ordered = query.order_by(suggestion_rules.c.place, suggestion_rules.c.id)
    return [
        StoredRule(row["id"], row["place"], Rule(**{name: row[name] for name in _FIELDS}))
        for row in connection.execute(ordered).mappings()
    ]


def known_rules(connection: Connection, shop_id: int, ids: Collection[int]) -> list[int]:
    """Return those of some numbers that are of rules of the shop."""
    query = sa.select(suggestion_rules.c.id).where(
        suggestion_rules.c.shop_id == shop_id, suggestion_rules.c.id.in_(ids)
    )
    return list(connection.execute(query).scalars())


def insert_rule(connection: Connection, shop_id: int, rule: Rule, at: datetime) -> int:
    """Append a rule; returns its number."""
    last = sa.select(sa.func.max(suggestion_rules.c.place)).where(
        suggestion_rules.c.shop_id == shop_id
    )
    place = (connection.execute(last).scalar() or 0) + 1
    insert = sa.insert(suggestion_rules).values(
        shop_id=shop_id, place=place, created_at=at, **_values(rule)
    )
    touch(connection, shop_id)
    key = connection.execute(insert).inserted_primary_key
    assert key is not None  # noqa: S101 - one row, one key
    return int(key[0])


def update_rule(connection: Connection, shop_id: int, rule_id: int, rule: Rule) -> bool:
    """Change a rule; False if the shop has no such rule."""
    touch(connection, shop_id)
    change = sa.update(suggestion_rules).where(_is(shop_id, rule_id)).values(**_values(rule))
    return connection.execute(change).rowcount == 1


def delete_rule(connection: Connection, shop_id: int, rule_id: int) -> None:
    """Delete a rule; what was counted for it stays."""
    touch(connection, shop_id)
    connection.execute(sa.delete(suggestion_rules).where(_is(shop_id, rule_id)))


def put_order(connection: Connection, shop_id: int, ids: Sequence[int]) -> None:
    """Number the rules as they are listed."""
    touch(connection, shop_id)
    for place, rule_id in enumerate(ids, start=1):
        change = sa.update(suggestion_rules).where(_is(shop_id, rule_id)).values(place=place)
        connection.execute(change)


def _is(shop_id: int, rule_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(suggestion_rules.c.shop_id == shop_id, suggestion_rules.c.id == rule_id)


def _values(rule: Rule) -> dict[str, object]:
    return {**asdict(rule), "words": dict(rule.words)}


def platform_relations(
    connection: Connection, shop_id: int, ids: Sequence[str]
) -> dict[str, Sequence[Sequence[str]]]:
    """Return what the shop's own software relates to each product: kinds with products' ids.

    A relation to a variant leads to its product.
    """
    found: dict[str, Sequence[Sequence[str]]] = {}
    for some in chunks(ids):
        rows = connection.execute(_RELATED, {"shop_id": shop_id, "asked": some})
        found.update({row.product_id: row.relations for row in rows})
    named = {other for listed in found.values() for _, other in listed}
    parents = _parents(connection, shop_id, sorted(named))
    return {
        product: [(kind, parents.get(other, other)) for kind, other in listed]
        for product, listed in found.items()
        if listed
    }


def count_related(connection: Connection, shop_id: int) -> int:
    """Return how many products the shop's own software relates to others."""
    query = sa.select(sa.func.count()).where(
        products.c.shop_id == shop_id,
        sa.not_(products.c.gone),
        sa.cast(products.c.relations, sa.Text) != "[]",
    )
    return int(connection.execute(query).scalar_one())


def _parents(connection: Connection, shop_id: int, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    query = sa.select(variants.c.variant_id, variants.c.product_id)
    for some in chunks(ids):
        mine = query.where(variants.c.shop_id == shop_id, variants.c.variant_id.in_(some))
        found.update({row.variant_id: row.product_id for row in connection.execute(mine)})
    return found


def named_products(
    connection: Connection, shop_id: int, wanted: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return ids and titles of the products that somebody means by each name.

    A name is an id, a number, a handle or a title, whose case does not matter.
    """
    found: dict[str, dict[str, str]] = {}
    columns = (products.c.product_id, products.c.number, products.c.handle, products.c.title)
    for some in chunks(list(dict.fromkeys(wanted)), 200):
        by_name: dict[str, list[str]] = {}
        for name in some:
            for key in {name, name.lower()}:
                by_name.setdefault(key, []).append(name)
        query = sa.select(*columns).where(
            products.c.shop_id == shop_id,
            sa.not_(products.c.gone),
            sa.or_(
                *(column.in_(some) for column in columns),
                sa.func.lower(products.c.title).in_([name.lower() for name in some]),
            ),
        )
        for row in connection.execute(query.order_by(products.c.product_id)):
            for key in {*row, row.title.lower()}:
                for name in by_name.get(key, ()):
                    found.setdefault(name, {})[row.product_id] = row.title
    return {name: list(listed.items()) for name, listed in found.items()}


def all_titles(connection: Connection, shop_id: int, most: int) -> list[str]:
    """Return the titles of products for a list to choose from, in the alphabet."""
    query = (
        sa.select(products.c.title)
        .where(products.c.shop_id == shop_id, sa.not_(products.c.gone))
        .distinct()
        .order_by(products.c.title)
        .limit(most)
    )
    return list(connection.execute(query).scalars())
