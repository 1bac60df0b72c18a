"""Real processes for the journey: app under gunicorn with two workers, job worker, demo shop, SMTP.

They are the ones of `bleib demo`, started one by one, so that a test can kill and restart each.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from plugin.cli import FACTORY, gunicorn_arguments
from plugin.demo.launch import Launch, Part

Value = TypeVar("Value")
PATIENCE = 60.0


def eventually(
    look: Callable[[], Value | None], what: str, seconds: float = PATIENCE, pause: float = 0.05
) -> Value:
    """Return the first truthy result of `look`; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds:.0f} s: {what}")
        time.sleep(pause)


class Stage:
    """The processes of one journey; `port` and the two after it are theirs.

    `factory` is what gunicorn serves; `orders` is a CSV of real orders for the demo shop;
    `embedded` shows the app inside the demo shop's admin.
    """

    def __init__(
        self,
        data: Path,
        database_url: str | None,
        port: int,
        *,
        factory: str = FACTORY,
        orders: Path | None = None,
        embedded: bool = False,
    ) -> None:
        self.app = f"http://127.0.0.1:{port}"
        self.shop = f"http://localhost:{port + 1}"
        self.data = data
        self._launch = Launch(
            data=data,
            orders=orders,
            database_url=database_url,
            port=port,
            keep=False,
            embedded=embedded,
            web=[
                factory if word == FACTORY else word
                for word in gunicorn_arguments(f"127.0.0.1:{port}", 2)
            ],
        )
        self.environment = self._launch.environment()
        self._parts: dict[str, Part] = {part.name: part for part in self._launch.parts()}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Stage:
        subprocess.run(
            [sys.executable, "-m", "plugin.cli", "db", "upgrade"],
            env=self.environment,
            check=True,
            capture_output=True,
        )
        try:
            for name in self._parts:
                self.start(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self.end(name)

    def start(self, name: str) -> None:
        """Start one of "shop", "app", "worker" and wait until it answers."""
        part = self._parts[name]
        with (self.data / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *part.command],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if part.probe:
            eventually(lambda: self._answers(str(part.probe)), f"{name} answers")

    def _answers(self, address: str) -> bool:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def end(self, name: str) -> None:
        """Stop a process the gentle way, then the hard way."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self, name: str) -> None:
        """kill -9 the process and everything it started."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def web_workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        master = self._running["app"].pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(child) for child in children.split()]

    def demo(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the demo shop's test interface; with a body it is a POST."""
        request = urllib.request.Request(
            f"{self.shop}/__demo/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Return what arrived at an address, oldest first."""
        found: list[dict[str, Any]] = self.demo(f"mails?to={quote(to)}")
        return found

    def mail(self, to: str, number: int = 1) -> dict[str, Any]:
        """Return the n-th mail of an address as soon as it has arrived."""
        held = eventually(
            lambda: found if len(found := self.mails(to)) >= number else None,
            f"mail {number} to {to}",
        )
        return held[number - 1]

    def mail_about(self, to: str, subject: str, number: int = 1) -> dict[str, Any]:
        """Return the n-th mail of an address with these words in its subject, once it is there."""

        def arrived() -> list[dict[str, Any]] | None:
            found = [one for one in self.mails(to) if subject in one["subject"]]
            return found if len(found) >= number else None

        return eventually(arrived, f"mail {number} to {to}: {subject}")[number - 1]
