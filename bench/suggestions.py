"""Accuracy, build time and speed of the suggestions, beside four baselines on the same orders.

`python -m bench.suggestions [FILE]`
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import process_time, thread_time_ns

from bench.baselines import CoOccurrence, popularity, recent_popularity
from bench.orders_file import UnusableFileError, read_baskets
from bench.protocol import RANKED, Accuracy, Case, Method, Split, all_but_one, carts, measure, split
from bench.report import Budget, print_table, verdict
from plugin.services.suggestions.neighbours import Neighbours, learn, suggest

DEFAULT_FILE = Path(__file__).parents[2] / "shared" / "data" / "uci_online_retail.csv.gz"
ATTRIBUTION = "Data: UCI Machine Learning Repository, “Online Retail” (D. Chen), CC BY 4.0"
ATTRIBUTED = "uci_online_retail"

SHARE_OF_BEST_BASELINE = 0.98
BUILD_SECONDS = 60.0
BUILD_MEGABYTES = 600.0
QUERY_MICROSECONDS = 100.0
OURS = "Bleib"

HEAD = ["method", "CART HR@4", "HR@10", "NDCG@10", "any@4", "cov@4", "LOO HR@10", "NDCG@10"]
HEAD += ["query µs p50", "p99"]


@dataclass(frozen=True, slots=True)
class Result:
    """What one method reached."""

    cart: Accuracy
    all_but_one: Accuracy
    p50: float
    p99: float


def main(arguments: Sequence[str]) -> int:
    """Runs the comparison on the named file and returns the exit code."""
    path = Path(arguments[0]) if arguments else DEFAULT_FILE
    try:
        data = split(read_baskets(path))
    except UnusableFileError as error:
        print(error, file=sys.stderr)
        return 2
    if not data.tests:
        print(f"{path}: too few orders to compare anything.", file=sys.stderr)
        return 2
    before = process_time()
    learned = learn(data.training)
    build = process_time() - before
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results = compare(data, learned)
    show(path, data, learned, results)
    return verdict(budgets(results, build, megabytes))


def compare(data: Split, learned: Neighbours) -> dict[str, Result]:
    """Every method on the same cases."""

    def ours(cart: Sequence[str]) -> list[str]:
        return [found.product for found in suggest(learned.of, cart, RANKED)]

    counted = CoOccurrence(data.training)
    methods: dict[str, Callable[[], Method]] = {
        "popularity": lambda: popularity(data.training),
        "popularity, last 10 %": lambda: recent_popularity(data.training),
        "co-occurrence count": counted.by_count,
        "cosine": counted.by_cosine,
        OURS: lambda: ours,
    }
    in_carts, left_out = carts(data.tests), all_but_one(data.tests)
    catalogue = len(data.catalogue)
    results = {}
    for name, make in methods.items():
        method = make()
        cart, loo = measure(method, in_carts, catalogue), measure(method, left_out, catalogue)
        results[name] = Result(cart, loo, *latency(method, in_carts))
    return results


def latency(method: Method, cases: Sequence[Case]) -> tuple[float, float]:
    """CPU microseconds of one answer to a cart of three: median and 99th percentile."""
    full: Sequence[tuple[str, ...]] = [case.context for case in cases if len(case.context) == 3][
        :1_000
    ]
    taken = []
    for context in full or [case.context for case in cases[:1_000]]:
        before = thread_time_ns()
        method(context)
        taken.append((thread_time_ns() - before) / 1_000)
    cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 99
    return cuts[49], cuts[98]


def show(path: Path, data: Split, learned: Neighbours, results: dict[str, Result]) -> None:
    """Prints what was compared and the table."""
    pairs = sum(len(neighbours) for neighbours in learned.of.values())
    print(f"{path.name}: {len(data.training):,} training orders, {len(data.tests):,} test orders,")
    print(f"{len(data.catalogue):,} products; alpha {learned.alpha} chosen, {pairs:,} pairs kept")
    if ATTRIBUTED in path.name:
        print(ATTRIBUTION)
    print()
    print_table(HEAD, [row(name, result) for name, result in results.items()])


def row(name: str, result: Result) -> list[str]:
    """The figures of one method as a line of the table."""
    cart, loo = result.cart, result.all_but_one
    accuracy = (cart.hit_4, cart.hit_10, cart.ndcg_10, cart.any_4, cart.coverage)
    figures = [f"{value:.4f}" for value in (*accuracy, loo.hit_10, loo.ndcg_10)]
    return [name, *figures, f"{result.p50:.0f}", f"{result.p99:.0f}"]


def budgets(results: dict[str, Result], build: float, megabytes: float) -> list[Budget]:
    """What must hold."""
    best = max(result.cart.hit_10 for name, result in results.items() if name != OURS)
    ratio = results[OURS].cart.hit_10 / best if best else 1.0
    return [
        Budget("CART HR@10 / best baseline", ratio, SHARE_OF_BEST_BASELINE, at_least=True),
        Budget("build, CPU seconds", build, BUILD_SECONDS),
        Budget("build, peak memory in MB with the data read", megabytes, BUILD_MEGABYTES),
        Budget("query, CPU µs p50", results[OURS].p50, QUERY_MICROSECONDS),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
