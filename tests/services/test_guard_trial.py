"""A month decided anew: what it would have cost, by which limit, and never more than it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as some

from plugin.model import Shop
from plugin.services import guard_trial
from plugin.services.context import Context
from plugin.services.guard_rules import Limits, QuietTime
from plugin.services.guard_trial import Baskets, Trial, replay
from plugin.store.costs import CostedVariant
from plugin.store.guard_orders import PastLine, PastOrder
from plugin.store.orders import orders as orders_table

OCTOBER = date(2026, 10, 1)
OPEN: dict[str, Any] = {
    "budget": Decimal(1_000_000), "share_on": False, "cooldown_on": False, "quiet_on": False
}  # fmt: skip
SHOP = Shop(
    1, "key", "shopify", "uferhaus.example", "Uferhaus", "", "EUR", "de-DE", "Europe/Berlin",
    ("de",), "sie", "installed", 1, 1, "", "", "", None, datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


def order(
    number: int, hour: int, discount: str = "10", *, who: str | None = None, coded: bool = True
) -> PastOrder:
    placed = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hour)
    off = Decimal(discount)
    return PastOrder(f"{number}", placed, who, 60 - off, off, coded)


def trial(
    orders: Sequence[PastOrder],
    lines: dict[str, list[PastLine]] | None = None,
    known: dict[str, CostedVariant] | None = None,
    **limits: Any,
) -> Trial:
    chosen = Limits(**{**OPEN, **limits})
    coded = [one for one in orders if one.coded]
    others = [one.placed_at for one in orders if not one.coded]
    baskets = Baskets(chosen, SHOP, lines or {}, known or {})
    return replay(SHOP, OCTOBER, chosen, coded, others, baskets)


def kept_back(found: Trial) -> dict[str, tuple[int, int]]:
    return {one.reason: (one.codes, int(one.amount)) for one in found.refused}


def test_without_limits_a_month_costs_what_it_cost() -> None:
    found = trial([order(n, n) for n in range(12)])
    assert [found.cost, found.limited_cost, found.codes, found.kept] == [120, 120, 12, 12]
    assert found.refused == ()


def test_a_budget_ends_the_month_when_it_is_spent() -> None:
    found = trial([order(n, n * 24 + 6) for n in range(12)], budget=Decimal(45))
    assert [found.cost, found.limited_cost] == [120, 40]
    assert kept_back(found) == {"budget_spent": (8, 80)}
    assert [int(cost) for cost in found.limited[:6]] == [10, 10, 10, 10, 0, 0]


def test_a_quiet_time_of_the_past_counts_by_the_day_in_the_shop() -> None:
    quiet = QuietTime(start=date(2026, 10, 2), end=date(2026, 10, 3))
    at = [21, 23, 70, 71]  # UTC; in Berlin two hours later
    found = trial([order(n, hour) for n, hour in enumerate(at)], quiet_on=True, quiet=(quiet,))
    assert kept_back(found) == {"quiet_time": (1, 10)}
    assert found.quiet == (quiet,)


def test_a_person_waits_between_two_codes_also_since_before_the_month() -> None:
    past = order(0, -200, who="anna")
    found = trial([past, order(1, 5, who="anna"), order(2, 6, who="berta"), order(3, 7)],
                  cooldown_on=True, cooldown_days=30)  # fmt: skip
    assert kept_back(found) == {"cooldown": (1, 10)}
    assert found.codes == 3


def test_the_share_counts_what_would_have_carried_a_code() -> None:
    before = [order(n, -100 + n, coded=False) for n in range(30)]
    found = trial([*before, *(order(100 + n, n) for n in range(10))], share_on=True,
                  share=Decimal(10))  # fmt: skip
    # 3 of 30, then 4 of 33: the rest is refused until the share falls again.
    assert found.kept == 4
    assert kept_back(found)["share_reached"][0] == 6


def test_a_floor_takes_the_discount_off_what_does_not_bear_it() -> None:
    lines = {
        "0": [PastLine("a", "a", 2, Decimal(20)), PastLine("b", "b", 1, Decimal(20))],
        "1": [PastLine("b", "b", 1, Decimal(60))],
        "2": [PastLine("x", "x", 1, Decimal(60))],
    }
    known = {
        "a": CostedVariant("a", "a", "", "", Decimal(20), Decimal(6), None, None),
        "b": CostedVariant("b", "b", "", "", Decimal(20), Decimal("16.50"), None, None),
    }
    orders = [order(n, n, "12") for n in range(3)]
    found = trial(orders, lines, known, floor_on=True, floor=Decimal(25), tax=Decimal(0))
    assert found.limited_cost == 8 + 12  # the second is dear enough at 60 a piece
    assert kept_back(found) == {"cost_unknown": (1, 12)}
    assert [found.shortened.codes, found.shortened.amount] == [1, 4]


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(-300, 740), some.integers(0, 4000), some.booleans(),
                    some.sampled_from([None, "anna", "berta"])),
        max_size=40,
    ),
    some.integers(0, 9000), some.integers(1, 100), some.booleans(),
)  # fmt: skip
def test_limits_only_ever_save(
    drawn: list[tuple[int, int, bool, str | None]], budget: int, share: int, smaller: bool
) -> None:
    orders = [
        order(n, hour, str(Decimal(cents) / 100), who=who, coded=coded)
        for n, (hour, cents, coded, who) in enumerate(sorted(drawn, key=lambda one: one[0]))
    ]
    found = trial(orders, budget=Decimal(budget) / 100, share_on=True, share=Decimal(share),
                  cooldown_on=True, smaller_on=smaller)  # fmt: skip
    assert found.limited_cost <= min(found.cost, Decimal(budget) / 100)
    saved = sum((one.amount for one in found.refused), found.shortened.amount)
    assert found.cost - found.limited_cost == saved
    assert found.codes - found.kept == sum(one.codes for one in found.refused)


@pytest.mark.parametrize("first", [None, datetime(2026, 9, 20, tzinfo=UTC)])
def test_a_month_can_be_tried_once_all_of_it_is_known(
    context: Context, shop: Shop, first: datetime | None
) -> None:
    if first is not None:
        _store(context, shop, first, datetime(2026, 10, 7, 9, tzinfo=UTC))
    assert guard_trial.months(context, shop) == ([OCTOBER] if first else [])
    found = guard_trial.run(context, shop, OCTOBER, Limits(budget=Decimal(5)))
    assert [found.cost, found.limited_cost] == ([12, 0] if first else [0, 0])


def _store(context: Context, shop: Shop, *moments: datetime) -> None:
    rows = [
        {
            "shop_id": shop.id, "order_id": f"{n}", "number": f"{n}", "currency": "EUR",
            "total": Decimal(60), "discount": Decimal(12), "codes": ["HERBST"], "paid": True,
            "placed_at": moment, "updated_at": moment,
        }
        for n, moment in enumerate(moments)
    ]  # fmt: skip
    with context.db.write() as connection:
        connection.execute(sa.insert(orders_table), rows)
