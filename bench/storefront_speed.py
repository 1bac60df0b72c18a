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
from bench.chrome import CPU_SLOWDOWN
from bench.devtools import driven
from bench.peers.pages import PEERS, installed
from bench.report import Budget, print_table, verdict
from bench.shop_pages import open_shopfront
from bench.visits import Rounds, Visit, measure, throttled

OURS = ["package", "tag"]
CONTROLS = {"control": "nothing, package's way", "control-tag": "nothing, tag's way"}


def main(arguments: Sequence[str] = ()) -> int:
    """Measures, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.storefront_speed")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-lighthouse", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--debug-port", type=int, default=lighthouse.PORT)
    given = parser.parse_args(arguments)
    stages = [*OURS, *CONTROLS]
    if not given.no_peers:
        stages += [f"peer-{name}" for name in PEERS if installed(name)]
        for name in PEERS:
            if not installed(name):
                print(f"left out, not installed from npm: {PEERS[name][0]}")
    with open_shopfront(port=given.port) as front, driven() as browser:
        before = throttled(browser)
        found = measure(browser, front, stages, given.pairs)
        after = throttled(browser)
    print_measured(found)
    print(f"\nThe same work with and without the throttle: {before:.2f} times as long before,")
    print(f"{after:.2f} times after; a processor slowed by four would take four times.")
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


def print_measured(found: Rounds) -> None:
    """Prints a line for each stage."""
    rows = [_row(stage, found) for stage in found]
    head = [
        "on the page", "requests at load", "at use", "B", "script ms", "with opening",
        "longest task", "script throttled", "longest throttled", "opening", "closing", "CLS",
        "LCP ms", "score",
    ]  # fmt: skip
    print(f"Medians of {max(map(len, found.values()))} rounds, ± half the range.")
    print("Script and longest task: the thread's own time without a throttle, times four; then as")
    print("the throttled visits have it. LCP and score (Lighthouse 10 without the speed index):")
    print("difference within the pair.\n")
    print_table(head, rows)


def script_ms(seen: Visit, *, used: bool = False) -> float:
    """Milliseconds of scripts: what is known by its address, and what is nobody's from then on.

    Microtasks and calls of the page itself are among the latter: an upper bound.
    """
    total = seen.load.script + seen.load.nobodys
    return total + (seen.use.script + seen.use.nobodys if used else 0.0)


def longest(seen: Visit) -> float:
    """The longest task with a script of theirs in it, or with something of nobody's since then."""
    return max(seen.load.longest, seen.use.longest)


def stage_budgets(stage: str, found: Rounds, requests: int) -> list[Budget]:
    """What was promised of a layout, with what was measured.

    Noise is what the same page without Bleib differs by in this run.
    """
    rounds = found[stage]
    alone = [one.without for others in found.values() for one in others]
    seen = [one.having for one in rounds]
    plain = [one.plain for one in rounds]
    shop = {urlsplit(url).netloc for url in seen[0].requests}
    shift = max(one.having.shift - one.without.shift for one in rounds)
    budgets = [
        Budget(
            f"{stage}: requests before any trigger", max(len(v.requests) for v in seen), requests
        ),
        Budget(f"{stage}: script ms per page", CPU_SLOWDOWN * median(map(script_ms, plain)), 10),
        Budget(f"{stage}: longest task of ours, ms", CPU_SLOWDOWN * max(map(longest, plain)), 50),
        Budget(f"{stage}: opening to next paint, ms", median(v.opening for v in seen), 50),
        Budget(f"{stage}: closing to next paint, ms", median(v.closing for v in seen), 50),
        Budget(f"{stage}: layout shift from us", shift, 0.0005),
    ]
    for name, of in (("LCP, ms", _lcp), ("score lost", _score)):
        lost = [of(one.having) - of(one.without) for one in rounds]
        noise = _half_range([of(one) for one in alone])
        budgets.append(Budget(f"{stage}: {name}, against noise", median(lost), max(noise, 1.0)))
    if stage == "package":
        budgets.append(Budget("package: origins other than the shop's", len(shop) - 1, 0))
    return budgets


def _lcp(seen: Visit) -> float:
    return seen.lcp


def _score(seen: Visit) -> float:
    return -seen.score


def _half_range(values: Sequence[float]) -> float:
    return (max(values) - min(values)) / 2


def _name(stage: str) -> str:
    if stage in CONTROLS:
        return CONTROLS[stage]
    return PEERS[stage[5:]][0] if stage.startswith("peer-") else f"Bleib, {stage}"


def _row(stage: str, found: Rounds) -> list[str]:
    rounds = found[stage]
    seen = [one.having for one in rounds]
    plain = [one.plain for one in rounds]

    def spread(values: Sequence[float], digits: int = 0) -> str:
        return f"{median(values):.{digits}f} ±{_half_range(values):.{digits}f}"

    return [
        _name(stage),
        f"{median(len(one.requests) for one in seen):.0f}",
        f"{median(len(one.later) for one in seen):.0f}",
        f"{median(one.bytes for one in seen):,.0f}",
        spread([CPU_SLOWDOWN * script_ms(one) for one in plain], 1),
        spread([CPU_SLOWDOWN * script_ms(one, used=True) for one in plain], 1),
        spread([CPU_SLOWDOWN * longest(one) for one in plain]),
        spread([script_ms(one) for one in seen], 1),
        spread([longest(one) for one in seen]),
        spread([one.opening for one in seen]),
        spread([one.closing for one in seen]),
        f"{max(one.having.shift - one.without.shift for one in rounds):.3f}",
        spread([one.having.lcp - one.without.lcp for one in rounds]),
        spread([one.having.score - one.without.score for one in rounds], 1),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
