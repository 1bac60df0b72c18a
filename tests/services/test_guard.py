from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.exc import IntegrityError

from plugin.model import Product, Shop, Variant
from plugin.services import guard, guard_limits, vouchers
from plugin.services.context import Context
from plugin.services.guard_rules import Limits, QuietTime
from plugin.services.wording import Offer
from plugin.store import catalogue
from plugin.store import vouchers as store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.guard import granted_in, guard_decisions
from plugin.store.orders import orders
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


def _set_budget(stage: Stage, amount: Decimal | int) -> None:
    _limit(stage, budget=Decimal(amount))


def _limit(stage: Stage, **values: Any) -> None:
    saved = guard_limits.limits_of(stage.context, stage.shop)
    limits = Limits.model_validate({**saved.limits.__dict__, **values})
    guard_limits.save(stage.context, stage.shop, limits, seen=saved.revision)


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
    assert _plan(stage, "a" * 64).allowed
    assert not _plan(stage, "b" * 64).allowed
    _release(stage, "a" * 64)
    assert _plan(stage, "c" * 64).allowed


def _release(stage: Stage, identity: str) -> None:
    with stage.context.db.write() as connection:
        voucher = store.voucher_of(connection, stage.shop.id, identity)
        assert voucher is not None
        guard.release(connection, stage.context, stage.shop, voucher, "known_customer")


def test_what_is_given_back_does_not_make_the_next_month_richer(
    stage: Stage, moving_clock: MovingClock
) -> None:
    _set_budget(stage, 5)
    assert _plan(stage, "a" * 64).allowed
    moving_clock.move(days=12)  # December
    _release(stage, "a" * 64)
    assert _plan(stage, "b" * 64).allowed
    assert not _plan(stage, "c" * 64).allowed


def test_what_a_redeemed_voucher_cost_beyond_its_reserve_counts_as_well(stage: Stage) -> None:
    _set_budget(stage, 12)
    assert _plan(stage, "a" * 64).allowed
    with stage.context.db.write() as connection:
        connection.execute(
            store.vouchers.update().values(
                state="redeemed", redeemed_at=stage.context.now(), redeemed_amount=Decimal(9)
            )
        )
    assert not _plan(stage, "b" * 64).allowed
    report = guard_limits.report(stage.context, stage.shop)
    assert [report.spent, report.granted, report.redeemed] == [9, 5, 9]


def test_every_decision_is_written_down_with_its_reason(stage: Stage) -> None:
    _set_budget(stage, 5)
    for identity in ("a" * 64, "a" * 64, "b" * 64):
        _plan(stage, identity)
    rows = [
        (row.verdict, row.reason, row.amount, row.currency, row.identity[0], row.widget)
        for row in stage.rows(guard_decisions)
    ]
    assert rows == [
        ("allow", "within_budget", 5, "EUR", "a", "newsletter"),
        ("no", "already_had", 5, "EUR", "a", "newsletter"),
        ("no", "budget_spent", 5, "EUR", "b", "newsletter"),
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
    stage: Stage, make_shop: Callable[..., Shop], context: Context
) -> None:
    other = make_shop("andere.myshopify.com")
    _set_budget(stage, 5)
    assert _plan(stage, "a" * 64).allowed
    with context.db.write() as connection:
        decision = vouchers.plan(connection, context, other, "a" * 64, CAMPAIGN, OFFER, START)
    assert decision.allowed


