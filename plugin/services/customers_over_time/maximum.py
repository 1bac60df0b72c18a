"""Finds where a likelihood is highest, and how sure that place is: Newton's method, damped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Height = Callable[[Floats], float]

_STEP = 1e-4
_MOST_STEPS = 120
#: A place is found once no step raises the likelihood by more than this.
_FLAT = 1e-7
#: Logarithms of parameters beyond which a likelihood has no summit, only a slope without end.
_FAR = 12.0


@dataclass(frozen=True)
class Fit:
    """The summit: where, how high, and the covariance of that place."""

    at: Floats
    height: float
    doubt: Floats


def climb(height: Height, start: Floats) -> Fit | None:
    """Return the summit nearest to `start`, None where there is none that is sure of itself.

    Newton's step as long as the ground is curved like a summit, else along the slope; a step that
    does not lead up is shortened (Levenberg 1944). Derivatives are central differences.
    """
    at, top, damping = np.array(start, dtype=np.float64), height(np.array(start)), 1.0
    for _ in range(_MOST_STEPS):
        slope, curve = _derivatives(height, at, top)
        step, gain = _uphill(height, at, top, slope, curve, damping)
        if step is None:
            break
        damping = max(damping / 10, 1e-8) if gain > 0 else damping
        at, top = at + step, top + gain
        if gain < _FLAT:
            break
        if np.abs(at).max() > _FAR:
            return None
    return _sure(height, at, top)


def _uphill(
    height: Height, at: Floats, top: float, slope: Floats, curve: Floats, damping: float
) -> tuple[Floats | None, float]:
    for _ in range(30):
        hill = -curve + damping * np.eye(at.size) * (1 + np.abs(np.diag(curve)))
        try:
            np.linalg.cholesky(hill)
        except np.linalg.LinAlgError:
            damping *= 10
            continue
        step = np.clip(np.linalg.solve(hill, slope), -1.0, 1.0)
        gain = height(at + step) - top
        if gain > 0:
            return step, gain
        damping *= 10
    return None, 0.0


def _derivatives(height: Height, at: Floats, top: float) -> tuple[Floats, Floats]:
    size = at.size
    steps = np.eye(size) * _STEP
    up = np.array([height(at + one) for one in steps])
    down = np.array([height(at - one) for one in steps])
    slope = (up - down) / (2 * _STEP)
    curve = np.diag((up - 2 * top + down) / _STEP**2)
    for i in range(size):
        for j in range(i):
            both = height(at + steps[i] + steps[j]) - up[i] - up[j] + 2 * top
            both += height(at - steps[i] - steps[j]) - down[i] - down[j]
            curve[i, j] = curve[j, i] = both / (2 * _STEP**2)
    return slope, curve


def _sure(height: Height, at: Floats, top: float) -> Fit | None:
    _, curve = _derivatives(height, at, top)
    try:
        np.linalg.cholesky(-curve)
    except np.linalg.LinAlgError:
        return None
    return Fit(at, top, np.asarray(np.linalg.inv(-curve), dtype=np.float64))
