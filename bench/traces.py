"""Reads from a Chromium trace what a page's main thread spent on somebody's scripts.

Durations are the thread's own time where the trace has it, so that other processes on the machine
count less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = ["devtools.timeline", "v8", "blink.user_timing", "toplevel"]
_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
_MICROTASKS = ("RunMicrotasks", "BlinkScheduler_PerformMicrotaskCheckpoint")
_SCRIPT = ("EvaluateScript", "FunctionCall", "v8.compile", "v8.compileModule", "v8.evaluateModule")
#: A call into a script; which one, a FunctionCall within it says, but not for what the browser
#: itself wrote, like the end of a promise. The microtasks after it lie within it as well.
_CALL = "v8.callFunction"

#: A queue of microtasks that took less, in milliseconds, was empty: the browser looks after each
#: task, hundreds of times on any page.
_EMPTY = 0.01
#: An image that comes late is asked for from a queue of microtasks as well, by no script at all.
_REQUEST = "ResourceSendRequest"

Event = dict[str, Any]
Owner = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds: scripts of somebody, microtasks and calls of nobody known, longest task, all.

    The longest task is one in which any of these ran, with its microtasks. `nobodys` counts from
    their first script on, because before it they are the page's own. `thread` is everything that
    the main thread did.
    """

    script: float
    nobodys: float
    longest: float
    thread: float = 0


def spent(events: Sequence[Event], theirs: Owner, since: str, until: str) -> Spent:
    """Adds up what lies between two marks of the page, on the thread that set the second.

    An empty `since` is the beginning of the trace.
    """
    end_mark = _mark(events, until)
    begin = float(_mark(events, since)["ts"]) if since else 0.0
    there = [
        event
        for event in events
        if (event["pid"], event["tid"]) == (end_mark["pid"], end_mark["tid"])
        and begin <= event["ts"] < end_mark["ts"]
    ]
    pieces = [event for event in there if event.get("ph") == "X"]
    pieces.sort(key=lambda event: (event["ts"], -event["dur"]))
    asked = [event["ts"] for event in there if _asks_for_others(event, theirs)]
    sums = _Sums(begin, bool(since))
    for index, event in enumerate(pieces):
        if event["name"] in _TASKS:
            sums.begins(event)
        if event["ts"] < sums.covered:
            continue
        of_theirs, of_nobody, covers = _shares(event, pieces, index, theirs)
        if event["name"] in _MICROTASKS and sums.is_anothers(event, asked):
            of_nobody = 0.0
        sums.add(event, of_theirs, of_nobody, covers=covers)
    return Spent(sums.script, sums.nobodys, sums.longest, sums.thread)


@dataclass(slots=True)
class _Sums:
    """What has been added up so far, and where in the trace that is."""

    #: When a script of theirs was last at work, and whether one has been at all.
    last: float
    there: bool
    script: float = 0
    nobodys: float = 0
    longest: float = 0
    thread: float = 0
    covered: float = 0
    task: Event | None = None

    def begins(self, task: Event) -> None:
        """Another task, unless it lies within the one before."""
        if self.task is None or task["ts"] >= _end(self.task):
            self.task = task
            self.thread += _milliseconds(task)

    def is_anothers(self, queue: Event, asked: Sequence[float]) -> bool:
        """No script of theirs in the task before it, and it asks for something of the page."""
        alone = self.task is None or self.last < self.task["ts"]
        return alone and any(queue["ts"] <= at < _end(queue) for at in asked)

    def add(self, event: Event, of_theirs: float, of_nobody: float, *, covers: bool) -> None:
        """Adds the shares of an event, and the task that it is in."""
        if of_theirs:
            self.there, self.last = True, _end(event)
        if not self.there or not of_theirs + of_nobody:
            return
        self.script += of_theirs
        self.nobodys += of_nobody
        lasts = _milliseconds(event)
        if self.task is not None:
            # The microtasks of a task follow it. After one that nothing of theirs ran in, perhaps
            # they are theirs, but the task is not.
            inside = event["ts"] < _end(self.task)
            if inside:
                self.last = _end(event)
            own = inside or self.last >= self.task["ts"]
            lasts = _milliseconds(self.task) * own + lasts * (not inside)
        self.longest = max(self.longest, lasts)
        if covers:
            self.covered = _end(event)


def _asks_for_others(event: Event, theirs: Owner) -> bool:
    return event.get("name") == _REQUEST and not theirs(_address(event))


def durations(events: Sequence[Event], url: str) -> list[float]:
    """How long each call of a function of this address took."""
    return [
        _milliseconds(event)
        for event in events
        if event["name"] == "FunctionCall" and event.get("ph") == "X" and _address(event) == url
    ]


def _shares(
    event: Event, pieces: Sequence[Event], index: int, theirs: Owner
) -> tuple[float, float, bool]:
    """What is theirs and what is nobody's of an event, and whether that is all there is in it."""
    name, lasts = event["name"], _milliseconds(event)
    if name in _MICROTASKS:
        return 0.0, (lasts if lasts >= _EMPTY else 0.0), True
    if name in _SCRIPT:
        return (lasts if theirs(_address(event)) else 0.0), 0.0, theirs(_address(event))
    if name != _CALL:
        return 0.0, 0.0, False
    called = _called(pieces, index)
    if called is None:
        return 0.0, lasts, True
    if theirs(_address(called)):
        return lasts, 0.0, True
    # Microtasks after a function of somebody else; within it one of theirs may have been called.
    return 0.0, max(0.0, lasts - _milliseconds(called)), False


def _called(pieces: Sequence[Event], index: int) -> Event | None:
    """The function that a call is for."""
    for event in pieces[index + 1 :]:
        if event["ts"] >= _end(pieces[index]):
            return None
        if event["name"] == "FunctionCall":
            return event
    return None


def _mark(events: Sequence[Event], name: str) -> Event:
    """The event of the page's `performance.mark(name)`."""
    return next(event for event in events if event.get("name") == name)


def _address(event: Event) -> str:
    given = event.get("args", {})
    data = given.get("data") or {}
    return str(data.get("url") or given.get("fileName") or "")


def _end(event: Event) -> float:
    return float(event["ts"]) + float(event["dur"])


def _milliseconds(event: Event) -> float:
    return float(event["tdur"] if "tdur" in event else event["dur"]) / 1000
