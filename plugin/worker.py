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
from plugin.services.steps import Runner

_log = structlog.get_logger("worker")


def run_worker(config: Config, clock: Clock = utc_now) -> None:
    """Claim and run steps; SIGTERM and SIGINT finish the running step and end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    configure_logs(config.log_level)
    context = build_context(config, clock=clock)
    name = f"{socket.gethostname()}:{os.getpid()}"[:60]
    runner = Runner(context, handlers(), name)
    _log.info("worker_started", name=name)
    while not stop.is_set():
        try:
            rounds.enqueue_due(context)
            ran = runner.run_due(stop=stop.is_set)
        except Exception:  # noqa: BLE001 - the database may be away for a while
            _log.error("worker_pause", exc_info=True)
            ran = 0
        if ran == 0:
            stop.wait(config.worker_poll_seconds)
    _log.info("worker_stopped", name=name)
    context.db.dispose()
