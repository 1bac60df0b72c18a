"""Surprises: by the merchant's rules, within a month's budget, never twice for one order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from plugin.contracts.inserts import Inserts, Surprise
from plugin.model import Milestone, Shop
from plugin.services.context import Context
from plugin.services.inserts import reporting, surprising
from plugin.services.inserts import settings as inserts
from tests.conftest import START, MovingClock
from tests.fakes.things import a_parcel
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take


@pytest.fixture
def giving(context: Context, shop: Shop) -> Shop:
    wanted = Surprise(gift="Leinentuch", cost=Decimal(2), budget=Decimal(5), first=True)
    inserts.save(context, shop, Inserts(surprise=wanted), seen=Inserts())
    return shop


def order(context: Context, shop: Shop, number: int, **values: object) -> str:
    order_id = f"gid://shopify/Order/{number}"
    given = {"email": f"kunde{number}@post.example", "created_at": START, **values}
    take(context, shop, id=order_id, number=f"#{number}", **given)
    return order_id


def planned(context: Context, shop: Shop) -> list[tuple[str, str]]:
    return sorted((one.number, one.rule) for one in reporting.report(context, shop).presents)


def test_a_first_order_finds_one_and_the_second_none(context: Context, giving: Shop) -> None:
    order(context, giving, 1, email="eva@post.example")
    order(context, giving, 1, email="eva@post.example")
    later = START + timedelta(minutes=1)
    order(context, giving, 2, email="eva@post.example", created_at=later)
    assert planned(context, giving) == [("#1", "first")]


def test_the_budget_of_a_month_is_never_passed_and_the_next_one_has_its_own(
    context: Context, giving: Shop, moving_clock: MovingClock
) -> None:
    for number in range(1, 5):
        order(context, giving, number)
    assert len(planned(context, giving)) == 2
    moving_clock.move(days=12)
    order(context, giving, 9, created_at=context.now())
    assert len(planned(context, giving)) == 3


def test_what_was_synchronised_unpaid_or_cancelled_finds_none(
    context: Context, giving: Shop
) -> None:
    order(context, giving, 1, created_at=START - timedelta(days=2))
    order(context, giving, 2, paid=False)
    order(context, giving, 3)
    order(context, giving, 3, cancelled_at=START)
    assert planned(context, giving) == []


def test_after_a_delivery_that_went_wrong_the_next_order_finds_one(
    context: Context, giving: Shop
) -> None:
    seen = inserts.get(context, giving)
    only = seen.surprise.model_copy(update={"first": False, "trouble": True})
    inserts.save(context, giving, seen.model_copy(update={"surprise": only}), seen=seen)
    late = Milestone("m1", "delayed", START - timedelta(days=3))
    placed = START - timedelta(days=5)
    eva = "eva@post.example"
    order(
        context, giving, 1, email=eva, created_at=placed, shipments=(a_parcel(milestones=(late,)),)
    )
    order(context, giving, 2, email=eva)
    assert planned(context, giving) == [("#2", "trouble")]


def test_about_one_in_so_many_is_drawn_and_always_the_same(context: Context, giving: Shop) -> None:
    seen = inserts.get(context, giving)
    lot = Surprise(gift="Tee", cost=Decimal(0), budget=Decimal(0), one_in=3)
    inserts.save(context, giving, seen.model_copy(update={"surprise": lot}), seen=seen)
    for number in range(30):
        order(context, giving, number)
    first = planned(context, giving)
    assert 3 <= len(first) <= 18
    for number in range(30):
        order(context, giving, number)
    assert planned(context, giving) == first


def test_what_is_packed_is_off_the_list(context: Context, giving: Shop) -> None:
    order_id = order(context, giving, 1)
    assert reporting.report(context, giving).to_pack == 1
    surprising.pack(context, giving, [order_id])
    assert reporting.report(context, giving).to_pack == 0
