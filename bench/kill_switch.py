"""How long the kill switch takes in a browser, in real time, beside what the page promises.

`python -m bench.kill_switch [--past DAYS]`. Starts the demo, opens pages of the shop that show a
widget and pages on which one is about to open, presses the red button in the admin, and watches:
when the last widget is gone from the open pages, when the last one opens on a page that was open,
and when the last one is shown on a page that is opened afterwards. Then it starts Bleib again and
waits for the first widget.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bench.chrome import chromium
from bench.report import Budget, print_table, verdict
from tests.journey.running import RunningDemo

PORT = 24198
PRODUCT = "/products/teekanne-seeufer"
#: Seconds after the stop at which a page that was open before scrolls down to its window.
SCROLLS = (2, 8, 14, 20, 26, 32, 40, 48, 56, 63)
#: How much longer than it promises the watch goes on.
BEYOND = 10
_PATIENCE = 90
_TALL = {"width": 1280, "height": 2400}
_SCREEN = {"width": 1280, "height": 800}
#: Ten times a second: is there anything of ours, apart from what people with an order need?
_WATCH = """
window.seen = []
document.addEventListener('bleib:withheld', () => { window.heldOut = true })
setInterval(() => {
  const shown = [...document.querySelectorAll('div[lang]')].some((one) =>
    !one.closest('[data-bleib=shipment_status]')
    && one.shadowRoot?.firstElementChild?.firstElementChild?.checkVisibility())
  if (shown) window.seen = [window.seen[0] ?? Date.now(), Date.now()]
}, 100)
"""
_PARCELS = """() => [...document.querySelectorAll('[data-bleib=shipment_status] div[lang]')]
  .some((one) => one.shadowRoot?.querySelector('form, ol'))"""


@dataclass
class Watched:
    """The pages that were open when the button was pressed, and what came of it."""

    showing: list[Page]
    waiting: list[Page]
    #: Seconds after the stop at which a page opened afterwards still showed something.
    afterwards: list[float] = field(default_factory=list)
    opened: int = 0


class NothingShownError(Exception):
    """What is to be measured does not show."""


def visit(browser: Browser, address: str, size: dict[str, int]) -> Page:
    """Open a page as somebody who has never been there."""
    context: BrowserContext = browser.new_context(
        locale="de-DE", viewport={"width": size["width"], "height": size["height"]}
    )
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.goto(address)
    return page


def seen(page: Page) -> list[float]:
    """Return the first and the last moment at which the page showed something, in seconds."""
    return [float(moment) / 1000 for moment in page.evaluate("window.seen")]


def down(page: Page) -> None:
    """Scroll as far as the window waits for."""
    page.mouse.wheel(0, 4000)


def showing(browser: Browser, address: str, size: dict[str, int], *, scroll: bool) -> Page:
    """Return a page that shows a widget; who is drawn to see nothing comes anew."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        page = visit(browser, address, size)
        for _ in range(25):
            if scroll:
                down(page)
            if seen(page):
                return page
            if page.evaluate("window.heldOut === true"):
                break
            page.wait_for_timeout(200)
        page.context.close()
    raise NothingShownError(address)


def let_in(browser: Browser, demo: RunningDemo) -> Page:
    """Return the merchant's page, signed in by the shop's admin."""
    page = browser.new_page(locale="de-DE")
    page.goto(f"{demo.shop}/admin/apps/bleib")
    return page


def promised(merchant: Page, demo: RunningDemo) -> int:
    """Open the page with the red button and return the seconds that it prints."""
    merchant.goto(f"{demo.app}/admin/stop")
    found = re.search(r"\d+", merchant.locator("p.lead").inner_text())
    if found is None:
        raise NothingShownError("the time that the button takes")
    return int(found[0])


def watch(browser: Browser, demo: RunningDemo, pages: Watched, pressed: float, end: float) -> None:
    """Open page after page and let those that wait meet their window, until `end`."""
    due = list(zip(SCROLLS, pages.waiting, strict=True))
    while time.time() < end:
        while due and time.time() - pressed > due[0][0]:
            down(due.pop(0)[1])
        new = visit(browser, f"{demo.shop}/", _TALL)
        new.wait_for_timeout(1200)
        pages.opened += 1
        pages.afterwards += [moment - pressed for moment in seen(new)[-1:]]
        new.context.close()


def measure(browser: Browser, demo: RunningDemo) -> tuple[list[list[str]], list[Budget]]:
    """Stop and start the demo's shop and return the table and the promises."""
    merchant = let_in(browser, demo)
    within = promised(merchant, demo)
    product = demo.shop + PRODUCT
    pages = Watched(
        [
            showing(browser, f"{demo.shop}/", _TALL, scroll=False),
            showing(browser, product, _SCREEN, scroll=True),
        ],
        [visit(browser, product, _SCREEN) for _ in SCROLLS],
    )
    pressed = time.time()
    merchant.locator("button.stop-all").click()
    watch(browser, demo, pages, pressed, pressed + within + BEYOND)
    gone = [seen(page)[-1] - pressed for page in pages.showing]
    found = [[moment - pressed for moment in seen(page)] for page in pages.waiting]
    late = [last for _, last in filter(None, found)]
    opened = [first for first, _ in filter(None, found) if first > 0]
    parcels = visit(browser, f"{demo.shop}/pages/sendung", _TALL)
    parcels.wait_for_timeout(2000)
    stays = bool(parcels.evaluate(_PARCELS))

    started = time.time()
    merchant.locator('form[action*="/restart"] button').first.click()
    back = seen(showing(browser, f"{demo.shop}/", _TALL, scroll=False))[0] - started
    rows = [
        ["open page that showed a form: last seen", f"{gone[0]:.1f}"],
        ["open page that showed a window: last seen", f"{gone[1]:.1f}"],
        [f"{len(SCROLLS)} more open pages: a window opened last", _last(opened)],
        ["the same: last seen", _last(late)],
        [f"{pages.opened} pages opened afterwards: last seen", _last(pages.afterwards)],
        ["after starting again: first seen", f"{back:.1f}"],
    ]
    longest = max([*gone, *late, *pages.afterwards])
    return rows, [
        Budget("seconds until nothing is seen any more", longest, within),
        Budget("the parcel page stays", float(stays), 1, at_least=True),
        Budget("seconds until the first widget is back", back, within),
    ]


def _last(moments: list[float]) -> str:
    return f"{max(moments):.1f} ({len(moments)})" if moments else "never"


def main(arguments: Sequence[str]) -> int:
    """Measures and returns the exit code."""
    parser = ArgumentParser(prog="bench.kill_switch")
    parser.add_argument("--past", default="90", help="days of invented past of the demo's shop")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        demo = RunningDemo(Path(folder), options.port, "--past", options.past)
        with demo, chromium("--lang=de") as browser:
            print(f"the demo answered after {time.monotonic() - begun:.0f} s\n")
            rows, budgets = measure(browser, demo)
    print_table(["seconds after the button was pressed", "s"], rows)
    return verdict(budgets)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
