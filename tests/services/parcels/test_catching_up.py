"""A shop sees the parcels of the weeks before the day on which it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import catching_up
from plugin.services.steps import Runner
from plugin.store.orders import shipments
from tests.conftest import START
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_parcel, an_order
from tests.services.connected import connect


@pytest.fixture
def exported(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    return shop


def hold(context: Context, shop: Shop, platform: FakePlatform, number: int, **values: Any) -> str:
    """Take an order in as an export tells it; the shop itself knows of its parcel."""
    placed = START - timedelta(hours=number)
    order = an_order(number, **{"created_at": placed, "updated_at": placed, **values})
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)
    platform.orders_held[order.id] = replace(order, shipments=(a_parcel(number),))
    return order.id


def caught_up(context: Context, shop: Shop) -> set[str]:
    with context.db.write() as connection:
        catching_up.start(connection, context, shop)
    runner = Runner(context, dict(catching_up.HANDLERS), "test")
    while runner.run_due():
        pass
    with context.db.read() as connection:
        return set(connection.execute(sa.select(shipments.c.order_id)).scalars())


def test_orders_of_the_last_weeks_are_asked_for_their_parcels_page_by_page(
    context: Context, exported: Shop, fake_platform: FakePlatform
) -> None:
    ids = {hold(context, exported, fake_platform, number) for number in range(1, 24)}
    assert caught_up(context, exported) == ids
    assert fake_platform.calls.count("order") == len(ids)


def test_orders_of_one_moment_are_none_left_out(
    context: Context, exported: Shop, fake_platform: FakePlatform
) -> None:
    same = {"created_at": START, "updated_at": START}
    ids = {hold(context, exported, fake_platform, number, **same) for number in range(1, 16)}
    assert caught_up(context, exported) == ids


def test_old_and_cancelled_orders_are_left_alone(
    context: Context, exported: Shop, fake_platform: FakePlatform
) -> None:
    hold(context, exported, fake_platform, 1, created_at=START - timedelta(days=40))
    hold(context, exported, fake_platform, 2, cancelled_at=START)
    assert caught_up(context, exported) == set()
    assert fake_platform.calls == []
