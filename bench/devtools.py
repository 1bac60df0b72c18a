"""Drives Chromium by its own protocol over a pipe, with nothing switched on that is not asked for.

What usually drives a browser watches its debugger, console and network, and runs helpers of its
own inside the page. All of that is time on the main thread of the page that is to be measured.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from bench.chrome import NoBrowserError

_PATIENCE = 30.0
_READ = 1 << 20
_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-extensions", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
    # Robots are not counted and a driven browser says that it is one; this one says so no longer.
    "--disable-blink-features=AutomationControlled", "--window-size=1280,800",
)  # fmt: skip

Message = dict[str, Any]


class BrowserError(Exception):
    """The browser refused a command or did not answer in time."""


class Devtools:
    """The protocol of one browser."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest = b""
        self._number = 0
        self._events: list[Message] = []

    def send(self, method: str, session: str = "", **parameters: object) -> Message:
        """Sends a command and waits for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        number = self._number
        answer = self._until(lambda one: one.get("id") == number, method)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        result: Message = answer["result"]
        return result

    def heard(self, method: str) -> Message:
        """Waits for an event."""
        for index, event in enumerate(self._events):
            if event["method"] == method:
                return self._events.pop(index)
        return self._until(lambda one: one.get("method") == method, method)

    def taken(self, method: str) -> list[Message]:
        """All events of a kind that have come; they are forgotten with it, like all others."""
        found = [event["params"] for event in self._events if event["method"] == method]
        self._events.clear()
        return found

    def _until(self, fits: Callable[[Message], bool], what: str) -> Message:
        end = monotonic() + _PATIENCE
        while True:
            message = self._next(end, what)
            if fits(message):
                return message
            if "method" in message:
                self._events.append(message)

    def _next(self, end: float, what: str) -> Message:
        while b"\0" not in self._rest:
            left = max(0.0, end - monotonic())
            if not select.select([self._read], [], [], left)[0]:
                raise BrowserError(f"{what}: no answer")
            some = os.read(self._read, _READ)
            if not some:
                raise BrowserError(f"{what}: the browser is gone")
            self._rest += some
        text, _, self._rest = self._rest.partition(b"\0")
        message: Message = json.loads(text)
        return message


class Tab:
    """One page of a shopper of its own."""

    def __init__(self, devtools: Devtools) -> None:
        self._devtools = devtools
        self._context = devtools.send("Target.createBrowserContext")["browserContextId"]
        target = devtools.send(
            "Target.createTarget", url="about:blank", browserContextId=self._context
        )
        self._session = devtools.send(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )["sessionId"]

    def send(self, method: str, **parameters: object) -> Message:
        """A command to the page."""
        return self._devtools.send(method, self._session, **parameters)

    def slow_down(self, rate: float) -> None:
        """Chromium stops the main thread again and again, for a multiple of what it ran."""
        self.send("Emulation.setCPUThrottlingRate", rate=rate)

    def trace(self, categories: list[str]) -> None:
        """Begins a trace of the whole browser."""
        self._devtools.send(
            "Tracing.start",
            traceConfig={"includedCategories": categories, "recordMode": "recordUntilFull"},
            transferMode="ReportEvents",
        )

    def traced(self) -> list[Message]:
        """Ends the trace and returns its events."""
        self._devtools.send("Tracing.end")
        self._devtools.heard("Tracing.tracingComplete")
        parts = self._devtools.taken("Tracing.dataCollected")
        return [event for part in parts for event in part["value"]]

    def go(self, url: str) -> None:
        """Opens an address and waits for its `load`."""
        self.send("Page.enable")
        self.send("Page.navigate", url=url)
        self._devtools.heard("Page.loadEventFired")
        self.send("Page.disable")

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page says
        """The value of an expression."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def until(self, expression: str, patience: float) -> bool:
        """Asks now and then; false where it did not come true."""
        end = monotonic() + patience
        while not self.evaluate(expression):
            if monotonic() > end:
                return False
            sleep(0.1)
        return True

    def move(self, x: float, y: float) -> None:
        """The pointer, as the system reports it."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float) -> None:
        """A real click: moves there, presses, lets go."""
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, code: int) -> None:
        """A key that is no letter."""
        for kind in ("rawKeyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
            )

    def close(self) -> None:
        """Ends the page and forgets its shopper."""
        self._devtools.send("Target.disposeBrowserContext", browserContextId=self._context)
        self._devtools.taken("")


@contextmanager
def driven(*more: str) -> Iterator[Devtools]:
    """One browser until the block ends."""
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowserError("chromium is missing: install the package chromium")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        to_read, to_write = os.pipe(), os.pipe()
        command = [path, *_FLAGS, f"--user-data-dir={profile}", *more, "about:blank"]
        # The browser reads from descriptor 3 and writes to 4; the shell puts them there. Not every
        # shell takes descriptors of two digits.
        script = f'exec "$@" 3<&{to_read[0]} 4>&{to_write[1]}'
        process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command],
            pass_fds=(to_read[0], to_write[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read[0])
        os.close(to_write[1])
        devtools = Devtools(to_read[1], to_write[0])
        try:
            yield devtools
        finally:
            with suppress(BrowserError, OSError):
                devtools.send("Browser.close")
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            os.close(to_read[1])
            os.close(to_write[0])
