"""Lighthouse 10's performance score from what one visit saw, without the speed index.

Each figure becomes a share by the log-normal curve that Lighthouse publishes for phones (the
value that scores 90 % and the one that scores 50 %); their weights, without the ten per cent of
the speed index, add up to one again. It is a likeness, not Lighthouse: good for differences.
"""

from __future__ import annotations

from math import erfc, log, sqrt

#: weight, value that scores 0.9, value that scores 0.5
_CURVES = {
    "fcp": (10, 1800.0, 3000.0),
    "lcp": (25, 2500.0, 4000.0),
    "tbt": (30, 200.0, 600.0),
    "cls": (25, 0.1, 0.25),
}
_INVERSE_ERFC_OF_A_FIFTH = 0.9061938024368232


def score(fcp: float, lcp: float, tbt: float, cls: float) -> float:
    """The score, 0 to 100; times in milliseconds."""
    values = {"fcp": fcp, "lcp": lcp, "tbt": tbt, "cls": cls}
    total = sum(weight * _share(values[name], *at) for name, (weight, *at) in _CURVES.items())
    return 100 * total / sum(weight for weight, *_ in _CURVES.values())


def _share(value: float, good: float, middle: float) -> float:
    if value <= 0:
        return 1.0
    # Both curves' points fix the spread: erfc(x) = 0.2 lies where 90 % are scored.
    spread = (log(middle) - log(good)) / (_INVERSE_ERFC_OF_A_FIFTH * sqrt(2))
    return erfc((log(value) - log(middle)) / (spread * sqrt(2))) / 2
