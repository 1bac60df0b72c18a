"""What Bleib costs a shop's page in time, in paired visits with it, without it and with peers.

`python -m bench.storefront_speed [--pairs N]`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from statistics import median
from urllib.parse import urlsplit

from bench import lighthouse
from bench.chrome import chromium
from bench.peers.pages import PEERS, installed
from bench.report import Budget, print_table, verdict
from bench.shop_pages import open_shopfront
from bench.visits import Pairs, Visit, measure


def main(arguments: Sequence[str] = ()) -> int:
    """Measures, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.storefront_speed")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-lighthouse", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--debug-port", type=int, default=lighthouse.PORT)
    given = parser.parse_args(arguments)
    stages = ["package", "tag"]
    if not given.no_peers:
        stages += [f"peer-{name}" for name in PEERS if installed(name)]
        for name in PEERS:
            if not installed(name):
                print(f"left out, not installed from npm: {PEERS[name][0]}")
    with open_shopfront(port=given.port) as front, chromium() as browser:
        found = measure(browser, front, stages, given.pairs)
    print_measured(found)
    budgets = [
        one
        for stage, most in (("package", 1), ("tag", 2))
        for one in stage_budgets(stage, found, most)
    ]
    if lighthouse.installed() and not given.no_lighthouse:
        with open_shopfront(port=given.port) as front:
            audits = lighthouse.pairs(front, "package", given.pairs, given.debug_port)
        print(f"\n{lighthouse.sentence(audits, 'package')}")
        budgets += lighthouse.budgets(audits, "package")
    else:
        print("\nLighthouse itself was left out: not installed from npm, or not wanted.")
    return verdict(budgets)


def print_measured(found: Pairs) -> None:
    """Prints a line for each stage."""
    rows = [_row(stage, pairs) for stage, pairs in found.items()]
    head = [
        "on the page", "requests at load", "at use", "B", "script ms", "with opening",
        "longest task", "opening", "closing", "CLS", "LCP ms", "score",
    ]  # fmt: skip
    print("Medians of pairs, ± half the range; script and tasks on a processor slowed by four.")
    print("LCP and score (Lighthouse 10 without the speed index): difference within the pair.\n")
    print_table(head, rows)


def script_ms(having: Visit, *, used: bool = False) -> float:
    """Milliseconds of scripts: what is known by its address, and all microtasks from then on.

    Those of the page itself are among them: an upper bound.
    """
    total = having.load.script + having.load.microtasks
    return total + (having.use.script + having.use.microtasks if used else 0.0)


def stage_budgets(stage: str, found: Pairs, requests: int) -> list[Budget]:
    """What was promised of a layout, with what was measured.

    Noise is what the same page without Bleib differs by in this run.
    """
    pairs = found[stage]
    alone = [without for others in found.values() for without, _ in others]
    seen = [having for _, having in pairs]
    shop = {urlsplit(url).netloc for url in seen[0].requests}
    budgets = [
        Budget(
            f"{stage}: requests before any trigger", max(len(v.requests) for v in seen), requests
        ),
        Budget(f"{stage}: script ms per page", median(script_ms(one) for one in seen), 10),
        Budget(f"{stage}: longest task of ours, ms", max(_longest(one) for one in seen), 50),
        Budget(f"{stage}: opening to next paint, ms", median(v.opening for v in seen), 50),
        Budget(f"{stage}: closing to next paint, ms", median(v.closing for v in seen), 50),
        Budget(f"{stage}: layout shift from us", max(b.shift - a.shift for a, b in pairs), 0.0005),
    ]
    for name, of in (("LCP, ms", _lcp), ("score lost", _score)):
        lost = [of(b) - of(a) for a, b in pairs]
        noise = _half_range([of(one) for one in alone])
        budgets.append(Budget(f"{stage}: {name}, against noise", median(lost), max(noise, 1.0)))
    if stage == "package":
        budgets.append(Budget("package: origins other than the shop's", len(shop) - 1, 0))
    return budgets


def _lcp(seen: Visit) -> float:
    return seen.lcp


def _score(seen: Visit) -> float:
    return -seen.score


def _longest(seen: Visit) -> float:
    """The longest task with a script of theirs, or queue of microtasks since their first script."""
    return max(seen.load.longest, seen.load.queue, seen.use.longest, seen.use.queue)


def _half_range(values: Sequence[float]) -> float:
    return (max(values) - min(values)) / 2


def _row(stage: str, pairs: list[tuple[Visit, Visit]]) -> list[str]:
    seen = [having for _, having in pairs]
    name = PEERS[stage.removeprefix("peer-")][0] if stage.startswith("peer-") else f"Bleib, {stage}"

    def spread(values: Sequence[float], digits: int = 0) -> str:
        return f"{median(values):.{digits}f} ±{_half_range(values):.{digits}f}"

    return [
        name,
        f"{median(len(one.requests) for one in seen):.0f}",
        f"{median(len(one.later) for one in seen):.0f}",
        f"{median(one.bytes for one in seen):,.0f}",
        spread([script_ms(one) for one in seen], 1),
        spread([script_ms(one, used=True) for one in seen], 1),
        spread([_longest(one) for one in seen]),
        spread([one.opening for one in seen]),
        spread([one.closing for one in seen]),
        f"{max(b.shift - a.shift for a, b in pairs):.3f}",
        spread([b.lcp - a.lcp for a, b in pairs]),
        spread([b.score - a.score for a, b in pairs], 1),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