#: Requests for amounts in cents, the return of an earlier one, another budget, time that goes by.
_MOVES = some.lists(
    some.one_of(
        some.tuples(some.just("ask"), some.integers(50, 3000)),
        some.tuples(some.just("release"), some.integers(0, 20)),
        some.tuples(some.just("budget"), some.integers(0, 8000)),
        some.tuples(some.just("days"), some.integers(1, 20)),
    ),
    min_size=3,
    max_size=14,
)
_EXAMPLES = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_EXAMPLES
@given(moves=_MOVES, smaller=some.booleans())
def test_whatever_happens_no_grant_exceeds_the_budget_of_its_month(
    context: Context,
    make_shop: Callable[..., Shop],
    moving_clock: MovingClock,
    moves: list[tuple[str, int]],
    smaller: bool,
) -> None:
    stage = Stage(context, make_shop(f"{secrets.token_hex(8)}.myshopify.com"))
    _limit(stage, budget=Decimal(50), smaller_on=smaller)
    given_to: list[str] = []
    for number, (move, value) in enumerate(moves):
        if move == "ask":
            identity = f"{number:064d}"
            offer = Offer("amount", Decimal(value) / 100, "EUR", None, 30, {})
            decision = _plan(stage, identity, offer)
            budget = guard_limits.monthly_budget(context, stage.shop)
            if decision.allowed:
                given_to.append(identity)
                assert _granted(stage) <= budget
                assert decision.offer.value <= offer.value
                assert decision.amount.currency == "EUR"
        elif move == "release" and value < len(given_to):
            _release(stage, given_to.pop(value))
        elif move == "budget":
            _set_budget(stage, Decimal(value) / 100)
        elif move == "days":
            moving_clock.move(days=value)
    assert _granted(stage) >= 0


def _granted(stage: Stage) -> Decimal:
    month = guard_limits.month_of(stage.context.now(), stage.shop.zone)
    with stage.context.db.read() as connection:
        return granted_in(connection, stage.shop.id, month, "EUR")


@settings(_EXAMPLES, max_examples=4)
@given(amounts=some.lists(some.integers(50, 3000), min_size=8, max_size=16))
def test_at_once_the_budget_is_used_up_but_never_exceeded(
    context: Context, make_shop: Callable[..., Shop], amounts: list[int]
) -> None:
    stage = Stage(context, make_shop(f"{secrets.token_hex(8)}.myshopify.com"))
    _set_budget(stage, 60)
    offers = [Offer("amount", Decimal(cents) / 100, "EUR", None, 30, {}) for cents in amounts]
    with ThreadPoolExecutor(8) as pool:
        decisions = list(
            pool.map(lambda n: _plan(stage, f"{n:064d}", offers[n]), range(len(offers)))
        )
    taken = sum((one.amount.amount for one in decisions if one.allowed), Decimal(0))
    assert taken == _granted(stage) <= 60
    # Nobody was refused who would still fit: what is left only ever becomes less.
    assert all(one.amount.amount > 60 - taken for one in decisions if not one.allowed)


def test_in_a_quiet_time_nobody_gets_a_code_who_asked_in_it(
    stage: Stage, moving_clock: MovingClock
) -> None:
    black_week = QuietTime(start=date(2026, 11, 23), end=date(2026, 11, 30))
    _limit(stage, quiet=(black_week,))
    moving_clock.move(days=4)
    with stage.context.db.write() as connection:
        late = vouchers.plan(
            connection, stage.context, stage.shop, "a" * 64, CAMPAIGN, OFFER, stage.context.now()
        )
    promised_before = _plan(stage, "b" * 64)  # signed up at the start, before the quiet time
    assert (late.verdict, late.reason) == ("no", "quiet_time")
    assert promised_before.allowed


def test_a_held_back_shopper_gets_no_code_and_takes_no_budget(stage: Stage) -> None:
    arms: Any = {"traffic": "real", "arms": [(CAMPAIGN.id, 1, "h")]}
    with stage.context.db.write() as connection:
        decision = vouchers.plan(
            connection, stage.context, stage.shop, "a" * 64, CAMPAIGN, OFFER, START, arms
        )
    assert (decision.verdict, decision.reason) == ("no", "holdout")
    assert _granted(stage) == 0


