"""Starts an application under gunicorn and reads what its processes have consumed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil

ROOT = Path(__file__).parents[1]
WORKERS = 2
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


class NotStartedError(Exception):
    """The application did not answer in time; the message holds what gunicorn said."""


class Server:
    """A running application."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self._process = psutil.Process(process.pid)

    def cpu_seconds(self) -> float:
        """User and system time of the master and its workers since they started."""
        processes = [self._process, *self._process.children(recursive=True)]
        times = [process.cpu_times() for process in processes]
        return sum(time.user + time.system for time in times)


@contextmanager
def serve(
    application: str, port: int, worker_class: str, environ: Mapping[str, str]
) -> Iterator[Server]:
    """Runs `module:application` with two workers on the loopback port until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS)]
    command += ["--worker-class", worker_class, "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", "--log-level", "warning", application]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environ}, stdout=log, stderr=log
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                raise NotStartedError(f"{application}: {log.read().decode(errors='replace')}")
            yield Server(port, process)
        finally:
            _stop(process)


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = monotonic() + _START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            # An answer, not just an open port: the workers load the application first.
            with socket.create_connection(("127.0.0.1", port), 1.0) as probe:
                probe.settimeout(deadline - monotonic())
                probe.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if probe.recv(1):
                    return process.poll() is None
        except OSError:
            sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
