"""What an experiment shows: shares with intervals, differences, and whether the draw was fair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services.arms import COURTESY, HOLDOUT, weights_of
from plugin.services.context import Context
from plugin.services.statistics import Interval, newcombe, split_evidence, split_p, wilson
from plugin.store import campaigns
from plugin.store.exposures import counts_of_version

#: Below this in one of two arms, or in the outcomes of both together, no difference is stated.
LEAST_EXPOSURES = 100
LEAST_OUTCOMES = 10
#: So unlikely must it be that chance ever makes such a split, at any of all looks, before we say
#: that the draw or the counting is broken.
SUSPICIOUS_P = 0.001
#: Where an arm can expect fewer nothing is said of the split, not even that it is sound.
LEAST_EXPECTED = 5
#: What may come of a shopper who saw nothing as well: a sign-up elsewhere, and what follows it.
OUTCOMES = ("sign_up", "confirmed", "redeemed")
_EXPOSED = ("impression", "withheld")
_PAIRS = (("a", HOLDOUT), ("b", HOLDOUT), ("b", "a"))


@dataclass(frozen=True)
class Arm:
    """One arm: how many saw (or would have seen) the campaign, and what came of them.

    `rates` has each counted kind as a share of the exposures; none while there are no exposures.
    """

    name: str
    weight: int
    exposures: int
    outcomes: Mapping[str, int]
    rates: Mapping[str, Interval]


@dataclass(frozen=True)
class Difference:
    """How much larger the share of an outcome is in one arm than in another.

    `interval` is None while there is not enough data to state one.
    """

    kind: str
    arm: str
    against: str
    interval: Interval | None


@dataclass(frozen=True)
class SampleRatio:
    """Whether the arms were as large as drawn; `p` is None while they are too small to tell.

    Of 1,000 sound splits at most one ever gets a `p` below 0.001, however often somebody looks.
    """

    p: float | None

    @property
    def suspicious(self) -> bool:
        """Tell whether the result must not be believed: something swallows or adds exposures."""
        return self.p is not None and self.p < SUSPICIOUS_P


@dataclass(frozen=True)
class Result:
    """What one version of a campaign shows, of real shoppers alone."""

    campaign: int
    version: int
    arms: tuple[Arm, ...]
    differences: tuple[Difference, ...]
    sample_ratio: SampleRatio


def result(context: Context, shop: Shop, campaign_id: int, version: int | None = None) -> Result:
    """Return the result of a campaign's newest version, or of an earlier one.

    Each version stands for itself: another text or weight begins anew. NotFoundError for a
    campaign of another shop, or a version that was never published.
    """
    with context.db.read() as connection:
        campaign = campaigns.campaign_by_id(connection, shop.id, campaign_id)
        if campaign is None:
            raise NotFoundError("campaign_unknown")
        number = campaign.version if version is None else version
        published = campaigns.version_of(connection, shop.id, campaign_id, number)
        if published is None:
            raise NotFoundError("campaign_never_published")
        counts = counts_of_version(connection, shop.id, campaign_id, number, "real")
    by_arm: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counts:
        by_arm[row.arm][row.kind] = row.count
    weights = weights_of(context, published)
    arms = tuple(_arm(name, weight, by_arm.get(name, {})) for name, weight in weights.items())
    # Who the discount guard gives no code is taken from A and B alike, another share at each time.
    held_back = _arm(COURTESY, 0, by_arm.get(COURTESY, {})).exposures
    ratio = _sample_ratio(arms, held_back)
    return Result(campaign_id, number, arms, _differences(arms), ratio)


def _arm(name: str, weight: int, counts: Mapping[str, int]) -> Arm:
    # Who is held out and opens it by a click of their own is one of the holdout all the same.
    exposures = sum(counts.get(kind, 0) for kind in _EXPOSED)
    outcomes = {kind: count for kind, count in counts.items() if kind not in _EXPOSED}
    rates = {kind: _rate(count, exposures) for kind, count in outcomes.items() if exposures}
    return Arm(name, weight, exposures, outcomes, rates)


def _rate(count: int, exposures: int) -> Interval:
    # Several clicks or a late beacon may make more outcomes than exposures; no share is above 1.
    return wilson(min(max(count, 0), exposures), exposures)


def _differences(arms: tuple[Arm, ...]) -> tuple[Difference, ...]:
    by_name = {arm.name: arm for arm in arms}
    found = []
    for name, against in _PAIRS:
        if name not in by_name or against not in by_name:
            continue
        one, other = by_name[name], by_name[against]
        # Nobody can click on what they were not shown: there only outcomes are comparable.
        kinds = set(OUTCOMES)
        if against != HOLDOUT:
            kinds |= one.outcomes.keys() | other.outcomes.keys()
        found += [
            Difference(kind, name, against, _difference(kind, one, other)) for kind in sorted(kinds)
        ]
    return tuple(found)


def _difference(kind: str, one: Arm, other: Arm) -> Interval | None:
    hits = [min(max(arm.outcomes.get(kind, 0), 0), arm.exposures) for arm in (one, other)]
    if min(one.exposures, other.exposures) < LEAST_EXPOSURES or sum(hits) < LEAST_OUTCOMES:
        return None
    return newcombe(hits[0], one.exposures, hits[1], other.exposures)


def _sample_ratio(arms: tuple[Arm, ...], held_back: int) -> SampleRatio:
    """Two independent questions: was the holdout as large as drawn, and were A and B?"""
    shown = [arm for arm in arms if arm.name != HOLDOUT]
    splits = [(tuple(arm.exposures for arm in shown), tuple(arm.weight for arm in shown))]
    for arm in arms:
        if arm.name == HOLDOUT:
            rest = sum(one.exposures for one in shown) + held_back
            weights = (arm.weight, sum(one.weight for one in shown))
            splits.append(((arm.exposures, rest), weights))
    splits = [split for split in splits if len(split[0]) > 1]
    least = [min(weights) * sum(seen) / sum(weights) for seen, weights in splits]
    if not splits or min(least) < LEAST_EXPECTED:
        return SampleRatio(None)
    return SampleRatio(split_p([split_evidence(seen, weights) for seen, weights in splits]))
