"""Visits to the demo shop: load, hint of an exit, opening, closing.

There are two kinds. A *slow* one has a processor slowed by four: it says when a shopper sees
something. A *plain* one has the machine's own: there the trace says what the main thread computed,
apart from what else ran on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import sleep
from typing import Any

from bench.chrome import CPU_SLOWDOWN
from bench.devtools import BrowserError, Devtools, Tab
from bench.line import BYTES_PER_SECOND, RTT
from bench.score import score
from bench.shop_pages import Shopfront
from bench.traces import CATEGORIES, Spent, durations, spent

OURS = ("/static/v1/", "/extension/assets/", "/v1/")
_PATIENCE = 20.0
_QUIET = 0.5
#: How long nobody asks the page anything after an input, so that nothing but the input is at work.
_UNDISTURBED = 0.6
#: Who closes how: with Escape, but for the one that does not listen to it.
_CLOSERS = {"peer-posthog": ".form-cancel"}
_WHERE = """(() => {{ const {{ left, top }} = document.querySelector({!r}).getBoundingClientRect();
  return [left + 5, top + 5] }})()"""
_WHERE_DEEP = """(() => {{ const roots = [document, ...[...document.querySelectorAll("*")]
    .map((one) => one.shadowRoot).filter(Boolean)];
  const one = roots.map((root) => root.querySelector({!r})).find(Boolean);
  const {{ left, top }} = one.getBoundingClientRect(); return [left + 5, top + 5] }})()"""

# Elements and texts, as a page builds them: a millisecond or so.
_TIMES = 40
_WORK = """window.work = () => {
  const list = document.createElement("div")
  for (let number = 0; number < 400; number += 1) {
    const line = document.createElement("p")
    line.className = `line-${number}`
    line.textContent = `text ${number}`
    list.append(line)
  }
  return list.outerHTML.length
}
for (let number = 0; number < 200; number += 1) work()
//# sourceURL=bench-work"""


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


@dataclass(slots=True)
class Round:
    """A pair of slow visits, and a plain one."""

    without: Visit
    having: Visit
    plain: Visit


Rounds = dict[str, list[Round]]


def measure(browser: Devtools, front: Shopfront, stages: Sequence[str], rounds: int) -> Rounds:
    """For each stage, rounds of visits, each pair in the other order than the one before."""
    line = front.app.line
    line.rtt, line.bytes_per_second = RTT, BYTES_PER_SECOND
    visit(browser, front, "package")  # The first visit of a browser is like no other.
    found: Rounds = {stage: [] for stage in stages}
    for number in range(rounds):
        for stage in list(found):
            order = ["off", stage] if number % 2 else [stage, "off"]
            try:
                seen = {one: visit(browser, front, one) for one in order}
                plain = visit(browser, front, stage, slowdown=1)
            except (NothingOpenedError, BrowserError) as error:
                if not stage.startswith("peer-"):
                    raise
                # A comparison is lost, not the measurement.
                print(f"left out, did not work here: {stage} ({error})")
                del found[stage]
                continue
            found[stage].append(Round(seen["off"], seen[stage], plain))
    return found


def visit(browser: Devtools, front: Shopfront, stage: str, slowdown: float = CPU_SLOWDOWN) -> Visit:
    """One visit to the demo shop's product page as a new shopper."""
    line = front.app.line
    line.forget()
    tab = Tab(browser)
    tab.slow_down(slowdown)
    seen = Visit()
    belongs = _owner(stage)
    tab.trace(CATEGORIES)
    tab.go(f"{front.page('demo', stage)}&seen")
    line.quiet(_QUIET, _PATIENCE)
    tab.evaluate("performance.mark('bench-loaded')")
    seen.fcp, seen.lcp, seen.blocked = tab.evaluate("[seen.fcp, seen.lcp, seen.blocked]")
    seen.requests = [url for url in line.asked if belongs(url)]
    if stage != "off":
        _use(tab, front, stage, seen)
    seen.later = [url for url in line.asked if belongs(url)][len(seen.requests) :]
    seen.bytes = sum(size for url, size in line.sizes if belongs(url))
    seen.shift = tab.evaluate("seen.shift")
    tab.evaluate("performance.mark('bench-done')")
    events = tab.traced()
    tab.close()
    seen.load = spent(events, belongs, "", "bench-loaded")
    seen.use = spent(events, belongs, "bench-loaded", "bench-done")
    return seen


def throttled(browser: Devtools) -> float:
    """How many times longer the same work takes where Chromium slows the processor by four.

    Chromium interrupts the thread by a signal, looks at the clock on the wall for how long it ran,
    and lets it spin for three times as long; with all that its four is not quite four.
    """
    tab = Tab(browser)
    tab.evaluate(_WORK)
    median_of = {}
    for rate in (1, CPU_SLOWDOWN):
        tab.slow_down(rate)
        tab.trace(CATEGORIES)
        for _ in range(_TIMES):
            tab.evaluate("setTimeout(work)")
            sleep(0.02 * rate)
        median_of[rate] = median(durations(tab.traced(), "bench-work"))
    tab.close()
    return median_of[CPU_SLOWDOWN] / median_of[1]


def _use(tab: Tab, front: Shopfront, stage: str, seen: Visit) -> None:
    """Hint of an exit, opening by a click, closing."""
    line = front.app.line
    # The pointer goes up: two moves with a direction.
    for y in (220, 90):
        tab.move(600, y)
        sleep(0.05)
    line.quiet(_QUIET, _PATIENCE)
    x, y = tab.evaluate(_WHERE.format("h1"))
    tab.move(x, y)
    tab.evaluate("seen.listen()")
    began = tab.evaluate("performance.now()")
    sleep(_UNDISTURBED)
    tab.click(x, y)
    sleep(_UNDISTURBED)
    if not tab.until("seen.opened > 0", _PATIENCE):
        raise NothingOpenedError(f"did not happen: {stage} opens")
    line.quiet(_QUIET, _PATIENCE)
    seen.opening = max(tab.evaluate("seen.opened"), _input_delay(tab, began))
    if stage in _CLOSERS:
        x, y = tab.evaluate(_WHERE_DEEP.format(_CLOSERS[stage]))
        tab.move(x, y)
    began = tab.evaluate("performance.now()")
    sleep(_UNDISTURBED)
    if stage in _CLOSERS:
        tab.click(x, y)
    else:
        tab.press("Escape", 27)
    sleep(_UNDISTURBED)
    if not tab.until("!seen.covered()", _PATIENCE):
        raise NothingOpenedError(f"did not happen: {stage} closes")
    seen.closing = _input_delay(tab, began)


def _input_delay(tab: Tab, since: float) -> float:
    """The longest time from an input since then to its next paint (Event Timing)."""
    found: Any = tab.evaluate(
        f"Math.max(16, ...seen.events.filter((one) => one[1] >= {since} && "
        "/^(pointer(down|up)|mouse(down|up)|click|key(down|up))$/.test(one[0]))"
        ".map((one) => one[2]))"
    )
    return float(found)


def _owner(stage: str) -> Callable[[str], bool]:
    marks = ("/peers/",) if stage.startswith("peer-") else OURS
    return lambda url: any(part in url for part in marks)