def _orders(stage: Stage, number: int, coded: int, identity: str | None = None) -> None:
    now = stage.context.now()
    rows = [
        {
            "shop_id": stage.shop.id, "order_id": f"{identity}-{n}", "number": str(n),
            "identity": identity, "currency": "EUR", "total": Decimal(40),
            "discount": Decimal(5 if n < coded else 0), "codes": ["ABC"] if n < coded else [],
            "paid": True, "placed_at": now - timedelta(days=n % 27), "updated_at": now,
            "cancelled_at": now if identity else None,
        }
        for n in range(number)
    ]  # fmt: skip
    with stage.context.db.write() as connection:
        connection.execute(sa.insert(orders), rows)


@pytest.mark.parametrize(
    ("number", "coded", "reason"),
    [
        (100, 4, "within_budget"),
        (100, 5, "share_reached"),
        (19, 19, "within_budget"),
        (20, 1, "share_reached"),
    ],
)
def test_from_a_share_of_orders_with_a_code_on_nobody_gets_one(
    stage: Stage, number: int, coded: int, reason: str
) -> None:
    _orders(stage, number, coded)
    assert _plan(stage, "a" * 64).reason == reason
    assert guard_limits.report(stage.context, stage.shop).alarm == (reason == "share_reached")


def test_whoever_had_a_code_a_while_ago_waits_for_the_next(
    stage: Stage, moving_clock: MovingClock
) -> None:
    _orders(stage, 1, 1, "a" * 64)  # cancelled: still a first order, but not a first code
    moving_clock.move(days=89)
    assert _plan(stage, "a" * 64).reason == "cooldown"
    moving_clock.move(days=2)
    assert _plan(stage, "a" * 64).allowed


def test_with_a_floor_no_product_is_discounted_whose_cost_is_unknown_or_too_high(
    stage: Stage,
) -> None:
    _limit(stage, floor_on=True, floor=Decimal(25))
    assert _decide(stage).reason == "cost_unknown"  # nothing is known of what is sold
    for cost, reason in ((None, "cost_unknown"), ("15.00", "below_margin")):
        stock(stage, {"a": ("20.00", "8.00"), "b": ("20.00", cost)})
        assert _decide(stage).reason == reason
    stock(stage, {"b": ("20.00", "9.00")})
    assert _decide(stage).allowed


def _decide(stage: Stage, *, may_exclude: bool = False) -> guard.Decision:
    request = guard.VoucherRequest("a" * 64, 1, "newsletter", OFFER, may_exclude=may_exclude)
    with stage.context.db.write() as connection:
        return guard.decide(connection, stage.context, stage.shop, request)


def test_where_the_platform_can_exclude_products_the_others_keep_their_voucher(
    stage: Stage,
) -> None:
    stock(stage, {"a": ("20.00", "8.00"), "b": ("20.00", None)})
    _limit(stage, floor_on=True)
    decision = _decide(stage, may_exclude=True)
    assert (decision.verdict, decision.excluded) == ("allow", ("b",))


def test_a_smaller_voucher_is_given_where_the_merchant_allows_it(stage: Stage) -> None:
    _limit(stage, budget=Decimal("8.50"), smaller_on=True, smallest=Decimal(60))
    assert _plan(stage, "a" * 64).verdict == "allow"
    smaller = _plan(stage, "b" * 64)
    assert smaller.verdict == "smaller"
    assert [smaller.offer.value, smaller.amount.amount] == [3, 3]
    assert _plan(stage, "c" * 64).verdict == "no"
    assert [row.value for row in stage.rows(store.vouchers)] == [5, 3]


def stock(stage: Stage, prices: dict[str, tuple[str, str | None]]) -> None:
    """Put products into the catalogue: price, and what a piece costs."""
    items = [
        Product(
            id=name, title=name, handle=name, url=f"/{name}", image_url=None, kind="",
            published=True, updated_at=stage.context.now(),
            variants=(
                Variant(
                    f"{name}-1", "", Decimal(price), None, None if cost is None else Decimal(cost),
                    True, 1,
                ),
            ),
        )
        for name, (price, cost) in prices.items()
    ]  # fmt: skip
    with stage.context.db.write() as connection:
        catalogue.put_products(connection, stage.shop.id, items)
