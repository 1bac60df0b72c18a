"""A job worker that is killed at named points of the code.

Reads lines "POINT NUMBER" from standard input (points: see deadly.py). For each it forks a worker
that is killed at the NUMBER-th call, and answers "killed" once that happened, or "alive" if it
did not in time. Forking saves the seconds that importing everything takes.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from plugin.config import load_config
from plugin.worker import run_worker
from tests.journey.deadly import arm, at_call

PATIENCE = 40.0


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


def main() -> None:
    """Answer line after line until standard input ends."""
    config = load_config()
    for line in sys.stdin:
        point, number = line.rsplit(maxsplit=1)
        child = os.fork()
        if child == 0:
            # Only the answers belong on the pipe; what the worker logs goes to the log.
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            arm(point, at_call(int(number)))
            run_worker(config)
            os._exit(0)
        print("killed" if killed(child) else "alive", flush=True)


if __name__ == "__main__":
    main()
