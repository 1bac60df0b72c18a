"""The customers of a made shop: counted by the code that counts those of incoming orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

import numpy as np

from bench import bulk
from bench.figures_drawn import CHANNELS, Drawn, identity_of, margin_of, order_id
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.customers_over_time.lives import contributions, numbered
from plugin.store import channel_costs, customer_orders
from plugin.store.channel_costs import ChannelCost
from plugin.store.customer_orders import CustomerOrder

_AT_ONCE = 10_000


def put_customers(context: Context, shop: Shop, found: Drawn, start: datetime) -> None:
    """Counts every customer by the rules by which incoming orders are counted."""
    sums: dict[customer_orders.Place, list[int | float]] = {}
    lives = _lives(found, start)
    while some := list(islice(lives, _AT_ONCE)):
        rows = []
        for life in some:
            rows += [{"shop_id": shop.id} | vars(one) for one in life]
            for place, amounts in contributions(life):
                held = sums.setdefault(place, [0] * len(amounts))
                for index, amount in enumerate(amounts):
                    held[index] += amount
        with context.db.write() as connection:
            bulk.put(connection, customer_orders.customer_orders, rows)
    with context.db.write() as connection:
        whole = {place: tuple(amounts) for place, amounts in sums.items()}
        customer_orders.add_sums(connection, shop.id, whole)


def _lives(found: Drawn, start: datetime) -> Iterator[list[CustomerOrder]]:
    by_customer = np.argsort(found.customer, kind="stable")
    ends = np.flatnonzero(np.diff(found.customer[by_customer])) + 1
    for numbers in np.split(by_customer, ends):
        yield numbered([_placed(found, int(number), start) for number in numbers])


def _placed(found: Drawn, number: int, start: datetime) -> CustomerOrder:
    at = start + timedelta(seconds=int(found.second[number]))
    margin, customer = margin_of(found, number), int(found.customer[number])
    parts = customer_orders.PARTS // 100
    return CustomerOrder(
        order_id=order_id(number),
        identity=identity_of(customer),
        customer_id=str(customer),
        at=at,
        day=at.date(),
        channel=CHANNELS[found.channel[number]],
        revenue=int(found.total[number]) * parts,
        margin=None if margin is None else margin * parts,
    )


def state_costs(context: Context, shop: Shop, today: date) -> None:
    """States what two channels cost in each of the last months."""
    months = sorted({(today - timedelta(days=30 * n)).replace(day=1) for n in range(1, 24)})
    stated = [ChannelCost(name, month, Decimal(9_000)) for name in CHANNELS[:2] for month in months]
    with context.db.write() as connection:
        channel_costs.put_costs(connection, shop.id, stated, context.now())
