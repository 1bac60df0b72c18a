"""Every way in which a network can fail, at everything Bleib asks for, on four kinds of shops.

`python -m bench.faults`: in each case the shop must work, look and load as if Bleib were not there,
and nothing of ours may complain.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from statistics import median
from time import monotonic

from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import Error as PlaywrightError

from bench.app_answers import SERVED_FAULTS, SLOW_SECONDS, target_of
from bench.chrome import LEAVE, Complaints, chromium
from bench.report import Budget, print_table, verdict
from bench.shop_pages import PATHS, Shopfront, open_shopfront

#: What the browser itself refuses, and how it names the refusal.
REFUSALS = {"refused": "connectionrefused", "blocked": "blockedbyclient"}
FAULTS = (*REFUSALS, *SERVED_FAULTS, "policy")
TARGETS = (
    "loader", "config", "visit", "ui", "exit_intent", "form", "texts", "tickets", "events",
    "subscriptions",
)  # fmt: skip
#: What is asked for only once the form is on the page.
LATE = ("tickets", "events", "subscriptions")
#: Each template's own button for the cart, and another control of its own with what it changes.
CONTROLS = {
    "demo": ("[name=add]", "[data-more]", "document.querySelector('[name=quantity]').value"),
    "catalogue": ("[data-buy='3']", "[data-act]", "document.querySelector('.grid').offsetHeight"),
    "single": ("[data-buy]", "[data-act]", "document.querySelector('h1').textContent"),
    "rtl": ("[data-buy]", "[data-act]", "document.querySelector('nav').hidden"),
}
_PATIENCE = 15.0
_MEETING = 4.0
_SETTLING = 250
#: Seconds between two looks of leaving: who comes back at once has not left.
_AGAIN = 1.5

BOUGHT = "Number(document.querySelector('[data-count], [data-part=count]').textContent) > 0"
# Where everything of the shop stands; what Bleib puts on the page has a shadow root.
LAYOUT = """() => [...document.body.querySelectorAll("*")]
  .filter((one) => !one.shadowRoot && !one.matches("script"))
  .map((one) => { const { x, y, width, height } = one.getBoundingClientRect();
    return `${one.tagName} ${[x + scrollX, y + scrollY, width, height].map(Math.round)}` })
  .join("\\n")"""
TIMES = """() => { const [page] = performance.getEntriesByType("navigation");
  const paints = performance.getEntriesByName("first-contentful-paint");
  return { ready: page.domContentLoadedEventEnd, lcp: Math.max(paints[0]?.startTime ?? 0,
    seen.lcp) } }"""
# Also: a driven browser says that it is one, and robots may be counted in another way.
WATCH = """window.seen = { lcp: 0 };
  Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) seen.lcp = one.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true })"""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault at a target on a template; no fault is the shop without Bleib."""

    template: str
    fault: str = ""
    target: str = ""

    @property
    def stage(self) -> str:
        """What the page is asked to carry."""
        return f"{self.fault}-{self.target}" if self.fault else "off"

    def __str__(self) -> str:
        return f"{self.template}: {self.target or 'without Bleib'} {self.fault}"


@dataclass(slots=True)
class Outcome:
    """What a shopper found: how the shop worked, stood and loaded, and who complained."""

    case: Case
    met: bool = False
    wrong: list[str] = field(default_factory=list)
    layout: str = ""
    ready: float = 0
    lcp: float = 0


def all_cases() -> list[Case]:
    """The full matrix."""
    return [Case(*one) for one in product(PATHS, FAULTS, TARGETS)]


def sample() -> list[Case]:
    """Every target once, with every template and every fault but the one that takes ten seconds."""
    faults = [fault for fault in FAULTS if fault != "slow"]
    templates = list(PATHS)
    return [
        Case(templates[number % len(templates)], faults[number % len(faults)], target)
        for number, target in enumerate(TARGETS)
    ]


def run(
    browser: Browser, front: Shopfront, cases: Iterable[Case]
) -> tuple[dict[str, Outcome], list[Outcome]]:
    """Each template without Bleib, and every case compared with it."""
    wanted = list(cases)
    templates = sorted({case.template for case in wanted})
    plain = {name: _Shopper(browser, front, Case(name)).whole_visit() for name in templates}
    outcomes: list[Outcome] = []
    slow: list[_Shopper] = []
    for case in wanted:
        shopper = _Shopper(browser, front, case)
        if case.fault == "slow":
            # They wait together: ten seconds each would be minutes.
            shopper.shop()
            slow.append(shopper)
            if len(slow) < len(TARGETS):
                continue
        outcomes += [one.wait_and_leave() for one in slow]
        slow.clear()
        if case.fault != "slow":
            outcomes.append(shopper.whole_visit())
    outcomes += [one.wait_and_leave() for one in slow]
    for outcome in outcomes:
        compare(outcome, plain[outcome.case.template])
    return plain, outcomes


def compare(outcome: Outcome, plain: Outcome) -> None:
    """Adds to what went wrong whatever differs from the shop without Bleib."""
    if outcome.layout != plain.layout:
        here, there = outcome.layout.split("\n"), plain.layout.split("\n")
        differing = [f"{a} / {b}" for a, b in zip(here, there, strict=False) if a != b]
        outcome.wrong.append(f"layout differs: {differing[:2] or (len(here), len(there))}")
    if not outcome.met:
        outcome.wrong.append("the fault was never met: the case proves nothing")


