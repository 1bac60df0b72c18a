"""The shape of every estimate that a merchant reads: what Bleib brought, and how a test stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from plugin.services.statistics import Interval

#: "no_costs": there are enough orders, but the cost price of too many is unknown. "uneven": the
#: groups are not as large as they were drawn, so that no amount of them may be believed.
State = Literal["gain", "unclear", "loss", "too_few", "no_holdout", "no_costs", "uneven"]
#: What a test says. "undecidable" is not decidable yet, "invalid" is unevenly split: no figures.
#: "less": the campaign brings less than the holdout (of a test without a variant b).
Verdict = Literal["undecidable", "b_more", "a_more", "less", "no_difference", "invalid"]


@dataclass(frozen=True)
class ArmSums:
    """What was counted of one group; money in the shop's currency.

    `exposures`: views of a page on which something was shown, or would have been. `margin` is the
    contribution margin of the `orders` less the `unknown` ones, whose cost nobody stated:
    without tax, discounts already off.
    """

    exposures: int
    orders: int
    revenue: Decimal
    discount: Decimal
    margin: Decimal
    unknown: int

    @property
    def margin_per_100(self) -> float | None:
        """Return the contribution margin of 100 exposures, None without any."""
        return 100 * float(self.margin) / self.exposures if self.exposures else None


@dataclass(frozen=True)
class CurveDay:
    """Contribution margin of 100 exposures, of all days up to this one.

    `shown` is with Bleib; `held` without it, which lies between `low` and `high` at 95 %.
    """

    day: date
    shown: float
    held: float
    low: float
    high: float


@dataclass(frozen=True)
class Earned:
    """What the whole suite brought over a stretch of days, against those who saw nothing of it.

    `estimate` is the contribution margin that came on top, in the shop's currency: negative where
    it was less, None in the states "too_few", "no_holdout", "no_costs" and "uneven". `curve` has a
    point for each week, for each day in the first two, and one for the last day (in the state
    "too_few", too), none where two cannot be made or where they would be as wrong as an amount.
    `cause` is the campaign that lost most, in the state "loss", if one did. `ready_on`: when there
    will be enough, in the state "too_few", None where nobody can tell. `per_day`: exposures a day.
    `held_percent`: the share that sees nothing, as counted.
    """

    start: date
    end: date
    currency: str
    state: State
    estimate: Interval | None
    given: ArmSums
    held: ArmSums
    curve: tuple[CurveDay, ...]
    cause: int | None
    ready_on: date | None
    per_day: int
    held_percent: float


@dataclass(frozen=True)
class CampaignEarned:
    """What one campaign brought, against its own holdout; over all its versions of these days.

    `estimate` as in `Earned`, None with the reason in `state`. "service": everyone sees it, so
    there is nothing to compare with.
    """

    campaign: int
    widget: str
    name: str
    state: State | Literal["service"]
    estimate: Interval | None
    given: ArmSums
    held: ArmSums


@dataclass(frozen=True)
class ReadArm:
    """One arm of a test: "a", "b" or "-" (the holdout).

    `conversions` by kind ("sign_up", "confirmed", "redeemed", "click" …). `against_holdout`:
    contribution margin of 100 exposures, how much more than the holdout's; None for the holdout
    itself and while there is too little.
    """

    arm: str
    weight: int
    sums: ArmSums
    conversions: dict[str, int]
    against_holdout: Interval | None


@dataclass(frozen=True)
class Reading:
    """How a test of one version of a campaign stands, as often as one likes to look.

    `difference`: contribution margin of 100 exposures, how much more in b than in a (where there
    is no b: in a than in the holdout). `detectable`: the smallest such difference that the test
    finds four times of five until `next_reading`, in the shop's currency; None while nothing can
    be said of it. The verdict "no_difference" names another amount: the farther end of the range
    of `difference`, from which on none is left.
    `per_day`: exposures a day. `even`: False where the visitors are unevenly split, None while
    there are too few to tell. In the verdict "invalid" no arm has figures of money. `apart`: how
    often it was shown to people who get no code for comparison; they are in none of the arms.
    """

    campaign: int
    version: int
    since: date
    currency: str
    arms: tuple[ReadArm, ...]
    verdict: Verdict
    difference: Interval | None
    detectable: float | None
    per_day: int
    next_reading: date
    even: bool | None
    apart: int = 0
