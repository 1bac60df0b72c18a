"""Counts a whole history anew and learns from it, as the worker's steps do: time and memory.

`python -m bench.rebuild [--orders N] [--products N] [--lines MEAN] [--keep FOLDER]`: orders are
made, stored and then counted in a process of its own that is killed half-way and goes on. With
`--keep` the database stays in that folder and is taken from there the next time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from bench import made_orders
from bench.processes import ROOT
from bench.report import Budget, print_table, verdict
from plugin.services.suggestions import absorbing, counting
from plugin.services.suggestions.learning import learn

LIMIT_SECONDS = 600.0
LIMIT_MB = 2_000.0


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.rebuild")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--products", type=int, default=50_000)
    parser.add_argument("--lines", type=float, default=5)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--measure", type=Path, help="the folder of a history (for ourselves)")
    parser.add_argument("--die-after", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.measure:
        _measured(options.measure, options.die_after)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        _make(place, options)
        return _judge(place, options)


def _make(folder: Path, options: Namespace) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "complete").exists():
        return
    context = made_orders.opened(folder)
    drawn = made_orders.baskets(options.orders, options.products, options.lines)
    made_orders.fill(context, made_orders.new_shop(context), drawn)
    context.db.dispose()
    (folder / "complete").touch()


def _judge(folder: Path, options: Namespace) -> int:
    began = time.perf_counter()
    first = _measure(folder, "--die-after", str(options.orders // 2))
    second = _measure(folder)
    seconds = time.perf_counter() - began
    size = sum(file.stat().st_size for file in folder.glob("*.sqlite3*")) / 1e6
    print(
        f"{options.orders:,} orders, {options.products:,} products, {options.lines:g} products "
        f"for an order; database {size:,.0f} MB\n"
    )
    head = ["part", "seconds", "CPU seconds", "MB at most"]
    print_table(head, [*first, *second])
    largest = max(float(row[3].replace(",", "")) for row in [*first, *second])
    return verdict(
        [
            Budget("all of it, seconds", seconds, LIMIT_SECONDS),
            Budget("memory at most, MB", largest, LIMIT_MB),
        ]
    )


def _measure(folder: Path, *more: str) -> list[list[str]]:
    command = [sys.executable, "-m", "bench.rebuild", "--measure", str(folder), *more]
    # As plugin/services/suggestions/one_thread.py has it; here numpy is loaded before.
    environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True
    )
    return [line.split("\t") for line in done.stdout.splitlines()]


def _measured(folder: Path, die_after: int) -> None:
    context = made_orders.opened(folder)
    shop = made_orders.the_shop(context)
    if die_after:
        absorbing.recount(context, shop)
    done, clock = 0, _Clock()
    while some := absorbing.absorb(context, shop):
        done += some
        if die_after and done >= die_after:
            clock.tell(f"{done:,} orders counted, then killed")
            return
    clock.tell(f"{done:,} orders counted")
    counts, recent = counting.counted(context, shop)
    clock.tell(f"{len(counts.indices) // 2:,} pairs read")
    model = learn(counts, recent)
    clock.tell(f"learned, {model.nbytes / 1e6:,.1f} MB")


class _Clock:
    """Tells what passed since the last time."""

    def __init__(self) -> None:
        self._wall, self._used = time.perf_counter(), time.process_time()

    def tell(self, what: str) -> None:
        wall, used = time.perf_counter(), time.process_time()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        figures = [f"{wall - self._wall:.1f}", f"{used - self._used:.1f}", f"{most:,.0f}"]
        print("\t".join([what, *figures]), flush=True)
        self._wall, self._used = wall, used


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
