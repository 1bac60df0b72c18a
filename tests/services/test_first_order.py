"""First order only: checked when a code is given out, and again with each order that carries it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.model import Order, Shop
from plugin.services import orders, voucher_report
from plugin.services.context import Context
from plugin.store import vouchers as store
from plugin.store.voucher_uses import voucher_uses
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.fakes.things import an_order
from tests.services.sign_up_stage import MAIL, Stage


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture
def code(stage: Stage, kept_mail: KeptMail) -> str:
    stage.confirmed(kept_mail)
    stage.work()
    return str(stage.rows(store.vouchers)[0].code)


def order(stage: Stage, number: int, **values: Any) -> Order:
    now = stage.context.now()
    common = {"email": MAIL, "created_at": now, "updated_at": now}
    return an_order(number, **{**common, **values})


def take(stage: Stage, *given: Order) -> None:
    with stage.context.db.write() as connection:
        for one in given:
            orders.ingest(connection, stage.context, stage.shop, one)


def uses(stage: Stage) -> list[tuple[str, str]]:
    return [(row.finding, row.used_by) for row in stage.rows(voucher_uses)]


def test_an_order_that_came_in_since_the_confirmation_costs_the_voucher(
    stage: Stage, kept_mail: KeptMail, fake_platform: FakePlatform
) -> None:
    stage.confirmed(kept_mail)
    take(stage, order(stage, 1))
    stage.work()
    assert fake_platform.vouchers == {}
    assert stage.rows(store.vouchers)[0].state == "refused"


def test_a_first_order_is_written_down_as_one(stage: Stage, code: str) -> None:
    take(stage, order(stage, 1, codes=(code,), discount=Decimal("5.00")))
    assert uses(stage) == [("first_order", "owner")]
    assert voucher_report.report(stage.context, stage.shop).odd == ()


def test_who_had_ordered_before_is_recorded_and_shown_whoever_it_is(
    stage: Stage, code: str, moving_clock: MovingClock
) -> None:
    other = "jonas@post.example"
    take(stage, order(stage, 1, email=other))
    moving_clock.move(days=1)
    take(stage, order(stage, 2, email=other, codes=(code.lower(),), discount=Decimal("5.00")))
    assert uses(stage) == [("earlier_order", "other")]
    (odd,) = voucher_report.report(stage.context, stage.shop).odd
    assert (odd.number, odd.discount) == ("#2", Decimal("5.00"))
    # It was granted, so it is counted.
    assert stage.rows(store.vouchers)[0].state == "redeemed"


def test_an_earlier_order_that_was_cancelled_is_none(
    stage: Stage, code: str, moving_clock: MovingClock
) -> None:
    take(stage, order(stage, 1, cancelled_at=stage.context.now()))
    moving_clock.move(hours=1)
    take(stage, order(stage, 2, codes=(code,)))
    assert uses(stage) == [("first_order", "owner")]


def test_a_second_order_with_the_code_is_recorded_and_counts_nothing(
    stage: Stage, code: str, moving_clock: MovingClock
) -> None:
    take(stage, order(stage, 1, codes=(code,)))
    moving_clock.move(hours=1)
    take(stage, order(stage, 2, email=None, codes=(code,)))
    assert uses(stage) == [("first_order", "owner"), ("second_use", "unknown")]
    assert stage.rows(store.vouchers)[0].order_id == order(stage, 1).id


def test_uses_that_stand_out_are_listed_by_date_or_by_discount(
    stage: Stage, code: str, moving_clock: MovingClock
) -> None:
    for number, discount in enumerate(("5.00", "1.00", "9.00", "5.50"), 1):
        take(stage, order(stage, number, codes=(code,), discount=Decimal(discount)))
        moving_clock.move(hours=1)
    listed = {
        sort: [one.number for one in voucher_report.report(stage.context, stage.shop, sort).odd]
        for sort in voucher_report.ORDERS
    }
    assert listed == {
        "newest": ["#4", "#3", "#2"],
        "oldest": ["#2", "#3", "#4"],
        "highest": ["#3", "#4", "#2"],
        "lowest": ["#2", "#4", "#3"],
    }


def test_a_cancellation_and_a_refund_follow_the_order(
    stage: Stage, code: str, moving_clock: MovingClock
) -> None:
    first = order(stage, 1, codes=(code,), discount=Decimal("5.00"))
    take(stage, first)
    moving_clock.move(hours=1)
    now = stage.context.now()
    refunded = order(
        stage, 1, codes=(code,), discount=Decimal("2.50"), total=Decimal("30.00"),
        created_at=first.created_at,
    )  # fmt: skip
    take(stage, refunded)
    assert stage.rows(voucher_uses)[0].discount == Decimal("2.50")
    assert stage.rows(store.vouchers)[0].redeemed_amount == Decimal("2.50")
    moving_clock.move(hours=1)
    take(stage, order(stage, 1, codes=(code,), created_at=first.created_at, cancelled_at=now))
    assert stage.rows(voucher_uses)[0].cancelled_at == now
    assert stage.rows(store.vouchers)[0].state == "cancelled"


def test_the_same_order_again_is_one_use(stage: Stage, code: str) -> None:
    one = order(stage, 1, codes=(code,))
    take(stage, one, one)
    assert uses(stage) == [("first_order", "owner")]
    assert timedelta(0) == stage.rows(voucher_uses)[0].placed_at - one.created_at
