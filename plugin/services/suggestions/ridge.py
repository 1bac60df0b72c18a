"""Local ridge: what each product adds beyond its companions, from small systems of equations.

Co-occurrence counts what the members of a set say about one another again and again; a ridge
regression gives each its own share, which tells more about long carts. The dense form (EASE:
Steck, WWW 2019) inverts the whole catalogue. Here each product is foretold only from the 50
that are most often bought with it, so the cost grows with the catalogue and not with its cube.

`denoising` raises the diagonal in proportion (Steck, NeurIPS 2020: as if products were left out of
the carts by chance), which suits carts of which little is known yet; `penalty` holds back what
rests on few orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import WEIGHT_ONE, Counts, Integers
from plugin.services.suggestions.tables import Table, Weights, by_row, strongest

SOURCES = 80
"""Products that one is foretold from: 50 lose a hundredth of the hits, 100 gain nothing more."""

_EQUATIONS_AT_ONCE = 10_000_000


@dataclass(frozen=True, slots=True)
class Systems:
    """The equations of a few products: `sources` foretell `targets`; unused places hold -1."""

    targets: Integers
    sources: Integers
    among: Weights
    beside: Weights


def tables(
    counts: Counts, settings: Sequence[tuple[float, float]], most: int = SOURCES
) -> list[Table]:
    """One table for each pair of penalty and denoising, from the same equations."""
    products = len(counts.products)
    solved: list[list[Weights]] = [[] for _ in settings]
    sources, targets = [], []
    at_once = _EQUATIONS_AT_ONCE // most**2
    for low in range(0, products, at_once):
        systems = _systems(counts, low, min(low + at_once, products), most)
        used = systems.sources >= 0
        sources.append(systems.sources[used])
        targets.append(np.repeat(systems.targets, used.sum(axis=1)))
        for found, (penalty, denoising) in zip(solved, settings, strict=True):
            found.append(_solve(systems, penalty, denoising)[used])
    rows = np.concatenate(sources or [np.zeros(0, np.int64)])
    others = np.concatenate(targets or [np.zeros(0, np.int64)])
    nothing = [np.zeros(0, np.float32)]
    return [by_row(rows, others, np.concatenate(found or nothing), products) for found in solved]


def _systems(counts: Counts, low: int, high: int, most: int) -> Systems:
    """Everything that the products from `low` to `high` need; only those with a pair."""
    start, end = int(counts.indptr[low]), int(counts.indptr[high])
    weight = (counts.weight[start:end] / WEIGHT_ONE).astype(np.float32)
    root = np.sqrt(counts.own / WEIGHT_ONE).astype(np.float32)
    indptr = counts.indptr[low : high + 1] - start
    places = strongest(indptr, weight / root[counts.indices[start:end]], most)
    lengths = np.diff(np.searchsorted(places, indptr))
    with_any = np.flatnonzero(lengths)
    sources = np.full((len(with_any), most), -1, np.int64)
    beside = np.zeros((len(with_any), most), np.float32)
    used = np.arange(most) < lengths[with_any][:, None]
    sources[used] = counts.indices[start:end][places]
    beside[used] = weight[places]
    return Systems(low + with_any, sources, _among(counts, sources), beside)


def _among(counts: Counts, sources: Integers) -> Weights:
    """The weights between the sources of each product.

    Each row of the counts is laid out once, and read by all systems that it is part of.
    """
    products, most = len(counts.products), sources.shape[1]
    among = np.zeros((sources.size, most), np.float32)
    flat = sources.reshape(-1)
    order = np.argsort(flat, kind="stable")
    ends = np.searchsorted(flat[order], np.arange(products + 1))
    laid = np.zeros(products + 1, np.float32)  # the last place is read by those unused
    for product in np.flatnonzero(np.diff(ends)).tolist():
        start, end = counts.indptr[product], counts.indptr[product + 1]
        others = counts.indices[start:end]
        laid[others] = counts.weight[start:end]
        laid[product] = counts.own[product]
        places = order[ends[product] : ends[product + 1]]
        among[places] = laid[sources[places // most]]
        laid[others] = 0
        laid[product] = 0
    among /= WEIGHT_ONE
    return among.reshape(*sources.shape, most)


def _solve(systems: Systems, penalty: float, denoising: float) -> Weights:
    among = systems.among.copy()
    diagonal = np.arange(among.shape[1])
    among[:, diagonal, diagonal] *= np.float32(1 + denoising)
    among[:, diagonal, diagonal] += np.float32(penalty)
    solved: NDArray[np.float32] = np.linalg.solve(among, systems.beside[:, :, None])[:, :, 0]
    return solved
