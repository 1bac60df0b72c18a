"""Visits to the demo shop on a slowed-down browser: load, hint of an exit, opening, closing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import Browser, Page, Request
from playwright.sync_api import Error as PlaywrightError

from bench.chrome import HINT, throttle
from bench.score import score
from bench.shop_pages import Shopfront
from bench.traces import CATEGORIES, Spent, spent

VITALS = (Path(__file__).parent / "vitals.js").read_text("utf-8")
OURS = ("/static/v1/", "/extension/assets/", "/v1/")
_PATIENCE = 20.0
_QUIET = 0.4
#: Who closes how: with Escape, but for the one that does not listen to it.
_CLOSERS = {"peer-posthog": ".form-cancel"}


class NothingOpenedError(Exception):
    """A popup did not open or close; the message says whose."""


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


Pairs = dict[str, list[tuple[Visit, Visit]]]


def measure(browser: Browser, front: Shopfront, stages: Sequence[str], pairs: int) -> Pairs:
    """For each stage, pairs of visits (without, with), each pair in the other order than before."""
    visit(browser, front, "package")  # The first visit of a browser is like no other.
    found: Pairs = {stage: [] for stage in stages}
    for number in range(pairs):
        for stage in list(found):
            order = ["off", stage] if number % 2 else [stage, "off"]
            try:
                seen = {one: visit(browser, front, one) for one in order}
            except (NothingOpenedError, PlaywrightError) as error:
                if not stage.startswith("peer-"):
                    raise
                # A comparison is lost, not the measurement.
                print(f"left out, did not work here: {stage} ({error})")
                del found[stage]
                continue
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
    seen.load = spent(events, belongs, "", "bench-loaded")
    seen.use = spent(events, belongs, "bench-loaded", "bench-done")
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
            raise NothingOpenedError(f"did not happen: {what}")
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
