"""How often customers buy again until they stop: the model BG/NBD, fitted to a shop's customers.

P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24
(2005) 275-284: the likelihood is their equation (6) in logarithms, the expected purchases of a
new customer equation (9), those of a known one equation (10). Time is in weeks throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.services.customers_over_time.maximum import climb

Floats = NDArray[np.float64]

#: Terms of the series after which it is given up: far more than any customer needs.
_MOST_TERMS = 5_000
_START = (1.0, 5.0, 1.0, 2.0)


@dataclass(frozen=True)
class Histories:
    """Customers of one history each: repeat purchases, week of the last, weeks known; how many."""

    repeats: Floats
    last: Floats
    known: Floats
    count: Floats


@dataclass(frozen=True)
class Buying:
    """The four parameters, with the doubt about their logarithms (as `Fit.doubt`)."""

    r: float
    alpha: float
    a: float
    b: float
    likelihood: float
    doubt: Floats

    @property
    def logs(self) -> Floats:
        """Return the logarithms of the parameters."""
        return np.log([self.r, self.alpha, self.a, self.b])


def fit_buying(histories: Histories) -> Buying | None:
    """Return the most likely parameters, None where the data does not tell them."""
    found = climb(lambda logs: _likelihood(histories, np.exp(logs)), np.log(_START))
    if found is None:
        return None
    r, alpha, a, b = np.exp(found.at)
    return Buying(r, alpha, a, b, found.height, found.doubt)


def _likelihood(of: Histories, parameters: Floats) -> float:
    r, alpha, a, b = parameters
    x = of.repeats
    shared = _log_gamma(r, x) - math.lgamma(r) + r * math.log(alpha)
    shared = shared + math.lgamma(a + b) - math.lgamma(b) + _log_gamma(b, x) - _log_gamma(a + b, x)
    alive = -(r + x) * np.log(alpha + of.known)
    with np.errstate(divide="ignore"):
        gone = np.where(
            x > 0,
            math.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + of.last),
            -np.inf,
        )
    return float(np.sum(of.count * (shared + np.logaddexp(alive, gone))))


def _log_gamma(base: float, whole: Floats) -> Floats:
    """Return the logarithm of the gamma function at base + n, for whole numbers n."""
    most = int(whole.max(initial=0.0))
    known = np.array([math.lgamma(base + n) for n in range(most + 1)])
    return np.asarray(np.take(known, whole.astype(np.int64)), dtype=np.float64)


def expected_of_new(logs: Floats, weeks: float) -> Floats:
    """Return how often a customer of whom nothing is known yet buys again within some weeks.

    `logs` are rows of logarithms of (r, alpha, a, b); one number for each row, not a finite one
    where they lie too far out to be reckoned with.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        r, alpha, a, b = np.exp(np.atleast_2d(logs)).T
        return _expected(r, alpha, a, b, weeks)


def expected_of_known(model: Buying, of: Histories, weeks: float) -> Floats:
    """Return how often each customer buys in the next weeks, given what is known of them."""
    x = of.repeats
    found = _expected(model.r + x, model.alpha + of.known, model.a, model.b + x, weeks)
    return found * still_active(model, of)


def still_active(model: Buying, of: Histories) -> Floats:
    """Return how likely each customer still buys at the end of what is known."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = of.repeats
    left = ((alpha + of.known) / (alpha + of.last)) ** (r + x)
    odds = np.where(x > 0, a / np.maximum(b + x - 1, 1e-300) * left, 0.0)
    return 1 / (1 + odds)


def _expected(r: Floats, alpha: Floats, a: Floats | float, b: Floats, weeks: float) -> Floats:
    """Return the common part of equations (9) and (10)."""
    z = weeks / (alpha + weeks)
    series = _series(r, a, b, z)
    found: Floats = (a + b - 1 - (alpha / (alpha + weeks)) ** r * series) / (a - 1)
    return found


def _series(r: Floats, a: Floats | float, b: Floats, z: Floats) -> Floats:
    """Return (a + b - 1) times Gauss' series 2F1(r, b; a + b - 1; z), until no term counts.

    Multiplied out: the series alone is divided by what is nothing where a + b is 1, and by what
    rounding makes nothing where both are small, although the product is an ordinary number.
    """
    total = a + b - 1
    term = r * b * z
    for n in range(1, _MOST_TERMS):
        total = total + term
        # The second term may be large where the first is nothing: a + b may be very little.
        if n > 1 and np.all(np.abs(term) <= 1e-12 * np.abs(total)):
            break
        term = term * (r + n) * (b + n) / (a + b + (n - 1)) / (n + 1) * z
    return np.asarray(total, dtype=np.float64)
