"""A shop page in Chromium, with the built bundles and a stand-in for the app behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.shopfront import ROOT, Shopfront, fresh, serving

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = (1280, 800)
PHONE = (375, 812)
SMALL = (320, 700)
# Every theme once, every width at least once.
SIGHTS = [
    ("amsel", DESKTOP),
    ("amsel-dark", PHONE),
    ("steigwohl", SMALL),
    ("pill", (720, 900)),
]

# The pointer goes up and out of the window: two moves with a direction, then the way out.
LEAVE = """async () => {
  const send = (name, y) => document.dispatchEvent(
    new MouseEvent(name, { clientX: 600, clientY: y, bubbles: true, relatedTarget: null }))
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 16)))
  send('mousemove', 220); await frame(); send('mousemove', 90); await frame()
  send('mouseout', -2)
}"""


def until(page: Page, holds: str, arg: Any = None, seconds: float = 30) -> None:
    """Waits until a script's value is true, also on pages that forbid `eval`.

    Playwright's own `wait_for_function` evaluates again inside the page, which a strict policy
    refuses from the second time on; this asks from outside each time.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(holds, arg):
        if time.monotonic() > end:
            raise AssertionError(f"never became true: {holds} {arg or ''}")
        page.wait_for_timeout(20)


@pytest.fixture
def storefront() -> Iterator[Shopfront]:
    """The shop and the app it talks to."""
    with serving(fresh()) as front:
        yield front


class Visit:
    """One shopper's page, and everything that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._note(said.type, said.text))

    def _note(self, kind: str, text: str) -> None:
        # A failed request is the network's own line in the console, not ours.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.errors.append(text)

    def stored(self) -> dict[str, Any]:
        """Everything the page has left on the device."""
        result: dict[str, Any] = self.page.evaluate(
            """async () => ({
              local: Object.keys(localStorage), session: Object.keys(sessionStorage),
              cookies: document.cookie, databases: (await indexedDB.databases()).length,
              caches: (await caches.keys()).length })"""
        )
        return result

    def state(self, widget: str, state: str) -> None:
        """Waits until Bleib says this about a widget: its state, or a gate that stops it."""
        holds = """async ([widget, state]) => ((await window.bleib?.why?.()) ?? []).some((one) =>
          one.widget === widget && (one.state === state ||
            one.gates.some(({ gate, passes }) => gate === state && !passes)))"""
        until(self.page, holds, [widget, state])

    def leave(self) -> None:
        """Takes the pointer out of the window at the top."""
        self.state("exit_intent", "waiting")
        self.page.evaluate(LEAVE)

    def open_exit(self) -> None:
        """Leaves and waits for the dialog."""
        self.leave()
        self.page.get_by_role("dialog").wait_for()

    def axe(self) -> list[str]:
        """What axe-core has to say, shadow roots included."""
        if not AXE.exists():
            pytest.skip("axe-core is not installed: run npm ci in widgets/")
        # Colours in the middle of a fade are nobody's contrast.
        until(self.page, "document.getAnimations().every((one) => one.playState !== 'running')")
        self.page.evaluate(Path(AXE).read_text(encoding="utf-8"))
        found = self.page.evaluate(
            """async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',
              'wcag21aa', 'wcag22aa', 'best-practice'] })).violations
              .map((one) => one.id + ': ' + JSON.stringify(one.nodes.map((node) => node.target)))"""
        )
        return [str(one) for one in found]


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """Opens an address as a new shopper and fails the test on any error of the page."""
    visits: list[Visit] = []

    def visit(url: str, size: tuple[int, int] = DESKTOP, **options: Any) -> Visit:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(30_000)
        found = Visit(context.new_page())
        visits.append(found)
        found.page.goto(url)
        return found

    yield visit
    for one in visits:
        one.page.context.close()
    errors = [error for one in visits for error in one.errors]
    assert errors == []
