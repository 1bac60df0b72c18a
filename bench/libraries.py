"""What a developer would otherwise reach for: implicit, mlxtend's rules and a dense EASE.

Needs the libraries of `bench/requirements.lock` (`make bench-suggestions` installs them). Each is
tuned by the same rule: the best of a few settings on the last tenth of the training orders.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
import pandas
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, TFIDFRecommender
from mlxtend.frequent_patterns import association_rules, fpgrowth
from numpy.typing import NDArray

from bench.protocol import RANKED, Method, all_but_one, carts, measure, split
from plugin.services.suggestions.co_occurrence import Basket

LARGEST_DENSE = 6_000
"""Products beyond which EASE's dense inverse takes minutes and gigabytes."""

_RULES_SECONDS = 5.0
_SUPPORTS = (0.05, 0.02, 0.01, 0.008, 0.005, 0.002, 0.001, 0.0005)
_VALIDATED = 1_500


@dataclass(frozen=True, slots=True)
class Matrix:
    """Orders as rows of ones, products as columns in ascending order."""

    products: list[str]
    ones: sparse.csr_matrix

    @staticmethod
    def of(baskets: Sequence[Basket]) -> Matrix:
        """The matrix of some orders."""
        products = sorted({product for basket in baskets for product in basket.products})
        number = {product: place for place, product in enumerate(products)}
        rows = [sorted({number[product] for product in basket.products}) for basket in baskets]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        columns = np.array([place for row in rows for place in row], np.int32)
        ones = np.ones(len(columns), np.float32)
        shape = (len(rows), len(products))
        return Matrix(products, sparse.csr_matrix((ones, columns, starts), shape=shape))

    def weighted(self, exponent: float) -> sparse.csr_matrix:
        """Pairs, each order counting 1 / size ** exponent; the diagonal counts single products."""
        sizes = np.maximum(np.diff(self.ones.indptr), 1).astype(np.float32)
        return (self.ones.T @ sparse.diags(sizes**-exponent) @ self.ones).tocsr()

    def method(self, table: sparse.csr_matrix | NDArray[np.float32]) -> Method:
        """Ranks by the sum of the cart's rows of a table, dense or sparse."""
        number = {product: place for place, product in enumerate(self.products)}
        if sparse.issparse(table):
            table = table.tocsr()
            return self.ranked(number, lambda held: np.asarray(table[held].sum(axis=0)).ravel())
        return self.ranked(number, lambda held: table[held].sum(axis=0))

    def ranked(
        self, number: dict[str, int], said: Callable[[list[int]], NDArray[np.float64]]
    ) -> Method:
        """Ranks by what a function says of every product when it is told the cart."""

        def method(cart: Sequence[str]) -> list[str]:
            held = [number[product] for product in cart if product in number]
            scores = np.array(said(held), np.float64)
            scores[held] = -np.inf
            best = np.argpartition(-scores, min(RANKED, len(scores) - 1))[:RANKED]
            best = best[np.argsort(-scores[best], kind="stable")]
            return [self.products[place] for place in best if np.isfinite(scores[place])]

        return method


def weighted_co_occurrence(data: Matrix, alpha: float, exponent: float) -> Method:
    """C / (sqrt(n_i) * n_j ** alpha + 1) of all pairs, orders weighted by their size."""
    pairs = data.weighted(exponent).tocoo()
    single = pairs.row == pairs.col
    own = np.zeros(len(data.products))
    own[pairs.row[single]] = pairs.data[single]
    closeness = pairs.data / (np.sqrt(own)[pairs.row] * own[pairs.col] ** alpha + 1)
    closeness[single] = 0
    return data.method(sparse.csr_matrix((closeness, (pairs.row, pairs.col)), pairs.shape))


def implicit_neighbours(data: Matrix, kind: type[Any], most: int) -> Method:
    """An item-item model of implicit, its similarities summed over the cart."""
    model = kind(K=most, num_threads=1)
    model.fit(data.ones, show_progress=False)
    similar = model.similarity.tocsr()
    similar.setdiag(0)
    return data.method(similar.T)


def implicit_als(data: Matrix, factors: int, alpha: float) -> Method:
    """Factors of implicit, the cart folded in as a user of its own."""
    model = AlternatingLeastSquares(
        factors=factors,
        alpha=alpha,
        regularization=1.0,
        iterations=15,
        num_threads=1,
        random_state=0,
        use_gpu=False,
    )
    model.fit(data.ones, show_progress=False)
    factor = np.asarray(model.item_factors, np.float64)
    square = factor.T @ factor + np.eye(factors)
    number = {product: place for place, product in enumerate(data.products)}

    def said(held: list[int]) -> NDArray[np.float64]:
        own = factor[held]
        user = np.linalg.solve(square + alpha * own.T @ own, (1 + alpha) * own.sum(axis=0))
        return factor @ user

    return data.ranked(number, said)


