"""A way in steps: how many took each, and which share of the step before that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class StepShare:
    """One step of a way: how many, and which share of the step before (none for the first)."""

    name: str
    count: int
    share: Decimal | None


def step_shares(counts: Sequence[tuple[str, int]]) -> tuple[StepShare, ...]:
    """Return each named count with its share of the one before.

    What is counted at two places may disagree (a browser reported nothing, the order came all the
    same): no share is above 1.
    """
    steps: list[StepShare] = []
    for name, count in counts:
        before = steps[-1].count if steps else 0
        share = min(Decimal(count) / before, Decimal(1)) if before else None
        steps.append(StepShare(name, count, share))
    return tuple(steps)
