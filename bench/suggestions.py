"""Accuracy, size, build time and speed of the suggestions, beside peers on the same orders.

`python -m bench.suggestions [FILE]`
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import quantiles
from time import process_time, thread_time_ns

from bench.baselines import CoOccurrence, popularity, recent_popularity
from bench.orders_file import UnusableFileError, read_baskets
from bench.protocol import (
    RANKED,
    SEEDS,
    Accuracy,
    Case,
    Method,
    Split,
    all_but_one,
    carts,
    measure,
    split,
)
from bench.report import Budget, print_table, verdict
from plugin.services.suggestions.co_occurrence import count
from plugin.services.suggestions.learning import RECENT, learn
from plugin.services.suggestions.model import Model

DEFAULT_FILE = Path(__file__).parents[2] / "shared" / "data" / "uci_online_retail.csv.gz"
ATTRIBUTION = "Data: UCI Machine Learning Repository, “Online Retail” (D. Chen), CC BY 4.0"
ATTRIBUTED = "uci_online_retail"
ROOT = Path(__file__).parents[1]

UCI_CART = 0.150
UCI_LOO = 0.305
BUILD_SECONDS = 5.0
MODEL_MEGABYTES = 2.5
QUERY_MICROSECONDS = 100.0
SAMPLING_ERRORS = 2.0
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
    model = learn(count(data.training), data.training[-RECENT:])
    build = process_time() - before
    results = compare(data, model)
    show(path, data, model, results)
    budgets = against_peers(results, len(data.tests))
    if ATTRIBUTED in path.name:
        budgets += of_record(results, build, len(model.to_bytes()) / 1e6)
    return verdict(budgets)


def compare(data: Split, model: Model) -> dict[str, Result]:
    """Every method on the same cases."""

    def ours(cart: Sequence[str]) -> list[str]:
        return [found.product for found in model.score(cart, most=RANKED)]

    in_carts, left_out = carts(data.tests), all_but_one(data.tests)
    catalogue = len(data.catalogue)
    results = {}
    for name, method in [*peers(data), (OURS, ours)]:
        cart, loo = measure(method, in_carts, catalogue), measure(method, left_out, catalogue)
        results[name] = Result(cart, loo, *latency(method, in_carts))
    return results


def peers(data: Split) -> Iterator[tuple[str, Method]]:
    """What ours is compared with; the libraries only where they are installed."""
    yield "popularity", popularity(data.training)
    yield "popularity, last 10 %", recent_popularity(data.training)
    counted = CoOccurrence(data.training)
    yield "co-occurrence count", counted.by_count()
    yield "cosine", counted.by_cosine()
    try:
        from bench.libraries import tuned
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: no libraries (make bench-suggestions has them)")
        return
    for name, setting, method in tuned(data.training):
        yield f"{name} ({setting})" if setting else name, method


def latency(method: Method, cases: Sequence[Case]) -> tuple[float, float]:
    """CPU microseconds of one answer to a cart of three: median and 99th percentile."""
    full = [case.context for case in cases if len(case.context) == 3][:1_000]
    taken = []
    for context in full or [case.context for case in cases[:1_000]]:
        before = thread_time_ns()
        method(context)
        taken.append((thread_time_ns() - before) / 1_000)
    cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 99
    return cuts[49], cuts[98]


def show(path: Path, data: Split, model: Model, results: dict[str, Result]) -> None:
    """Prints what was compared, where, and the table."""
    print(f"{path.name}: {len(data.training):,} training orders, {len(data.tests):,} test orders,")
    print(f"{len(data.catalogue):,} products; seeds {SEEDS}; {machine()}; commit {commit()}")
    print(f"chosen on training orders alone: {json.dumps(model.choice['setting'])}")
    print(f"on these: {json.dumps(model.choice['hit_rates'])} of {model.choice['cases']}")
    if ATTRIBUTED in path.name:
        print(ATTRIBUTION)
    print()
    print_table(HEAD, [row(name, result) for name, result in results.items()])


def machine() -> str:
    """Processor and interpreter."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} × {name}, Python {platform.python_version()}"


def commit() -> str:
    """The short name of the commit that is measured."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def row(name: str, result: Result) -> list[str]:
    """The figures of one method as a line of the table."""
    cart, loo = result.cart, result.all_but_one
    accuracy = (cart.hit_4, cart.hit_10, cart.ndcg_10, cart.any_4, cart.coverage)
    figures = [f"{value:.4f}" for value in (*accuracy, loo.hit_10, loo.ndcg_10)]
    return [name, *figures, f"{result.p50:.0f}", f"{result.p99:.0f}"]


def against_peers(results: dict[str, Result], tests: int) -> list[Budget]:
    """Ours must not fall below the best peer by more than two sampling errors of one seed.

    EASE is shown, but no library: it takes a dense inverse of the whole catalogue.
    """
    budgets = []
    for name in ("CART", "LOO"):
        hits = {
            method: (result.cart if name == "CART" else result.all_but_one).hit_10
            for method, result in results.items()
            if not method.startswith("EASE")
        }
        ours = hits.pop(OURS)
        best = max(hits, key=lambda method: hits[method])
        error = sqrt(max(hits[best] * (1 - hits[best]), 1e-9) / tests)
        limit = hits[best] - SAMPLING_ERRORS * error
        text = f"{name} HR@10, {ours - hits[best]:+.4f} beside {best} (sampling error {error:.4f})"
        budgets.append(Budget(text, ours, limit, at_least=True))
    return budgets


def of_record(results: dict[str, Result], build: float, megabytes: float) -> list[Budget]:
    """What must hold on the UCI orders."""
    ours = results[OURS]
    return [
        Budget("CART HR@10", ours.cart.hit_10, UCI_CART, at_least=True),
        Budget("LOO HR@10", ours.all_but_one.hit_10, UCI_LOO, at_least=True),
        Budget("build, CPU seconds", build, BUILD_SECONDS),
        Budget("model, MB", megabytes, MODEL_MEGABYTES),
        Budget("query, CPU µs p50", ours.p50, QUERY_MICROSECONDS),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
