"""A voucher for a next order: by the guard's leave, one for each order, made in the shop once."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import guard_limits, next_order, orders
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.services.identity import identity_of
from plugin.services.steps import Runner
from plugin.services.wording import Offer
from plugin.store import vouchers as store
from plugin.store.vouchers import Voucher, vouchers
from tests.fakes.platform import FakePlatform
from tests.fakes.things import an_order
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.sign_up_stage import Stage

ORDER = "gid://shopify/Order/1007"
OFFER = Offer("amount", Decimal(5), "EUR", Decimal(40), 60, {})


def plan(context: Context, shop: Shop, order: str = ORDER) -> Voucher | None:
    who = identity_of(context.keys, shop.id, "mara@post.example")
    with context.db.write() as connection:
        return next_order.plan(
            connection,
            context,
            shop,
            identity=who,
            offer=OFFER,
            occasion="thanks",
            order_id=order,
        )


@pytest.fixture
def ordered(context: Context, shop: Shop) -> Shop:
    Stage(context, shop)  # the shop lets us in
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, an_order())
    return shop


def test_somebody_who_has_ordered_gets_one_for_each_order(context: Context, ordered: Shop) -> None:
    first, again = plan(context, ordered), plan(context, ordered)
    assert first is not None
    assert again == first
    second = plan(context, ordered, "gid://shopify/Order/1008")
    assert second is not None
    assert second.code != first.code
    with context.db.read() as connection:
        assert store.voucher_of(connection, ordered.id, first.identity) is None


def test_without_budget_there_is_none(context: Context, ordered: Shop) -> None:
    saved = guard_limits.limits_of(context, ordered)
    guard_limits.save(context, ordered, Limits(budget=Decimal(0)), seen=saved.revision)
    assert plan(context, ordered) is None


def test_a_step_makes_it_in_the_shop_once(
    context: Context, ordered: Shop, fake_platform: FakePlatform
) -> None:
    assert plan(context, ordered) is not None
    runner = Runner(context, next_order.HANDLERS, "test")
    while runner.run_due():
        pass
    with context.db.read() as connection:
        made = next_order.of_order(connection, ordered.id, ORDER, "thanks")
        rows = connection.execute(sa.select(vouchers.c.id)).all()
    assert made is not None
    assert (made.state, len(rows)) == ("issued", 1)
    assert list(fake_platform.vouchers) == [made.code]