class _Shopper:
    """One visit to a page in one case."""

    def __init__(self, browser: Browser, front: Shopfront, case: Case) -> None:
        self.outcome = Outcome(case)
        self._front = front
        self._case = case
        self._context = browser.new_context(
            viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        self._context.set_default_timeout(_PATIENCE * 1000)
        self._context.add_init_script(WATCH)
        self.page: Page = self._context.new_page()
        self._complaints = Complaints(self.page)
        self._began = monotonic()
        self._refused = 0
        if case.fault in REFUSALS:
            self._context.route(f"**/{case.stage}/**", self._refuse)

    def whole_visit(self) -> Outcome:
        """Everything one after the other."""
        self.shop()
        return self.wait_and_leave()

    def shop(self) -> None:
        """Uses the shop, looks like leaving, signs up where that is possible, uses it again."""
        page = self.page
        buy, act, changed = CONTROLS[self._case.template]
        page.goto(self._front.page(self._case.template, self._case.stage), wait_until="commit")
        page.wait_for_load_state("domcontentloaded")
        before = page.evaluate(changed)
        page.locator(buy).first.click()
        self._until(BOUGHT)
        if self._case.fault:
            # A page waits for ever for a script whose server never answers: no fault of the shop.
            arrived = "window.bleib || document.readyState === 'complete'"
            self._until(arrived, seconds=_MEETING, must=False)
            self._look_like_leaving()
        page.keyboard.press("Escape")
        self._until("!document.querySelector('dialog:modal')")
        page.locator(act).first.click()
        self._until(f"({changed}) !== {json.dumps(before)}")
        page.wait_for_timeout(_SETTLING)
        self.outcome.layout = page.evaluate(LAYOUT)
        times = page.evaluate(TIMES)
        self.outcome.ready, self.outcome.lcp = times["ready"], times["lcp"]

    def wait_and_leave(self) -> Outcome:
        """Lets what is slow arrive, leaves the page, and says what went wrong."""
        if self._case.fault == "slow":
            left = self._began + SLOW_SECONDS + 3 - monotonic()
            self.page.wait_for_timeout(max(0.0, left * 1000))
        with suppress(PlaywrightError):
            self.page.goto(f"{self._front.address}/bench-pages/product.svg")
        self.outcome.met = not self._case.fault or self._wait_for_the_fault()
        said = self._complaints
        self.outcome.wrong += [f"uncaught: {one}" for one in said.uncaught]
        self.outcome.wrong += [f"console: {one}" for one in said.console]
        self._context.close()
        return self.outcome

    def _look_like_leaving(self) -> None:
        """Leaves again and again, as people do, until the fault was met; signs up if asked to."""
        page, late = self.page, self._case.target in LATE
        field = page.get_by_role("dialog").get_by_role("textbox").first
        began, left = monotonic(), 0
        while not field.is_visible() and (late or not self._fault_was_met()):
            if monotonic() > began + _PATIENCE:
                return
            if monotonic() > began + left * _AGAIN:
                page.evaluate(LEAVE)
                left += 1
            page.wait_for_timeout(20)
        with suppress(PlaywrightError):
            field.wait_for(timeout=500)
            field.fill("lena.brandt@example.com")
            for box in page.get_by_role("dialog").get_by_role("checkbox").all():
                box.check()
            field.press("Enter")
            self._wait_for_the_fault()
            page.wait_for_timeout(_SETTLING)

    def _wait_for_the_fault(self) -> bool:
        """Gives what was just asked for the time to arrive; False if it never did."""
        end = monotonic() + _MEETING
        while not self._fault_was_met() and monotonic() < end:
            self.page.wait_for_timeout(20)
        return self._fault_was_met()

    def _fault_was_met(self) -> bool:
        if self._case.fault in REFUSALS:
            return self._refused > 0
        if self._case.fault == "policy":
            return any("Content Security Policy" in line for line in self._complaints.browser)
        return (self._case.stage, self._case.target) in self._front.app.asked

    def _refuse(self, route: Route) -> None:
        path = "/" + route.request.url.split(f"/{self._case.stage}/", 1)[1].split("?")[0]
        if target_of(path) != self._case.target:
            return route.continue_()
        self._refused += 1
        return route.abort(REFUSALS[self._case.fault])

    def _until(self, holds: str, seconds: float = _PATIENCE, *, must: bool = True) -> None:
        end = monotonic() + seconds
        while not self.page.evaluate(holds):
            if monotonic() > end:
                if must:
                    self.outcome.wrong.append(f"never became true: {holds}")
                return
            self.page.wait_for_timeout(20)


def main(_: Sequence[str] = ()) -> int:
    """Runs the matrix, prints the tables and returns the exit code."""
    with open_shopfront() as front, chromium() as browser:
        plain, outcomes = run(browser, front, all_cases())
    rows = [[target, *(_cell(outcomes, target, fault) for fault in FAULTS)] for target in TARGETS]
    print(f"Cells: cases without anything wrong, of {len(PATHS)} kinds of shop pages.\n")
    print_table(["asked for", *FAULTS], rows)
    for outcome in outcomes:
        for line in outcome.wrong:
            print(f"{outcome.case}: {line}")
    return verdict(
        [
            Budget("cases with anything wrong", sum(bool(o.wrong) for o in outcomes), 0),
            *times(plain, outcomes),
        ]
    )


def times(plain: dict[str, Outcome], outcomes: Sequence[Outcome]) -> list[Budget]:
    """How much later than without Bleib the pages were ready and painted, as medians."""
    ready = [one.ready / max(plain[one.case.template].ready, 1) for one in outcomes]
    painted = [one.lcp / max(plain[one.case.template].lcp, 1) for one in outcomes]
    return [
        Budget("page ready, against the shop without Bleib", median(ready), 1.5),
        Budget("largest paint, against the shop without Bleib", median(painted), 1.5),
    ]


def _cell(outcomes: Sequence[Outcome], target: str, fault: str) -> str:
    found = [o for o in outcomes if o.case.target == target and o.case.fault == fault]
    return f"{sum(not o.wrong for o in found)}/{len(found)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
