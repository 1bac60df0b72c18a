"""Kills of real processes: kill -9 at random moments, as often as there is something to kill."""

from __future__ import annotations

import os
import random
import signal
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from types import TracebackType

from tests.journey.stage import Stage


class Fire:
    """While open, kills web workers (about every 0.3 s) and the job worker (about every 0.7 s).

    A killed process gets time to come up again before the next kill: a process that is only ever
    killed while it starts would prove nothing. `web` and `jobs` count the kills.
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
        while not self._over.is_set():
            if not self._web_answers() or self._over.wait(self._dice.uniform(0, 0.6)):
                continue
            with suppress(IndexError, ProcessLookupError):
                os.kill(self._dice.choice(self._stage.web_workers()), signal.SIGKILL)
                self.web += 1

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._stage.app}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _kill_jobs(self) -> None:
        while not self._over.is_set():
            starts = self._starts()
            if self._over.wait(self._dice.uniform(0, 1.4)):
                return
            self._stage.kill("worker")
            self.jobs += 1
            self._stage.start("worker")
            while self._starts() == starts and not self._over.wait(0.05):
                pass

    def _starts(self) -> int:
        # The worker says in its log when it is ready to work.
        return (self._stage.data / "worker.log").read_bytes().count(b"worker_started")
