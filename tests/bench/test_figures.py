"""The shop whose figures are measured: its sums are those of its rows, in both databases."""

from __future__ import annotations

import sqlalchemy as sa

from bench import bulk, figures_copies, figures_shop
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.customer_orders import customer_horizons, customer_orders, purchase_days
from plugin.store.order_arms import margin_days, order_arms
from plugin.store.orders import orders

ORDERS, TIMES = 120, 3


def number(context: Context, query: sa.Select[tuple[int]]) -> int:
    with context.db.read() as connection:
        return int(connection.execute(query).scalar_one())


def rows(table: sa.Table) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).select_from(table)


def test_a_shop_that_was_multiplied_adds_up(context: Context, shop: Shop) -> None:
    with bulk.hurried(context.db, figures_shop.LONG):
        live = figures_shop.published(context, shop)
        figures_shop.fill(context, shop, live, ORDERS, context.now())
        with context.db.write() as connection:
            figures_copies.multiply(connection, shop.id, TIMES)
    assert number(context, rows(orders)) == ORDERS * TIMES
    assert number(context, sa.select(sa.func.sum(margin_days.c.orders))) == number(
        context, rows(order_arms)
    )
    assert number(context, sa.select(sa.func.sum(purchase_days.c.orders))) == number(
        context, rows(customer_orders)
    )
    people = sa.select(sa.func.count(sa.distinct(customer_orders.c.identity)))
    new = sa.select(sa.func.sum(customer_horizons.c.customers)).where(
        customer_horizons.c.horizon == 0
    )
    assert number(context, new) == number(context, people)


def test_afterwards_the_indexes_are_there_again(context: Context, shop: Shop) -> None:
    def named() -> set[str]:
        with context.db.read() as connection:
            found = sa.inspect(connection).get_indexes(orders.name)
        return {str(one["name"]) for one in found}

    before = named()
    with bulk.hurried(context.db, figures_shop.LONG):
        assert named() < before
    assert named() == before >= {"ix_orders_coded", "ix_orders_placed"}
