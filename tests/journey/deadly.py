"""Points of the code at which a process of a test is killed, just before or just after a call.

A point is written "MODULE:NAME before" or "MODULE:NAME after", where NAME is a function, or a
method as "Class.method".
"""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any


def arm(point: str, due: Callable[[], bool]) -> None:
    """Replace the function at `point`: each call asks `due`, and True kills this process."""
    place, when = point.split()
    module_name, _, path = place.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    real = getattr(owner, name)

    @wraps(real)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before" and due():
            _die()
        result = real(*args, **kwargs)
        if when == "after" and due():
            _die()
        return result

    setattr(owner, name, deadly)


def once(mark: Path, number: int = 1) -> Callable[[], bool]:
    """Return a condition that holds at the `number`-th time it is asked for, but once for ever.

    The file `mark` tells all later processes, and the test, that it has held.
    """
    asked = 0

    def due() -> bool:
        nonlocal asked
        asked += 1
        if asked != number:
            return False
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return due


def _die() -> None:
    # The real thing: no finally, no atexit, no goodbye to the database.
    os.kill(os.getpid(), signal.SIGKILL)