def ease(data: Matrix, penalty: float, exponent: float) -> Method:
    """Ridge regression of every product on all others, in closed form (Steck, WWW 2019)."""
    gram = np.asarray(data.weighted(exponent).todense(), np.float64)
    gram[np.diag_indices_from(gram)] += penalty
    inverse = np.linalg.inv(gram)
    table = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(table, 0)
    return data.method(table)


def rules(data: Matrix) -> Method:
    """mlxtend's association rules (at most three products), the most confident first.

    Support goes down as far as five seconds allow; what is missing of ten is filled by popularity.
    """
    frame = pandas.DataFrame.sparse.from_spmatrix(data.ones.astype(bool))
    found: dict[frozenset[int], list[tuple[float, int]]] = {}
    for support in _SUPPORTS:
        began = process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sets = fpgrowth(frame, min_support=support, max_len=3)
            table = (
                association_rules(sets, metric="confidence", min_threshold=0.0) if len(sets) else []
            )
        found = {}
        for cause, effect, sure in _single_effects(table):
            found.setdefault(cause, []).append((sure, effect))
        if process_time() - began > _RULES_SECONDS:
            break
    popular = np.argsort(-np.asarray(data.ones.sum(axis=0)).ravel(), kind="stable")[:100]
    number = {product: place for place, product in enumerate(data.products)}

    def method(cart: Sequence[str]) -> list[str]:
        held = [number[product] for product in cart if product in number]
        sure: dict[int, float] = {}
        for cause in _causes(held):
            for confidence, effect in found.get(cause, ()):
                sure[effect] = max(sure.get(effect, 0.0), confidence)
        ranked = sorted(sure, key=lambda place: -sure[place])
        places = [*ranked, *(place for place in popular.tolist() if place not in sure)]
        return [data.products[place] for place in places if place not in held][:RANKED]

    return method


def _single_effects(table: pandas.DataFrame) -> Iterator[tuple[frozenset[int], int, float]]:
    columns = (table["antecedents"], table["consequents"], table["confidence"])
    for cause, effect, sure in zip(*columns, strict=True):
        if len(effect) == 1:
            yield frozenset(cause), next(iter(effect)), float(sure)


def _causes(held: Sequence[int]) -> Iterator[frozenset[int]]:
    for place, one in enumerate(held):
        yield frozenset((one,))
        for other in held[:place]:
            yield frozenset((one, other))


Maker = Callable[..., Method]

GRIDS: dict[str, tuple[Maker, list[tuple[Any, ...]]]] = {
    "weighted co-occurrence": (
        weighted_co_occurrence,
        [(alpha, exponent) for alpha in (0.15, 0.3, 0.5) for exponent in (0.5, 1.0)],
    ),
    "implicit TFIDF": (implicit_neighbours, [(TFIDFRecommender, 50), (TFIDFRecommender, 200)]),
    "implicit BM25": (implicit_neighbours, [(BM25Recommender, 50), (BM25Recommender, 200)]),
    "implicit ALS": (implicit_als, [(16, 1.0), (16, 5.0), (64, 1.0), (64, 5.0)]),
    "mlxtend rules": (rules, [()]),
    "EASE": (ease, [(20, 0.0), (100, 0.0), (300, 0.0), (1_000, 0.0)]),
    "EASE, orders weighted": (ease, [(5, 0.5), (20, 0.5), (50, 0.5), (150, 0.5)]),
}


def tuned(training: Sequence[Basket]) -> Iterator[tuple[str, str, Method]]:
    """Every peer with the setting that did best on the last tenth of the training orders."""
    inner = split(training)
    tests = inner.tests[:_VALIDATED]
    small, large = carts(tests, [0]), all_but_one(tests, [0])
    before, whole = Matrix.of(inner.training), Matrix.of(training)
    for name, (make, settings) in GRIDS.items():
        if make is ease and len(whole.products) > LARGEST_DENSE:
            continue

        def worth(setting: tuple[Any, ...], make: Maker = make) -> float:
            method = make(before, *setting)
            found = [measure(method, cases, len(before.products)) for cases in (small, large)]
            return sum(accuracy.ndcg_10 for accuracy in found)

        best = max(settings, key=worth) if len(settings) > 1 and tests else settings[0]
        words = [value.__name__ if isinstance(value, type) else f"{value:g}" for value in best]
        yield name, ", ".join(words), make(whole, *best)
