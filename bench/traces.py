"""Reads from a Chromium trace what a page's main thread spent on somebody's scripts.

Durations are the thread's own time where the trace has it, so that other processes on the machine
count less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = [
    "devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "blink.user_timing",
    "toplevel", "disabled-by-default-v8.compile",
]  # fmt: skip
_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
_MICROTASKS = ("RunMicrotasks", "BlinkScheduler_PerformMicrotaskCheckpoint")
#: What only a browser does whose requests are watched: it keeps the line that began each of them.
_WATCHED = "V8.CollectSourcePositions"
_SCRIPT = ("EvaluateScript", "FunctionCall", "v8.compile", "v8.compileModule", "v8.evaluateModule")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds: scripts of somebody, microtasks of nobody known, longest task, longest queue.

    A task is one that ran such a script; a queue is of microtasks.
    """

    script: float
    microtasks: float
    longest: float
    queue: float = 0


def spent(events: Sequence[Event], theirs: Callable[[str], bool], since: str, until: str) -> Spent:
    """Adds up what lies between two marks of the page, on the thread that set the second.

    An empty `since` is the beginning of the trace; microtasks count from their first script on,
    because before it they are the page's own.
    """
    end_mark = _mark(events, until)
    begin = float(_mark(events, since)["ts"]) if since else 0.0
    thread = (end_mark["pid"], end_mark["tid"])
    pieces = sorted(
        (
            event
            for event in events
            if event.get("ph") == "X"
            and (event["pid"], event["tid"]) == thread
            and begin <= event["ts"] < end_mark["ts"]
        ),
        key=lambda event: (event["ts"], -event["dur"]),
    )
    counted = {"script": 0.0, "microtasks": 0.0}
    longest = queue = covered = end = 0.0
    kind = ""
    there = bool(since)
    task: Event | None = None
    for event in pieces:
        if event["name"] in _TASKS and event["ts"] >= end:
            task, end = event, event["ts"] + event["dur"]
        if event["ts"] < covered:
            if event["name"] == _WATCHED:
                counted[kind] -= _milliseconds(event)
            continue
        if _is_script_of(event, theirs):
            kind, there = "script", True
            if task is not None and event["ts"] < end:
                longest = max(longest, _milliseconds(task))
        elif there and event["name"] in _MICROTASKS:
            kind = "microtasks"
            queue = max(queue, _milliseconds(event))
        else:
            continue
        counted[kind] += _milliseconds(event)
        covered = event["ts"] + event["dur"]
    return Spent(**counted, longest=longest, queue=queue)


def _mark(events: Sequence[Event], name: str) -> Event:
    """The event of the page's `performance.mark(name)`."""
    return next(event for event in events if event.get("name") == name)


def _is_script_of(event: Event, theirs: Callable[[str], bool]) -> bool:
    if event["name"] not in _SCRIPT:
        return False
    given = event.get("args", {})
    data = given.get("data") or {}
    return theirs(str(data.get("url") or given.get("fileName") or ""))


def _milliseconds(event: Event) -> float:
    return float(event["tdur"] if "tdur" in event else event["dur"]) / 1000
