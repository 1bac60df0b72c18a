"""Whether as many were held out as were drawn: where not, no amount may be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from plugin.services.arms import HOLDOUT
from plugin.services.experiments import LEAST_EXPECTED, SUSPICIOUS_P
from plugin.services.statistics import split_evidence, split_p
from plugin.store.margin_days import ArmDay


def uneven(days: Iterable[ArmDay], drawn: Mapping[int, int]) -> bool:
    """Tell whether more or fewer were held out than `drawn`, in percent by version.

    Each version is a split of its own; the mean of their evidence holds at all looks, as that of
    one test does (`experiments.result`). A version that is not in `drawn`, that holds nobody out
    or that was hardly seen says nothing.
    """
    held, shown = defaultdict[int, int](int), defaultdict[int, int](int)
    for row in days:
        (held if row.arm == HOLDOUT else shown)[row.version] += row.exposures
    found = []
    for version, percent in drawn.items():
        seen, weights = (held[version], shown[version]), (percent, 100 - percent)
        if min(weights) * sum(seen) >= 100 * LEAST_EXPECTED:
            found.append(split_evidence(seen, weights))
    return bool(found) and split_p(found) < SUSPICIOUS_P
