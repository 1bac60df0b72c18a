"""Draws all designs with all hostile strings, in two browsers at once.

`python -m bench.hostile_run [--strings N]`
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.chrome import chromium
from bench.hostile import Findings, control, designs, draw_all
from bench.hostile_strings import COUNT, strings
from bench.report import Budget, print_table, verdict
from bench.shop_pages import open_shopfront

_BROWSERS = 2
_CONTROLLED = 160
#: Of the strings that careless code would be given, this share must run there.
_SEEN = 0.5


def main(arguments: Sequence[str] = ()) -> int:
    """Draws, prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.hostile_run")
    parser.add_argument("--strings", type=int, default=COUNT)
    count = parser.parse_args(arguments).strings
    with ProcessPoolExecutor(_BROWSERS, mp_context=get_context("spawn")) as pool:
        seen = pool.submit(controlled, count)
        drawn = {name: pool.submit(one_design, name, count) for name in designs()}
        found = {name: future.result() for name, future in drawn.items()}
        ran, asked = seen.result()
    rows = [
        [name, f"{one.draws:,}", f"{one.drawn:,}", str(len(one.ran))] for name, one in found.items()
    ]
    print_table(["design", "configs", "drawn", "ran"], rows)
    for line, times in Counter(line for one in found.values() for line in one.ran).most_common(20):
        print(f"{times} × {line}")
    return verdict(
        [
            Budget("strings that ran, or could have", sum(len(o.ran) for o in found.values()), 0),
            Budget("configs that drew nothing", sum(len(o.empty) for o in found.values()), 0),
            Budget("strings per field", count, COUNT, at_least=True),
            Budget("control: share that runs in careless code", ran / asked, _SEEN, at_least=True),
        ]
    )


def one_design(name: str, count: int) -> Findings:
    """One design with every string, in a browser of its own."""
    with open_shopfront() as front, chromium() as browser:
        return draw_all(browser, front, strings()[:count], [name])


def controlled(count: int) -> tuple[int, int]:
    """How many of an even selection of the strings run in careless code, and of how many."""
    some = strings()[:count]
    some = some[:: max(1, count // _CONTROLLED)]
    with open_shopfront() as front, chromium() as browser:
        return len(control(browser, front, some)), len(some)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
