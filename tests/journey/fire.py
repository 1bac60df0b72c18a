"""Kills of real processes: kill -9 in the middle of their work, again and again."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import suppress
from types import TracebackType

from tests.journey.stage import Stage

_LOOK_AGAIN = 0.02


class Fire:
    """While open, kills web workers and the job worker whenever they have done a little more.

    Each kill waits for a few more answered requests (or finished steps) and a random moment: so it
    hits work under way however slow the machine is, and what is killed always got somewhere.
    `web` and `jobs` count the kills.
    """

    def __init__(self, stage: Stage, *, web: bool = True, jobs: bool = True) -> None:
        self.web = 0
        self.jobs = 0
        self._stage = stage
        self._dice = random.SystemRandom()
        self._over = threading.Event()
        kinds = ((web, self._kill_web), (jobs, self._kill_jobs))
        self._threads = [threading.Thread(target=kill) for wanted, kill in kinds if wanted]

    def __enter__(self) -> Fire:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _kill_web(self) -> None:
        while self._worked("app", b'"event": "request"', most=8):
            with suppress(IndexError, ProcessLookupError):
                os.kill(self._dice.choice(self._stage.web_workers()), signal.SIGKILL)
                self.web += 1

    def _kill_jobs(self) -> None:
        while self._worked("worker", b'"event": "step_done"', most=10):
            self._stage.kill("worker")
            self.jobs += 1
            self._stage.start("worker")

    def _worked(self, name: str, line: bytes, *, most: int) -> bool:
        """Wait for a few more such lines in a log and a moment; False when the fire is over."""
        enough = self._lines(name, line) + self._dice.randint(1, most)
        while self._lines(name, line) < enough:
            if self._over.wait(_LOOK_AGAIN):
                return False
        return not self._over.wait(self._dice.uniform(0, 0.1))

    def _lines(self, name: str, line: bytes) -> int:
        return (self._stage.data / f"{name}.log").read_bytes().count(line)
