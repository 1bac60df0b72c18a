from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from plugin.model import Shop
from plugin.services import guard, vouchers
from plugin.services.context import Context
from plugin.services.wording import Offer
from plugin.store import vouchers as store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.vouchers import guard_decisions
from tests.conftest import START, MovingClock
from tests.services.sign_up_stage import Stage

OFFER = Offer("amount", Decimal(5), "EUR", Decimal(40), 30, {})
CAMPAIGN = PublishedCampaign(1, "newsletter", 1, {})


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def _plan(stage: Stage, identity: str, offer: Offer = OFFER) -> guard.Decision:
    with stage.context.db.write() as connection:
        return vouchers.plan(
            connection, stage.context, stage.shop, identity, CAMPAIGN, offer, START
        )


def _set_budget(stage: Stage, amount: int) -> None:
    with stage.context.db.write() as connection:
        store.set_monthly_budget(connection, stage.shop.id, Decimal(amount), stage.context.now())


def test_sixty_four_at_once_for_fifty_people_make_exactly_fifty_codes(stage: Stage) -> None:
    _set_budget(stage, 10_000)
    people = [f"{n % 50:064d}" for n in range(64)] * 4
    barrier = threading.Barrier(64)

    def ask(identity: str) -> str:
        barrier.wait(timeout=30)
        for _ in range(20):
            try:
                return _plan(stage, identity).reason
            except IntegrityError as error:  # the unique key is the last wall, not the first
                raise AssertionError("decided twice") from error
            except Exception as error:  # noqa: BLE001 - a busy database says so; ask again
                busy = error
        raise AssertionError("never got through") from busy

    with ThreadPoolExecutor(64) as pool:
        reasons = Counter(pool.map(ask, people))
    rows = stage.rows(store.vouchers)
    assert len(rows) == 50
    assert len({row.code for row in rows}) == 50
    assert reasons == {"within_budget": 50, "already_had": 206}


def test_the_budget_is_never_exceeded_when_many_ask_at_once(stage: Stage) -> None:
    _set_budget(stage, 100)
    with ThreadPoolExecutor(16) as pool:
        decisions = list(pool.map(lambda n: _plan(stage, f"{n:064d}"), range(40)))
    assert sum(decision.allowed for decision in decisions) == 20
    assert {d.reason for d in decisions if not d.allowed} == {"budget_spent"}
    assert len(stage.rows(store.vouchers)) == 20


def test_without_a_choice_of_the_merchant_two_hundred_a_month_are_promised(stage: Stage) -> None:
    decisions = [_plan(stage, f"{n:064d}") for n in range(42)]
    assert sum(decision.allowed for decision in decisions) == 40


def test_a_new_month_in_the_shop_zone_brings_a_new_budget(
    stage: Stage, moving_clock: MovingClock
) -> None:
    _set_budget(stage, 5)
    assert _plan(stage, "a" * 64).allowed
    moving_clock.move(days=9, hours=13, minutes=59)  # 30 November, 23:59 in Berlin
    assert not _plan(stage, "b" * 64).allowed
    moving_clock.move(minutes=1)
    assert _plan(stage, "c" * 64).allowed


def test_a_budget_of_nothing_promises_nothing(stage: Stage) -> None:
    _set_budget(stage, 0)
    assert _plan(stage, "a" * 64).reason == "budget_spent"


def test_what_was_set_aside_for_a_refused_voucher_is_there_again(stage: Stage) -> None:
    _set_budget(stage, 5)
    decision = _plan(stage, "a" * 64)
    assert not _plan(stage, "b" * 64).allowed
    with stage.context.db.write() as connection:
        guard.release(connection, stage.context, stage.shop, decision.amount, "known_customer")
    assert _plan(stage, "c" * 64).allowed


def test_every_decision_is_written_down_with_its_reason(stage: Stage) -> None:
    _set_budget(stage, 5)
    for identity in ("a" * 64, "a" * 64, "b" * 64):
        _plan(stage, identity)
    assert [(row.verdict, row.reason) for row in stage.rows(guard_decisions)] == [
        ("allow", "within_budget"),
        ("no", "already_had"),
        ("no", "budget_spent"),
    ]


@pytest.mark.parametrize(
    ("offer", "amount"),
    [
        (OFFER, "5"),
        (Offer("percent", Decimal(10), "EUR", Decimal(40), 30, {}), "8.00"),
        (Offer("percent", Decimal("7.5"), "EUR", None, 30, {}), "7.50"),
    ],
)
def test_a_percentage_is_reckoned_from_twice_the_minimum_or_a_hundred(
    stage: Stage, offer: Offer, amount: str
) -> None:
    with stage.context.db.read() as connection:
        assert guard.reserve_for(connection, stage.shop, offer) == Decimal(amount)


def test_the_budget_of_one_shop_is_not_spent_by_another(
    stage: Stage, make_shop: object, context: Context
) -> None:
    other = make_shop("andere.myshopify.com")  # type: ignore[operator]
    _set_budget(stage, 5)
    assert _plan(stage, "a" * 64).allowed
    with context.db.write() as connection:
        decision = vouchers.plan(connection, context, other, "a" * 64, CAMPAIGN, OFFER, START)
    assert decision.allowed
