"""A shop's history of any size, drawn by the popularity curve of a real one.

Products are bought as unevenly as in UCI Online Retail (D. Chen, CC BY 4.0): its shares of sales
by rank, stretched over as many products as asked for. Two thirds of an order come from one corner
of the catalogue, so that products meet again and again as they do in life.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from bench.config_shop import KEY, SHOP
from plugin.app import build_context
from plugin.config import load_config
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.tenants import shop_of_key
from plugin.store import migrate
from plugin.store.orders import counted_baskets, order_lines, orders
from plugin.store.shops import shops

#: Shares of the catalogue, from the best-seller on, and of the sales that they make (UCI).
_RANKS = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
_SALES = (0, 0.0155, 0.0366, 0.0919, 0.2064, 0.4397, 0.6363, 0.764, 0.9146, 0.9794, 0.9984, 1)
#: Products of one corner.
_CORNER = 200
_FROM_CORNER = 2 / 3
_SEED = 20101201
_START = datetime(2024, 1, 1, tzinfo=UTC)
_AT_ONCE = 20_000


def baskets(count: int, products: int, lines: float) -> Iterator[list[int]]:
    """Draws orders: of `lines` products on average, geometric, the same at every call."""
    chance = np.random.default_rng(_SEED)
    # A product's place in the catalogue says nothing of its rank.
    places = chance.permutation(products)
    corners = max(1, products // _CORNER)
    for start in range(0, count, _AT_ONCE):
        sizes = np.minimum(chance.geometric(1 / lines, min(_AT_ONCE, count - start)), 100)
        ranks = _ranks(chance.random(int(sizes.sum())), products)
        ends = np.cumsum(sizes)
        # Each corner has its share of best-sellers: every corners-th rank belongs to the same.
        corner = np.repeat(ranks[ends - sizes] % corners, sizes)
        near = np.minimum(ranks - ranks % corners + corner, products - 1)
        chosen = places[np.where(chance.random(len(ranks)) < _FROM_CORNER, near, ranks)]
        for basket in np.split(chosen, ends[:-1]):
            yield sorted(set(basket.tolist()))


def _ranks(draws: NDArray[np.float64], products: int) -> NDArray[np.int64]:
    return (np.interp(draws, _SALES, _RANKS) * products).astype(np.int64).clip(0, products - 1)


def product_id(number: int) -> str:
    """What the shop's platform calls a product."""
    return f"p{number:06}"


def opened(folder: Path) -> Context:
    """The database in a folder, in parts as the worker has it."""
    environ = {
        "BLEIB_ENVIRONMENT": "development",
        "BLEIB_DATABASE_URL": f"sqlite:///{folder / 'bleib.sqlite3'}",
        "BLEIB_SMTP_SECURITY": "none",
        "BLEIB_LOG_LEVEL": "error",
    }
    return build_context(load_config(environ))


def new_shop(context: Context) -> Shop:
    """Creates the tables with one shop."""
    migrate.upgrade(context.db)
    with context.db.write() as connection:
        connection.execute(sa.insert(shops).values(**SHOP))
    return the_shop(context)


def the_shop(context: Context) -> Shop:
    """The one shop."""
    shop = shop_of_key(context, KEY)
    if shop is None:
        raise LookupError(KEY)
    return shop


def fill(context: Context, shop: Shop, drawn: Iterable[list[int]]) -> None:
    """Stores orders, all due to be counted."""
    numbered = enumerate(drawn)
    while some := list(islice(numbered, _AT_ONCE)):
        put(context, shop, some)


def put(context: Context, shop: Shop, some: Sequence[tuple[int, list[int]]]) -> None:
    """Stores numbered orders, each due to be counted."""
    with context.db.write() as connection:
        _put(connection, shop.id, some)


def _put(connection: Connection, shop_id: int, some: Sequence[tuple[int, list[int]]]) -> None:
    connection.execute(sa.insert(orders), [_order(shop_id, number) for number, _ in some])
    rows = [_line(shop_id, number, one) for number, basket in some for one in basket]
    connection.execute(sa.insert(order_lines), rows)
    due = [{"shop_id": shop_id, "order_id": f"{number:08}", "due": True} for number, _ in some]
    connection.execute(sa.insert(counted_baskets), due)


def _order(shop_id: int, number: int) -> dict[str, object]:
    at = _START + timedelta(minutes=number)
    return {
        "shop_id": shop_id,
        "order_id": f"{number:08}",
        "number": str(number),
        "currency": "EUR",
        "total": 60,
        "discount": 0,
        "codes": [],
        "paid": True,
        "placed_at": at,
        "updated_at": at,
    }


def _line(shop_id: int, number: int, product: int) -> dict[str, object]:
    return {
        "shop_id": shop_id,
        "order_id": f"{number:08}",
        "line_id": str(product),
        "product_id": product_id(product),
        "title": "",
        "quantity": 1,
        "price": 20,
    }
