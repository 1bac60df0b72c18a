"""Reads from a Chromium trace what a page's main thread spent on somebody's scripts.

Durations are the thread's own time where the trace has it, so that other processes on the machine
count less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

CATEGORIES = [
    "devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "blink.user_timing",
    "toplevel", "disabled-by-default-v8.compile",
]  # fmt: skip
_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
_SCRIPT = ("EvaluateScript", "FunctionCall", "v8.compile", "v8.compileModule", "v8.evaluateModule")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds: scripts of somebody, microtasks of nobody known, longest task with them."""

    script: float
    microtasks: float
    longest: float


def spent(
    events: Iterable[Event], theirs: Callable[[str], bool], since: float = 0, until: float = 9e18
) -> Spent:
    """Adds up what lies between two times of the trace (microseconds)."""
    found = list(events)
    thread = _main_thread(found)
    pieces = sorted(
        (
            event
            for event in found
            if event.get("ph") == "X"
            and (event["pid"], event["tid"]) == thread
            and since <= event["ts"] < until
        ),
        key=lambda event: (event["ts"], -event["dur"]),
    )
    script = microtasks = longest = 0.0
    covered = end = 0.0
    task: Event | None = None
    for event in pieces:
        if event["name"] in _TASKS and event["ts"] >= end:
            task, end = event, event["ts"] + event["dur"]
        if event["ts"] < covered:
            continue
        if _is_script_of(event, theirs):
            script += _milliseconds(event)
            if task is not None and event["ts"] < end:
                longest = max(longest, _milliseconds(task))
        elif event["name"] == "RunMicrotasks":
            microtasks += _milliseconds(event)
        else:
            continue
        covered = event["ts"] + event["dur"]
    return Spent(script, microtasks, longest)


def mark(events: Iterable[Event], name: str) -> float:
    """When the page said `performance.mark(name)`, in the trace's microseconds."""
    return next(float(event["ts"]) for event in events if event.get("name") == name)


def _is_script_of(event: Event, theirs: Callable[[str], bool]) -> bool:
    if event["name"] not in _SCRIPT:
        return False
    given = event.get("args", {})
    data = given.get("data") or {}
    return theirs(str(data.get("url") or given.get("fileName") or ""))


def _main_thread(events: Iterable[Event]) -> tuple[int, int]:
    """The thread that parsed most: the page's own, when one page is open."""
    parsed: dict[tuple[int, int], int] = {}
    for event in events:
        if event.get("name") in ("ParseHTML", "EvaluateScript", "FunctionCall"):
            thread = (event["pid"], event["tid"])
            parsed[thread] = parsed.get(thread, 0) + 1
    return max(parsed, key=lambda thread: parsed[thread])


def _milliseconds(event: Event) -> float:
    return float(event.get("tdur", event["dur"])) / 1000
