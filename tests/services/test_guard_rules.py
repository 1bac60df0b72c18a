"""The arithmetic of the limits: whatever is asked, nothing leaves what the merchant allows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from plugin.services.guard_margin import deepest, depth_of, net, unit_cost
from plugin.services.guard_rules import Facts, Limits, QuietTime, judge, shrunk
from plugin.services.wording import Offer
from plugin.store.costs import CostedVariant

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
CENTS = some.integers(1, 1_000_000).map(lambda cents: Decimal(cents) / 100)


def facts(**values: Any) -> Facts:
    given_values = {"at": NOW, "asked_on": NOW.date(), "wanted": Decimal(5), "spent": Decimal(0)}
    return Facts(**{**given_values, **values})


@given(budget=CENTS, spent=CENTS, wanted=CENTS, bearable=some.integers(0, 100), smaller=...)
def test_what_is_given_fits_the_budget_and_what_the_products_bear(
    budget: Decimal, spent: Decimal, wanted: Decimal, bearable: int, smaller: bool
) -> None:
    limits = Limits(budget=budget, smaller_on=smaller)
    share = Decimal(bearable) / 100
    ruling = judge(
        limits, facts(wanted=wanted, spent=spent, bearable=share, margin_reason="below_margin")
    )
    smaller_value = shrunk(wanted, ruling.fraction, limits)
    value = smaller_value if ruling.verdict == "smaller" else wanted
    if ruling.verdict == "no":
        fits = spent + wanted <= budget and share == 1
        assert not fits
    else:
        assert spent + value <= budget
        assert value <= wanted * share
        assert (ruling.verdict == "allow") == (value == wanted) or value == wanted * ruling.fraction


@given(value=some.integers(1, 100), left=CENTS, least=some.integers(10, 99))
def test_a_smaller_voucher_is_never_below_the_least_share_of_it(
    value: int, left: Decimal, least: int
) -> None:
    limits = Limits(budget=left, smaller_on=True, smallest=Decimal(least))
    ruling = judge(limits, facts(wanted=Decimal(value)))
    if ruling.verdict == "smaller":
        given_value = shrunk(Decimal(value), ruling.fraction, limits)
        # Cents are what there is: a share that falls between two of them is the lower one.
        assert Decimal(value * least) / 100 - Decimal("0.01") < given_value <= left


@given(price=CENTS, cost=CENTS, floor=some.integers(0, 95), tax=some.integers(0, 30))
def test_the_deepest_discount_leaves_exactly_the_margin(
    price: Decimal, cost: Decimal, floor: int, tax: int
) -> None:
    limit = deepest(price, cost, Decimal(floor), Decimal(tax))
    assert limit is not None
    left = net(price, Decimal(tax)) * (1 - limit)
    margin = (left - cost) / left
    assert abs(margin - Decimal(floor) / 100) < Decimal("1e-9")


def test_no_cost_is_ever_assumed() -> None:
    bare = CostedVariant("1", "1", "Tasse", "", Decimal("11.90"), None, None, None)
    assert unit_cost(bare, Decimal(19)) is None
    assert deepest(Decimal(20), None, Decimal(0), Decimal(19)) is None
    stated = CostedVariant("1", "1", "Tasse", "", Decimal("11.90"), None, None, Decimal(40))
    assert unit_cost(stated, Decimal(19)) == Decimal(6)
    told = CostedVariant("1", "1", "Tasse", "", Decimal(12), Decimal(3), Decimal(4), Decimal(40))
    assert unit_cost(told, Decimal(19)) == Decimal(3)


@pytest.mark.parametrize(
    ("offer", "depth"),
    [
        (Offer("percent", Decimal(15), "EUR", None, 30, {}), "0.15"),
        (Offer("amount", Decimal(5), "EUR", Decimal(40), 30, {}), "0.125"),
        (Offer("amount", Decimal(5), "EUR", None, 30, {}), "0.25"),
        (Offer("amount", Decimal(50), "EUR", None, 30, {}), "1"),
    ],
)
def test_an_amount_takes_most_of_the_smallest_basket(offer: Offer, depth: str) -> None:
    assert depth_of(offer, Decimal(20)) == Decimal(depth)


def test_the_first_limit_that_forbids_it_is_the_reason() -> None:
    quiet = QuietTime(start=date(2026, 10, 1), end=date(2026, 10, 31))
    worst = facts(
        spent=Decimal(200),
        orders=100,
        coded=50,
        last_code=NOW - timedelta(days=1),
        bearable=Decimal(0),
        margin_reason="below_margin",
    )
    off: dict[str, Any] = {"quiet": (quiet,)}
    for reason, switch in (
        ("quiet_time", {"quiet_on": False}),
        ("cooldown", {"cooldown_on": False}),
        ("share_reached", {"share_on": False}),
        ("below_margin", {}),
    ):
        assert judge(Limits(**off), worst).reason == reason
        off |= switch


def test_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValidationError):
        QuietTime(start=date(2026, 12, 2), end=date(2026, 12, 1))
    for wrong in ({"budget": Decimal(-1)}, {"holdout": 0}, {"share": Decimal(0)}):
        with pytest.raises(ValidationError):
            Limits.model_validate(wrong)


def test_nobody_measures_nothing_by_accident() -> None:
    assert Limits().held_back == 10
    assert Limits(no_holdout=True).held_back == 0
