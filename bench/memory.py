"""Does a page that lives long grow? Route changes of a single-page shop, openings and closings.

`python -m bench.memory`
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page

from bench.app_answers import App
from bench.campaigns import SIGN_UP, campaign, config
from bench.chrome import chromium
from bench.report import Budget, print_table, verdict
from bench.shop_pages import Shopfront, open_shopfront

ROUTES = 1000
OPENINGS = 100
#: The engine optimises what runs often: only then does what it holds stay the same.
WARM, WARM_OPENINGS = 1200, 200
#: What the engine itself keeps of a thousand routes differs from run to run by this much.
HEAP_NOISE = 60_000
_LEAST_ROUNDS = 4
_ROUNDS = 20
# Every kind of sensor is at work; none of them ever finds what it waits for.
_EVERY_SENSOR = [
    "all",
    [
        "any", ["exit", "desktop"], ["exit", "phone"], ["returned"], ["idle", 9000],
        ["clicked", "#never"], ["event", "never"], ["seconds", 9000], ["scrolled", 99],
    ],
    ["url", "/never/*"],
]  # fmt: skip

# One route after the other, each painted by the shop's own script before the next.
_GO = """async ([from, to]) => {
  for (let number = from; number < to; number += 1) {
    window.route(`/bench-pages/single/${number}`);
    await new Promise((done) => setTimeout(done));
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)));
}"""
_READY = """async () => {
  for (const end = performance.now() + 5000; performance.now() < end; ) {
    if ((await window.bleib?.why())?.length) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}"""
_OPEN_AND_CLOSE = """async (times) => {
  const there = () => [...document.body.children].filter((one) => one.shadowRoot);
  // It is drawn a little before it may be seen.
  const seen = { visibilityProperty: true };
  const shown = () =>
    there().some((one) => one.shadowRoot.querySelector("dialog")?.checkVisibility(seen));
  const until = async (holds) => {
    for (const end = performance.now() + 5000; !holds() && performance.now() < end; )
      await new Promise((done) => setTimeout(done, 5));
    return holds();
  };
  for (let number = 0; number < times; number += 1) {
    window.bleib.open("exit_intent");
    if (!(await until(shown))) return number;
    window.bleib.close();
    if (!(await until(() => !there().length))) return number;
  }
  return times;
}"""


@dataclass(frozen=True, slots=True)
class State:
    """What a page holds after its garbage was collected."""

    heap: int
    nodes: int
    listeners: int

    def since(self, before: State) -> State:
        """What has been added since then."""
        return State(
            self.heap - before.heap, self.nodes - before.nodes, self.listeners - before.listeners
        )


def routes(browser: Browser, front: Shopfront, stage: str, count: int, warm: int) -> State:
    """What `count` route changes after `warm` ones add to the single-page shop."""
    page, session = _open(browser, front, stage)
    page.evaluate(_GO, [0, warm])
    before = _state(page, session)
    page.evaluate(_GO, [warm, warm + count])
    after = _state(page, session)
    page.context.close()
    return after.since(before)


def openings(browser: Browser, front: Shopfront, count: int, warm: int) -> tuple[State, int]:
    """What `count` openings and closings add after `warm` ones, and how many there really were."""
    page, session = _open(browser, front, "inlined")
    page.evaluate(_OPEN_AND_CLOSE, warm)
    before = _state(page, session)
    done = int(page.evaluate(_OPEN_AND_CLOSE, count))
    after = _state(page, session)
    page.context.close()
    return after.since(before), done


def shop_with_every_sensor() -> App:
    """An app whose only campaign listens to everything and is never shown by itself."""
    listening = campaign("exit_intent", SIGN_UP) | {"when": _EVERY_SENSOR}
    return App(config(listening))


def _open(browser: Browser, front: Shopfront, stage: str) -> tuple[Page, CDPSession]:
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(front.page("single", stage))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    if stage != "off":
        page.evaluate(_READY)
    return page, session


def _state(page: Page, session: CDPSession) -> State:
    """Collects until nothing more is found: some things are only let go of in a later round."""
    seen = [_collected(page, session)]
    while len(seen) < _ROUNDS and (len(seen) < _LEAST_ROUNDS or seen[-1] != seen[-2]):
        seen.append(_collected(page, session))
    return seen[-1]


def _collected(page: Page, session: CDPSession) -> State:
    session.send("HeapProfiler.collectGarbage")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    metrics = session.send("Performance.getMetrics")["metrics"]
    found = {one["name"]: int(one["value"]) for one in metrics}
    return State(found["JSHeapUsedSize"], found["Nodes"], found["JSEventListeners"])


def main(_: Sequence[str] = ()) -> int:
    """Measures, prints the table and returns the exit code."""
    with open_shopfront(shop_with_every_sensor()) as front, chromium() as browser:
        plain = routes(browser, front, "off", ROUTES, WARM)
        routed = routes(browser, front, "inlined", ROUTES, WARM)
        opened, times = openings(browser, front, OPENINGS, WARM_OPENINGS)
    names = {
        f"{ROUTES} routes without Bleib": plain,
        f"{ROUTES} routes with Bleib": routed,
        f"{times} openings": opened,
    }
    rows = [[n, f"{s.heap:,}", str(s.nodes), str(s.listeners)] for n, s in names.items()]
    print_table(["added by", "heap B", "nodes", "listeners"], rows)
    return verdict(
        [
            Budget("heap of the routes, B more than without", routed.heap - plain.heap, HEAP_NOISE),
            Budget("nodes of the routes, more than without", routed.nodes - plain.nodes, 0),
            Budget(
                "listeners of the routes, more than without", routed.listeners - plain.listeners, 0
            ),
            Budget("heap of the openings, B", opened.heap, HEAP_NOISE),
            Budget("nodes of the openings", opened.nodes, 0),
            Budget("listeners of the openings", opened.listeners, 0),
            Budget("openings that happened", times, OPENINGS, at_least=True),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
