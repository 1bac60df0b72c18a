"""Whether carts grew because of suggestions: those who saw them against those who did not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from plugin.model import Shop
from plugin.services.arms import HOLDOUT, weights_of
from plugin.services.context import Context
from plugin.services.experiments import (
    LEAST_EXPECTED,
    LEAST_EXPOSURES,
    LEAST_OUTCOMES,
    SampleRatio,
)
from plugin.services.guard_effect import LEAST_BUYERS
from plugin.services.statistics import (
    Interval,
    Sums,
    lasting_difference,
    split_evidence,
    split_p,
)
from plugin.store import campaigns, suggestion_days
from plugin.store.suggestion_days import CartSums

_CENTS = 100
#: A date that lies further ahead is none to wait for.
_FARTHEST_DAYS = 365
_NOTHING = CartSums(0, 0, 0, 0, 0.0, 0, 0)


@dataclass(frozen=True)
class Group:
    """The carts of one group, as counted: one for each view of a page with the row in sight.

    `change` is what all of them were worth more when the page was left, in the shop's currency.
    """

    views: int
    grew: int
    shrank: int
    change: float


@dataclass(frozen=True)
class Effect:
    """What the suggestions did to carts, over versions with the same shares of the groups.

    `grew`: of 100 carts, how many more grew; `worth`: by how much more all carts that had the row
    in sight grew together, in the shop's currency. None while there is not enough data, and both
    where the groups are not as large as drawn. `held_out` is the present share in percent,
    `since` the first day with a cart. The intervals hold however often somebody looks.
    """

    held_out: int
    shown: Group
    held: Group
    grew: Interval | None
    worth: Interval | None
    sample_ratio: SampleRatio
    since: date | None

    @property
    def to_come(self) -> int:
        """Return how many more carts of the smaller group there must be to state anything."""
        return max(LEAST_EXPOSURES - min(self.shown.views, self.held.views), 0)

    def expected(self, today: date) -> date | None:
        """Return when there will be enough carts, at the rate so far; None where none can tell."""
        fewest = min(self.shown.views, self.held.views)
        if not fewest or not self.to_come or self.since is None:
            return None
        days = math.ceil(self.to_come * ((today - self.since).days + 1) / fewest)
        return today + timedelta(days=days) if days <= _FARTHEST_DAYS else None


@dataclass(frozen=True)
class Stayed:
    """Of what suggestions put into carts (`added`), by how much carts grew with it (`grown`)."""

    added: float
    grown: float

    @property
    def share(self) -> float | None:
        """Return the share that came on top; the rest replaced something or was taken out."""
        return self.grown / self.added if self.added else None


def effect(context: Context, shop: Shop, campaign_id: int) -> tuple[Effect, Stayed]:
    """Return the comparison with the holdout since it began, and what replaced something.

    Only versions are put together whose groups were drawn with the shares of the newest. No
    stretch of days can be chosen: who looks for the one that pleases will always find it.
    """
    with context.db.read() as connection:
        found = suggestion_days.carts_of(connection, shop.id, campaign_id)
        versions = campaigns.versions_of(connection, shop.id, campaign_id)
    weights = {one.version: weights_of(context, one) for one in versions}
    newest = weights[max(weights)] if weights else {}
    alike = [one for one in found if weights.get(one.version) == newest]
    shown = _together([one.sums for one in alike if one.arm != HOLDOUT])
    held = _together([one.sums for one in alike if one.arm == HOLDOUT])
    every = _together([one.sums for one in found])
    held_out = newest.get(HOLDOUT, 0)
    ratio = _sample_ratio((shown.views, held.views), (100 - held_out, held_out))
    return (
        Effect(
            held_out=held_out,
            shown=_group(shown),
            held=_group(held),
            grew=None if ratio.suspicious else _grew(shown, held),
            worth=None if ratio.suspicious else _worth(shown, held),
            sample_ratio=ratio,
            since=min((one.since for one in alike), default=None),
        ),
        Stayed(every.added / _CENTS, every.grown / _CENTS),
    )


def _sample_ratio(seen: tuple[int, int], weights: tuple[int, int]) -> SampleRatio:
    if min(weights) * sum(seen) < 100 * LEAST_EXPECTED:
        return SampleRatio(None)
    return SampleRatio(split_p([split_evidence(seen, weights)]))


def _together(sums: list[CartSums]) -> CartSums:
    return CartSums(*map(sum, zip(_NOTHING, *sums, strict=True)))


def _group(sums: CartSums) -> Group:
    return Group(sums.views, sums.grew, sums.shrank, sums.change / _CENTS)


def _enough(shown: CartSums, held: CartSums) -> bool:
    return min(shown.views, held.views) >= LEAST_EXPOSURES


def _grew(shown: CartSums, held: CartSums) -> Interval | None:
    if not _enough(shown, held) or shown.grew + held.grew < LEAST_OUTCOMES:
        return None
    # One more of each kind: a group in which none has grown yet is not without doubt.
    doubt = lasting_difference(
        *(Sums(one.grew + 1, one.grew + 1, one.views + 2) for one in (shown, held))
    )
    half = 50 * (doubt.high - doubt.low)
    value = 100 * (shown.grew / shown.views - held.grew / held.views)
    return Interval(value, value - half, value + half)


def _worth(shown: CartSums, held: CartSums) -> Interval | None:
    # Most carts do not change at all: a mean of a few that do says nothing.
    changed = min(one.grew + one.shrank for one in (shown, held))
    if not _enough(shown, held) or changed < LEAST_BUYERS:
        return None
    one, other = (Sums(each.change, each.squares, each.views) for each in (shown, held))
    return Interval(*(v * shown.views / _CENTS for v in lasting_difference(one, other)))
