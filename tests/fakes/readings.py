"""What Bleib brought, and how a test stands: estimates as the services of insight return them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from plugin.services.insight import ArmSums, CurveDay, Earned, ReadArm, Reading
from plugin.services.insight.results import Verdict
from plugin.services.statistics import Interval

END = date(2026, 11, 21)


def sums(exposures: int, orders: int, margin: str) -> ArmSums:
    """Return what was counted of a group."""
    return ArmSums(exposures, orders, Decimal(margin) * 2, Decimal(9), Decimal(margin), 1)


GAIN = Earned(
    start=END - timedelta(days=89),
    end=END,
    currency="EUR",
    state="gain",
    estimate=Interval(13_000, 2_900, 23_100),
    given=sums(191_232, 4_000, "119711"),
    held=sums(21_248, 400, "11856"),
    curve=tuple(
        CurveDay(END - timedelta(days=7 * n), 62.6, 55.8, 51.0, 60.6) for n in range(8, -1, -1)
    ),
    cause=None,
    ready_on=None,
    per_day=2361,
    held_percent=10.0,
)


def reading(campaign: int, verdict: Verdict) -> Reading:
    """Return how a test of three groups stands; "less" is said of one without a variant b."""

    def arm(name: str, exposures: int, margin: str, against: Interval | None) -> ReadArm:
        counts = {"sign_up": 212, "confirmed": 160}
        return ReadArm(name, 45, sums(exposures, 90, margin), counts, against)

    difference = Interval(1.8, -10.0, 13.0)
    arms: tuple[ReadArm, ...] = (
        arm("a", 9_104, "5198", Interval(1.3, -16.6, 19.2)),
        arm("b", 9_087, "5352", Interval(3.1, -14.8, 21.0)),
        arm("-", 2_021, "1128", None),
    )
    if verdict == "less":
        arms, difference = (arms[0], arms[2]), Interval(-9, -15, -2)
    return Reading(
        campaign=campaign,
        version=1,
        since=date(2026, 10, 23),
        currency="EUR",
        arms=arms,
        verdict=verdict,
        difference=difference,
        detectable=14.2,
        per_day=650,
        next_reading=date(2026, 12, 3),
        even=verdict != "invalid",
    )
