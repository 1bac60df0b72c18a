"""What it costs to count one more order for the suggestions.

`python -m bench.absorb [--orders N] [--products N] [--lines MEAN]`: a shop with a history that is
counted; then orders come one at a time and each is counted by itself, as in a quiet hour, and then
a hundred at a time, as the worker finds them in a busy one; summing up the log is part of it.
SQLite as it is installed, with a sync of the disk for each transaction. The budget is for the
processor's time: the rest is the disk, and whatever else the machine does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import mean, median

from bench import made_orders
from bench.report import Budget, print_table, verdict
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import absorbing

ALONE = 500
TOGETHER = 100
TURNS = 10
LIMIT_MS = 2.0
#: Milliseconds of the wall and of the processor for one order.
Cost = tuple[float, float]


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.absorb")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--products", type=int, default=3_800)
    parser.add_argument("--lines", type=float, default=15)
    options = parser.parse_args(arguments)
    more = ALONE + TOGETHER * TURNS
    drawn = made_orders.baskets(options.orders + more, options.products, options.lines)
    with tempfile.TemporaryDirectory() as folder:
        context = made_orders.opened(Path(folder))
        shop = made_orders.new_shop(context)
        made_orders.fill(context, shop, islice(drawn, options.orders))
        while absorbing.absorb(context, shop):
            pass
        numbered = enumerate(drawn, options.orders)
        alone = [_cost(context, shop, list(islice(numbered, 1))) for _ in range(ALONE)]
        together = [_cost(context, shop, list(islice(numbered, TOGETHER))) for _ in range(TURNS)]
        context.db.dispose()
    print(
        f"{options.orders:,} orders of {options.lines:g} products of {options.products:,}, "
        "milliseconds for one order\n"
    )
    head = ["counted", "wall p50", "wall mean", "CPU p50", "CPU mean"]
    print_table(head, [_row("alone", alone), _row(f"{TOGETHER} together", together)])
    measured = median(used for _, used in alone)
    return verdict([Budget("one order, alone, CPU p50 ms", measured, LIMIT_MS)])


def _cost(context: Context, shop: Shop, some: Sequence[tuple[int, list[int]]]) -> Cost:
    made_orders.put(context, shop, some)
    wall, used = time.perf_counter(), time.process_time()
    absorbing.absorb(context, shop)
    wall, used = time.perf_counter() - wall, time.process_time() - used
    return wall * 1e3 / len(some), used * 1e3 / len(some)


def _row(name: str, costs: Sequence[Cost]) -> list[str]:
    figures = [reckon(values) for values in zip(*costs, strict=True) for reckon in (median, mean)]
    return [name, *(f"{value:.2f}" for value in figures)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
