"""The limits of the discount guard, and what they say about one request: nothing but arithmetic.

The same lines decide about a real request and, in a trial, about an order of the past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_UP, Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from plugin.contracts.settings import Settings

Verdict = Literal["allow", "smaller", "no"]
Reason = Literal[
    "within_budget",
    "shrunk_budget",
    "shrunk_margin",
    "already_had",
    "known_customer",
    "holdout",
    "quiet_time",
    "cooldown",
    "share_reached",
    "cost_unknown",
    "below_margin",
    "budget_spent",
    "pool_empty",
    "offer_ended",
    "person_gone",
]

#: Budget of a month until the merchant sets another, in the shop's currency.
CAREFUL_BUDGET = Decimal(200)
#: Stretch of time in which the share of orders with a code is looked at.
SHARE_DAYS = 28
#: Of fewer orders a share says nothing: one code among five would stop everything.
LEAST_ORDERS = 20
MOST_QUIET_TIMES = 12
CENT = Decimal("0.01")
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def _in_cents(value: Decimal) -> Decimal:
    # One form for 40, 40.0 and 40.00: what is equal must not look like a change.
    return value.quantize(CENT)


_Percent = Annotated[Decimal, AfterValidator(_in_cents)]


class QuietTime(Settings):
    """A stretch of days, both included, in which nobody is promised a voucher."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> QuietTime:
        if self.end < self.start:
            raise PydanticCustomError("quiet_order", "ends before it starts")
        return self


class Limits(Settings):
    """What a merchant allows for the whole shop, whichever widget asks."""

    budget: Annotated[Decimal, AfterValidator(_in_cents)] = Field(
        CAREFUL_BUDGET, ge=0, le=1_000_000, decimal_places=2
    )
    share_on: bool = True
    share: _Percent = Field(Decimal(5), ge=Decimal("0.5"), le=100, decimal_places=2)
    floor_on: bool = False
    floor: _Percent = Field(Decimal(25), ge=0, le=95, decimal_places=2)
    #: What of a price is tax and not the merchant's; None: as usual in the shop's country.
    tax: _Percent | None = Field(None, ge=0, le=50, decimal_places=2)
    cooldown_on: bool = True
    cooldown_days: int = Field(90, ge=1, le=730)
    quiet_on: bool = True
    quiet: tuple[QuietTime, ...] = Field((), max_length=MOST_QUIET_TIMES)
    #: Whether a voucher may be smaller than offered, and down to which share of it.
    smaller_on: bool = False
    smallest: _Percent = Field(Decimal(50), ge=10, le=99, decimal_places=2)
    #: The share of shoppers who get the same courtesy without a code.
    holdout: int = Field(10, ge=1, le=50)
    #: Without them nobody can tell whether the vouchers earn anything.
    no_holdout: bool = False

    @property
    def held_back(self) -> int:
        """Return the share in percent that gets no code."""
        return 0 if self.no_holdout else self.holdout

    def quiet_on_day(self, day: date) -> QuietTime | None:
        """Return the quiet time that holds on a day."""
        if not self.quiet_on:
            return None
        return next((one for one in self.quiet if one.start <= day <= one.end), None)


@dataclass(frozen=True)
class Facts:
    """What is known when somebody asks for `wanted`.

    `bearable`: the share of it that the margin floor lets through, and `margin_reason` why not
    all. `last_code`: when the person last had a code.
    """

    at: datetime
    asked_on: date
    wanted: Decimal
    spent: Decimal
    orders: int = 0
    coded: int = 0
    last_code: datetime | None = None
    bearable: Decimal = _ONE
    margin_reason: Reason = "within_budget"
    may_shrink: bool = True


@dataclass(frozen=True)
class Ruling:
    """What the limits say; `fraction` is the share of what was wanted that may be given."""

    verdict: Verdict
    reason: Reason
    fraction: Decimal


def judge(limits: Limits, facts: Facts) -> Ruling:
    """Return what the limits say; the first that forbids it is the reason."""
    forbidden = _forbidden(limits, facts)
    if forbidden is not None:
        return Ruling("no", forbidden, Decimal(0))
    left = max(limits.budget - facts.spent, Decimal(0))
    fits = min(left / facts.wanted, _ONE) if facts.wanted else _ONE
    fraction = min(facts.bearable, fits)
    if fraction == _ONE:
        return Ruling("allow", "within_budget", _ONE)
    by_margin = facts.bearable <= fits
    least = limits.smallest / _HUNDRED
    if limits.smaller_on and facts.may_shrink and fraction >= least:
        return Ruling("smaller", "shrunk_margin" if by_margin else "shrunk_budget", fraction)
    return Ruling("no", facts.margin_reason if by_margin else "budget_spent", Decimal(0))


def _forbidden(limits: Limits, facts: Facts) -> Reason | None:
    if limits.quiet_on_day(facts.asked_on) is not None:
        return "quiet_time"
    pause = timedelta(days=limits.cooldown_days if limits.cooldown_on else 0)
    if facts.last_code is not None and facts.at - facts.last_code < pause:
        return "cooldown"
    return "share_reached" if share_reached(limits, facts.orders, facts.coded) else None


def share_reached(limits: Limits, orders: int, coded: int) -> bool:
    """Tell whether as many orders carry a code as the merchant allows: a permanent discount."""
    return limits.share_on and orders >= LEAST_ORDERS and coded * _HUNDRED >= limits.share * orders


def shrunk(value: Decimal, fraction: Decimal, limits: Limits) -> Decimal:
    """Return a smaller value of an offer, never more than the share.

    In whole euros or per cent, unless the merchant's least share of it lies between.
    """
    exact = value * fraction
    whole = exact.to_integral_value(ROUND_FLOOR)
    least = value * limits.smallest / _HUNDRED
    return whole if whole and whole >= least else exact.quantize(CENT, ROUND_FLOOR)


def cents_up(amount: Decimal) -> Decimal:
    """Return an amount in cents, never less."""
    return amount.quantize(CENT, ROUND_UP)
