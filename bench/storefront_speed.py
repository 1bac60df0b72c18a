"""What Bleib costs a shop's page in time, in paired visits with it, without it and with peers.

`python -m bench.storefront_speed [--pairs N]`
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request

from bench.chrome import HINT, chromium, throttle
from bench.peers.pages import PEERS, installed
from bench.report import Budget, print_table, verdict
from bench.score import score
from bench.shop_pages import Shopfront, open_shopfront
from bench.traces import CATEGORIES, Spent, mark, spent

VITALS = (Path(__file__).parent / "vitals.js").read_text("utf-8")
OURS = ("/static/v1/", "/extension/assets/", "/v1/")
_PATIENCE = 20.0
_QUIET = 0.4
#: Who closes how: with Escape, but for the one that does not listen to it.
_CLOSERS = {"peer-posthog": ".form-cancel"}


@dataclass(slots=True)
class Visit:
    """The figures of one visit; times in milliseconds, bytes as transferred."""

    requests: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    bytes: int = 0
    load: Spent = field(default_factory=lambda: Spent(0, 0, 0))
    use: Spent = field(default_factory=lambda: Spent(0, 0, 0))
    opening: float = 0
    closing: float = 0
    shift: float = 0
    fcp: float = 0
    lcp: float = 0
    blocked: float = 0

    @property
    def score(self) -> float:
        """Lighthouse 10's formula without the speed index, 0 to 100."""
        return score(self.fcp, self.lcp, self.blocked, self.shift)


def main(arguments: Sequence[str] = ()) -> int:
    """Measures, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.storefront_speed")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    stages = ["package", "tag"]
    if not given.no_peers:
        stages += [f"peer-{name}" for name in PEERS if installed(name)]
        for name in PEERS:
            if not installed(name):
                print(f"left out, not installed from npm: {PEERS[name][0]}")
    with open_shopfront(port=given.port) as front, chromium() as browser:
        found = measure(browser, front, stages, given.pairs)
    return report(found)


Pairs = dict[str, list[tuple[Visit, Visit]]]


def measure(browser: Browser, front: Shopfront, stages: Sequence[str], pairs: int) -> Pairs:
    """For each stage, pairs of visits (without, with), each pair in the other order than before."""
    visit(browser, front, "package")  # The first visit of a browser is like no other.
    found: Pairs = {stage: [] for stage in stages}
    for number in range(pairs):
        for stage in stages:
            order = ["off", stage] if number % 2 else [stage, "off"]
            seen = {one: visit(browser, front, one) for one in order}
            found[stage].append((seen["off"], seen[stage]))
    return found


def visit(browser: Browser, front: Shopfront, stage: str) -> Visit:
    """One visit to the demo shop's product page as a new shopper."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(VITALS)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE * 1000)
    seen = Visit()
    traffic = _Traffic(page)
    session = throttle(page)
    session.on("Network.loadingFinished", lambda event: traffic.weigh(event))
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(front.page("demo", stage), wait_until="load")
    traffic.quiet()
    page.evaluate("performance.mark('bench-loaded')")
    vitals = page.evaluate("({ ...seen, events: [], covered: 0, listen: 0 })")
    seen.fcp, seen.lcp, seen.blocked = vitals["fcp"], vitals["lcp"], vitals["blocked"]
    belongs = _owner(stage)
    seen.requests = [url for url in traffic.urls if belongs(url)]
    if stage != "off":
        _use(page, traffic, stage, seen)
    seen.later = [url for url in traffic.urls if belongs(url)][len(seen.requests) :]
    seen.bytes = sum(size for url, size in traffic.sizes if belongs(url))
    seen.shift = page.evaluate("seen.shift")
    page.evaluate("performance.mark('bench-done')")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    loaded = mark(events, "bench-loaded")
    seen.load = spent(events, belongs, until=loaded)
    seen.use = spent(events, belongs, since=loaded, until=mark(events, "bench-done"))
    return seen


def _use(page: Page, traffic: _Traffic, stage: str, seen: Visit) -> None:
    """Hint of an exit, opening by a click, closing."""
    page.evaluate(HINT)
    traffic.quiet()
    page.evaluate("seen.listen()")
    began = page.evaluate("performance.now()")
    page.locator("h1").first.click(position={"x": 5, "y": 5})
    _until(page, "seen.opened > 0", f"{stage} opens")
    traffic.quiet()
    seen.opening = max(page.evaluate("seen.opened"), _input_delay(page, began))
    began = page.evaluate("performance.now()")
    if stage in _CLOSERS:
        page.locator(_CLOSERS[stage]).first.click()
    else:
        page.keyboard.press("Escape")
    _until(page, "!seen.covered()", f"{stage} closes")
    traffic.quiet()
    seen.closing = _input_delay(page, began)


