"""Chromium as the benchmarks use it: slowed down like a phone, and asked what went wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

CPU_SLOWDOWN = 4
RTT_MS = 150
BYTES_PER_SECOND = 1_600_000 // 8
#: Robots are not counted and a driven browser says that it is one; this one says so no longer.
ARGUMENTS = ["--no-sandbox", "--disable-blink-features=AutomationControlled"]

# The pointer goes up and out of the window: two moves with a direction, then the way out.
HINT = """async () => {
  const send = (name, y) => document.dispatchEvent(
    new MouseEvent(name, { clientX: 600, clientY: y, bubbles: true, relatedTarget: null }))
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 16)))
  send('mousemove', 220); await frame(); send('mousemove', 90); await frame()
}"""
LEAVE = f"""async () => {{ await ({HINT})();
  document.dispatchEvent(new MouseEvent('mouseout', {{ clientX: 600, clientY: -2, bubbles: true }}))
}}"""


class NoBrowserError(Exception):
    """There is no Chromium on this machine."""


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """One browser until the block ends."""
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowserError("chromium is missing: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


def throttle(page: Page) -> CDPSession:
    """Makes the page's processor and line slow, and returns the session that did it."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    session.send("Network.enable")
    line = {
        "offline": False,
        "latency": RTT_MS,
        "downloadThroughput": BYTES_PER_SECOND,
        "uploadThroughput": BYTES_PER_SECOND,
    }
    session.send("Network.emulateNetworkConditions", line)
    return session


class Complaints:
    """What scripts of a page complain about, apart from what the browser itself says of the net."""

    def __init__(self, page: Page) -> None:
        self.uncaught: list[str] = []
        self.console: list[str] = []
        self.browser: list[str] = []
        session = page.context.new_cdp_session(page)
        session.on("Runtime.exceptionThrown", self._thrown)
        session.on("Runtime.consoleAPICalled", self._said)
        session.on("Log.entryAdded", self._logged)
        for domain in ("Runtime", "Log"):
            session.send(f"{domain}.enable")

    def _thrown(self, event: dict[str, Any]) -> None:
        details = event["exceptionDetails"]
        what = details.get("exception", {}).get("description", details["text"])
        self.uncaught.append(f"{what} {details.get('url', '')}")

    def _said(self, event: dict[str, Any]) -> None:
        if event["type"] in ("error", "warning", "assert"):
            self.console.append(" ".join(str(one.get("value")) for one in event["args"]))

    def _logged(self, event: dict[str, Any]) -> None:
        self.browser.append(str(event["entry"]["text"]))
