"""Products as a cart is offered them: every form with price and availability, never a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Measure
from plugin.store import product_facts
from plugin.store.catalogue import products, variants
from plugin.store.labels import product_labels
from plugin.store.orders import order_lines, orders
from plugin.store.writing import chunks


@dataclass(frozen=True)
class ShelfRow:
    """One form of a product, with what holds for the product."""

    product_id: str
    title: str
    handle: str
    url: str
    image_url: str | None
    kind: str
    published: bool
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    rating: Decimal | None
    variant_id: str
    variant_title: str
    price: Decimal
    available: bool
    options: tuple[tuple[str, str], ...]
    measure: Measure | None


#: Statements of this module are built once: a cart that nobody asked for before waits for them.
_SHOP = sa.bindparam("shop_id", type_=sa.Integer)
_ASKED = sa.bindparam("asked", type_=sa.String, expanding=True)
_SHELF = (
    sa.select(
        products.c.product_id,
        products.c.title,
        products.c.handle,
        products.c.url,
        products.c.image_url,
        products.c.kind,
        products.c.categories,
        products.c.tags,
        products.c.rating,
        sa.and_(products.c.published, sa.not_(products.c.gone)).label("published"),
        variants.c.variant_id,
        variants.c.title.label("variant_title"),
        variants.c.price,
        variants.c.available,
        variants.c.options,
        variants.c.measure,
    )
    .join(
        variants,
        sa.and_(
            variants.c.shop_id == products.c.shop_id, variants.c.product_id == products.c.product_id
        ),
    )
    .where(products.c.shop_id == _SHOP, products.c.product_id.in_(_ASKED))
    .order_by(variants.c.position, variants.c.variant_id)
)
#: What a storefront may call a product, the last the strongest: a product's own id.
_MEANT = sa.union_all(
    *(
        sa.select(sa.literal(strength).label("strength"), name, product).where(
            shop == _SHOP, name.in_(_ASKED)
        )
        for strength, (shop, name, product) in enumerate(
            (
                (variants.c.shop_id, variants.c.variant_id, variants.c.product_id),
                (products.c.shop_id, products.c.number, products.c.product_id),
                (products.c.shop_id, products.c.product_id, products.c.product_id.label("id")),
            )
        )
    )
)


def shelf(connection: Connection, shop_id: int, ids: Sequence[str]) -> list[ShelfRow]:
    """Return every form of some products of the shop, in the shop's own order."""
    found: list[ShelfRow] = []
    for some in chunks(ids):
        rows = connection.execute(_SHELF, {"shop_id": shop_id, "asked": some})
        found += [_row(row) for row in rows]
    return found


def _row(row: sa.Row[tuple[object, ...]]) -> ShelfRow:
    told = dict(row._mapping)
    told["published"] = bool(told["published"])
    told["categories"] = tuple(told["categories"])
    told["tags"] = tuple(told["tags"])
    told["options"] = product_facts.options(told["options"])
    told["measure"] = product_facts.measure(told["measure"])
    return ShelfRow(**told)


def resolve(connection: Connection, shop_id: int, references: Sequence[str]) -> dict[str, str]:
    """Return the product id for each thing that the storefront calls a product.

    A reference is the platform's id of a product, the bare number at the end of a global one, or
    the id of a variant, which is all that some carts tell; unknown ones are left out.
    """
    found: dict[str, str] = {}
    for some in chunks(references):
        rows = connection.execute(_MEANT, {"shop_id": shop_id, "asked": some}).all()
        found.update({name: product for _, name, product in sorted(rows)})
    return found


def carrying(
    connection: Connection, shop_id: int, labels: Sequence[tuple[str, str]], most: int
) -> dict[tuple[str, str], list[str]]:
    """Return up to `most` products of each label that can be bought now, by its kind and label."""
    available = sa.exists().where(
        variants.c.shop_id == products.c.shop_id,
        variants.c.product_id == products.c.product_id,
        variants.c.available,
    )
    query = (
        sa.select(product_labels.c.product_id)
        .join(
            products,
            sa.and_(
                products.c.shop_id == product_labels.c.shop_id,
                products.c.product_id == product_labels.c.product_id,
            ),
        )
        .where(product_labels.c.shop_id == shop_id, products.c.published)
        .where(sa.not_(products.c.gone), available)
        .order_by(product_labels.c.product_id)
        .limit(most)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for kind, label in dict.fromkeys(labels):
        mine = query.where(product_labels.c.kind == kind, product_labels.c.label == label)
        found[kind, label] = list(connection.execute(mine).scalars())
    return found


def bought_by(
    connection: Connection, shop_id: int, identity: str | None, customer_id: str | None
) -> dict[str, int]:
    """Return in how many orders that stand a person bought each product and kept it."""
    who = orders.c.identity == identity if identity else orders.c.customer_id == customer_id
    query = (
        sa.select(order_lines.c.product_id, sa.func.count(sa.distinct(orders.c.order_id)))
        .join(
            orders,
            sa.and_(
                orders.c.shop_id == order_lines.c.shop_id,
                orders.c.order_id == order_lines.c.order_id,
            ),
        )
        .where(
            order_lines.c.shop_id == shop_id,
            who,
            orders.c.cancelled_at.is_(None),
            order_lines.c.product_id.is_not(None),
            sa.func.coalesce(order_lines.c.kept, order_lines.c.quantity) > 0,
        )
        .group_by(order_lines.c.product_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