def _input_delay(page: Page, since: float) -> float:
    """The longest time from an input since then to its next paint (Event Timing)."""
    found = page.evaluate(
        "(since) => Math.max(16, ...seen.events.filter((one) => one[1] >= since && "
        "/^(pointer(down|up)|mouse(down|up)|click|key(down|up))$/.test(one[0]))"
        ".map((one) => one[2]))",
        since,
    )
    return float(found)


def _until(page: Page, holds: str, what: str) -> None:
    end = monotonic() + _PATIENCE
    while not page.evaluate(holds):
        if monotonic() > end:
            raise AssertionError(f"did not happen: {what}")
        page.wait_for_timeout(25)


class _Traffic:
    """What a page asked for, and when it was last heard of."""

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        self.sizes: list[tuple[str, int]] = []
        self._page = page
        self._heard = monotonic()
        self._open = 0
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _began(self, request: Request) -> None:
        self.urls.append(request.url)
        self._open += 1
        self._heard = monotonic()

    def _ended(self, request: Request) -> None:
        self._open -= 1
        self._heard = monotonic()
        if not request.failure:
            sizes = request.sizes()
            self.sizes.append((request.url, sizes["responseBodySize"]))

    def weigh(self, _: dict[str, Any]) -> None:
        """Something has come in."""
        self._heard = monotonic()

    def quiet(self) -> None:
        """Waits until nothing is under way and nothing was for a while."""
        end = monotonic() + _PATIENCE
        while monotonic() < end and (self._open > 0 or monotonic() - self._heard < _QUIET):
            self._page.wait_for_timeout(50)


def _owner(stage: str) -> Callable[[str], bool]:
    marks = ("/peers/",) if stage.startswith("peer-") else OURS
    return lambda url: any(part in url for part in marks)


def report(found: Pairs) -> int:
    """Prints what was measured and what was promised."""
    rows = [_row(stage, pairs) for stage, pairs in found.items()]
    head = [
        "on the page", "requests at load", "at use", "B", "script ms", "with opening",
        "longest task", "opening", "closing", "CLS", "LCP ms", "score",
    ]  # fmt: skip
    print("Medians of pairs, ± half the range; script and tasks on a processor slowed by four.")
    print("LCP and score (Lighthouse 10 without the speed index): difference within the pair.\n")
    print_table(head, rows)
    budgets = []
    for stage, most in (("package", 1), ("tag", 2)):
        if stage in found:
            budgets += _budgets(stage, found[stage], most)
    return verdict(budgets)


def script_ms(without: Visit, having: Visit, *, used: bool = False) -> float:
    """Milliseconds of scripts: what is known by its address, and microtasks beyond the page's."""
    total = having.load.script + max(0.0, having.load.microtasks - without.load.microtasks)
    return total + (having.use.script + having.use.microtasks if used else 0.0)


def _budgets(stage: str, pairs: list[tuple[Visit, Visit]], requests: int) -> list[Budget]:
    seen = [having for _, having in pairs]
    shop = {urlsplit(url).netloc for url in seen[0].requests}
    budgets = [
        Budget(
            f"{stage}: requests before any trigger", max(len(v.requests) for v in seen), requests
        ),
        Budget(f"{stage}: script ms per page", median(script_ms(*pair) for pair in pairs), 10),
        Budget(f"{stage}: longest task of ours, ms", max(_longest(v) for v in seen), 50),
        Budget(f"{stage}: opening to next paint, ms", median(v.opening for v in seen), 50),
        Budget(f"{stage}: closing to next paint, ms", median(v.closing for v in seen), 50),
        Budget(f"{stage}: layout shift from us", max(b.shift - a.shift for a, b in pairs), 0.0005),
    ]
    for name, of in (("LCP, ms", _lcp), ("score lost", _score)):
        lost = [of(b) - of(a) for a, b in pairs]
        noise = _half_range([of(a) for a, _ in pairs])
        budgets.append(Budget(f"{stage}: {name}, against noise", median(lost), max(noise, 1.0)))
    if stage == "package":
        budgets.append(Budget("package: origins other than the shop's", len(shop) - 1, 0))
    return budgets


def _lcp(seen: Visit) -> float:
    return seen.lcp


def _score(seen: Visit) -> float:
    return -seen.score


def _longest(seen: Visit) -> float:
    return max(seen.load.longest, seen.use.longest)


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
        spread([script_ms(*pair) for pair in pairs], 1),
        spread([script_ms(*pair, used=True) for pair in pairs], 1),
        spread([_longest(one) for one in seen]),
        spread([one.opening for one in seen]),
        spread([one.closing for one in seen]),
        f"{max(b.shift - a.shift for a, b in pairs):.3f}",
        spread([b.lcp - a.lcp for a, b in pairs]),
        spread([b.score - a.score for a, b in pairs], 1),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
