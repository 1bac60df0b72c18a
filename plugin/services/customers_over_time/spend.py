"""What customers spend at each repeat purchase: the model Gamma-Gamma.

P. Fader, B. Hardie, K. L. Lee, RFM and CLV: Using Iso-Value Curves for Customer Base Analysis,
Journal of Marketing Research 42 (2005) 415-430; in the form of their note of 2013: the likelihood
is equation (1a), the mean of a customer equation (5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.services.customers_over_time.maximum import climb

Floats = NDArray[np.float64]

_START = (5.0, 4.0, 15.0)


@dataclass(frozen=True)
class Spend:
    """The three parameters, with the doubt about their logarithms (as `Fit.doubt`)."""

    p: float
    q: float
    v: float
    likelihood: float
    doubt: Floats

    @property
    def logs(self) -> Floats:
        """Return the logarithms of the parameters."""
        return np.log([self.p, self.q, self.v])


def fit_spend(repeats: Floats, mean: Floats) -> Spend | None:
    """Return the most likely parameters; None where the data does not tell them.

    Of each customer who bought again: how often, and the mean amount, which is above 0.
    """
    if not repeats.size:
        return None
    # In units of their mean: where to begin to climb does not depend on the currency.
    unit = float(mean.mean()) / 35
    found = climb(lambda logs: _likelihood(repeats, mean / unit, np.exp(logs)), np.log(_START))
    if found is None:
        return None
    p, q, v = np.exp(found.at)
    height = found.height - repeats.size * math.log(unit)
    return Spend(p, q, v * unit, height, found.doubt)


def _likelihood(x: Floats, z: Floats, parameters: Floats) -> float:
    p, q, v = parameters
    most = int(x.max())
    one = np.array(
        [0.0] + [math.lgamma(p * n + q) - math.lgamma(p * n) for n in range(1, most + 1)]
    )
    shared = one[x.astype(np.int64)] - math.lgamma(q) + q * math.log(v)
    return float(
        np.sum(
            shared + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(v + x * z)
        )
    )


def mean_of_new(logs: Floats) -> Floats:
    """Return what a customer of whom nothing is known spends at a purchase, for rows of logs.

    Infinite where q is not above 1.
    """
    p, q, v = np.exp(np.atleast_2d(logs)).T
    return np.where(q > 1, p * v / np.maximum(q - 1, 1e-300), np.inf)


def mean_of_known(model: Spend, repeats: Floats, mean: Floats) -> Floats:
    """Return what each customer spends at a purchase, given what is known of them."""
    p, q, v = model.p, model.q, model.v
    return p * (v + repeats * mean) / (p * repeats + q - 1)
