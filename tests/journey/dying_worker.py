"""A job worker that is killed at named points of the code, for tests of crash safety.

Reads points from standard input, one per line: "MODULE:NAME before|after NUMBER". For each it
forks a worker that kills itself with SIGKILL just before (or after) the NUMBER-th call of that
function or method, and answers "killed" once that happened, or "alive" if it did not in time.
Forking saves the seconds that importing everything takes.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from functools import wraps
from typing import Any

from plugin.config import load_config
from plugin.worker import run_worker

PATIENCE = 40.0


def arm(point: str) -> None:
    """Replace the function named by `point` by one that kills this process."""
    place, when, number = point.split()
    module_name, _, path = place.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    real = getattr(owner, name)
    calls = 0

    @wraps(real)
    def dies(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(number) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if calls == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dies)


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
    """Answer point after point until standard input ends."""
    config = load_config()
    for line in sys.stdin:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            # Only the answers belong on the pipe; what the worker logs goes to the log.
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            arm(line)
            run_worker(config)
            os._exit(0)
        print("killed" if killed(child) else "alive", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
