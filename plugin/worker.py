"""Runs due steps until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import threading

import structlog

from plugin.app import build_context, handlers
from plugin.clock import Clock, utc_now
from plugin.config import Config
from plugin.logs import configure_logs
from plugin.services import rounds
from plugin.services.context import Context
from plugin.services.steps import Runner

_log = structlog.get_logger("worker")


def run_worker(config: Config, clock: Clock = utc_now) -> None:
    """Claim and run steps in some threads; SIGTERM and SIGINT finish the running ones and end.

    Several threads, so that a mail does not wait behind a long piece of learning.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    configure_logs(config.log_level)
    context = build_context(config, clock=clock)
    name = f"{socket.gethostname()[:40]}:{os.getpid()}"
    _log.info("worker_started", name=name)
    threads = [
        threading.Thread(target=_work, args=(context, f"{name}:{number}", stop))
        for number in range(config.worker_threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _log.info("worker_stopped", name=name)
    context.db.dispose()


def _work(context: Context, name: str, stop: threading.Event) -> None:
    runner = Runner(context, handlers(), name)
    while not stop.is_set():
        try:
            rounds.enqueue_due(context)
            # One at a time: a claimed batch would wait behind its slowest step.
            ran = runner.run_due(limit=1, stop=stop.is_set)
        except Exception:  # noqa: BLE001 - the database may be away for a while
            _log.error("worker_pause", exc_info=True)
            ran = 0
        if ran == 0:
            stop.wait(context.config.worker_poll_seconds)
