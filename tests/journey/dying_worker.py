"""A job worker that is killed at named points of the code.

Reads lines "POINT NUMBER; POINT NUMBER; …" from standard input (points: see deadly.py). For each
line it forks one worker after the other; each is killed at whichever of the points it comes to
first (at the NUMBER-th call there), and no point kills twice. Answers with the points that no
worker came to in time, so with an empty line if all is well. Forking saves the seconds that
importing everything takes.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from plugin.config import Config, load_config
from plugin.worker import run_worker
from tests.journey.deadly import arm, once

PATIENCE = 60.0


def killed(child: int) -> bool:
    """Wait for the child's death; a child that lives on is ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def die_at(config: Config, points: dict[Path, str]) -> bool:
    """Fork a worker that is armed with every point; tell whether it was killed."""
    child = os.fork()
    if child == 0:
        # Only the answers belong on the pipe; what the worker logs goes to the log.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for mark, point in points.items():
            place, number = point.rsplit(maxsplit=1)
            arm(place, once(mark, int(number)))
        run_worker(config)
        os._exit(0)
    return killed(child)


def main() -> None:
    """Answer line after line until standard input ends."""
    config = load_config()
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            left = {Path(folder, str(n)): one for n, one in enumerate(line.strip().split("; "))}
            while left and die_at(config, left):
                left = {mark: point for mark, point in left.items() if not mark.exists()}
        print("; ".join(left.values()), flush=True)


if __name__ == "__main__":
    main()
