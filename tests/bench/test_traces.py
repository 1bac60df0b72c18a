"""What a trace says is counted once, on the page's own thread, and only where it is theirs."""

from __future__ import annotations

from typing import Any

import pytest

from bench.score import score
from bench.traces import Spent, durations, spent

PAGE = {"pid": 1, "tid": 1}
OURS = "https://app.example/static/v1/bleib.js"


def piece(name: str, at: int, lasts: float, url: str = "", **more: Any) -> dict[str, Any]:
    found = {"ph": "X", "name": name, "ts": at * 1000, "dur": lasts * 1000}
    return found | {"args": {"data": {"url": url}}} | PAGE | more


def of_ours(*pieces: dict[str, Any], since: str = "", until: str = "end") -> Spent:
    marks = [
        {"ph": "R", "name": name, "ts": at * 1000, **PAGE}
        for name, at in {"middle": 50, "end": 100}.items()
    ]
    return spent([*pieces, *marks], lambda url: "/static/v1/" in url, since, until)


def test_scripts_of_ours_are_added_up_and_nested_ones_counted_once() -> None:
    found = of_ours(
        piece("EvaluateScript", 10, 8, OURS),
        piece("FunctionCall", 12, 3, OURS),
        piece("FunctionCall", 30, 2, OURS),
        piece("EvaluateScript", 40, 9, "https://shop.example/shop.js"),
    )
    assert found.script == 10


def test_the_longest_task_is_the_whole_task_a_script_of_ours_ran_in() -> None:
    found = of_ours(
        piece("RunTask", 10, 20),
        piece("FunctionCall", 12, 3, OURS),
        piece("RunTask", 40, 60),
        piece("FunctionCall", 41, 50, "https://shop.example/shop.js"),
    )
    assert found.longest == 20


def test_microtasks_have_no_address_and_count_from_the_first_script_of_ours_on() -> None:
    found = of_ours(
        piece("RunMicrotasks", 5, 3),
        piece("EvaluateScript", 9, 1, OURS),
        piece("RunMicrotasks", 10, 4),
        piece("FunctionCall", 11, 1, OURS),
    )
    assert (found.script, found.nobodys) == (1, 4)


@pytest.mark.parametrize("name", ["RunMicrotasks", "BlinkScheduler_PerformMicrotaskCheckpoint"])
def test_microtasks_belong_to_the_task_before_them_whatever_the_browser_calls_them(
    name: str,
) -> None:
    task = piece("ThreadControllerImpl::RunTask", 60, 2)
    queue = piece(name, 62, 4)
    found = of_ours(task, piece("FunctionCall", 60, 1, OURS), queue, since="middle")
    assert (found.nobodys, found.longest) == (4, 6)
    # After a task without a script of ours they count, and the task does not.
    assert of_ours(task, queue, since="middle").longest == 4


def test_an_empty_queue_of_microtasks_is_nobodys_work() -> None:
    found = of_ours(
        piece("RunMicrotasks", 60, 0.009), piece("RunMicrotasks", 70, 1), since="middle"
    )
    assert found.nobodys == 1


@pytest.mark.parametrize(
    ("script", "asks", "counted"),
    [
        ("", "https://shop.example/late.jpg", 0),
        (OURS, "https://shop.example/late.jpg", 4),
        ("", "https://app.example/static/v1/visit.js", 4),
    ],
)
def test_microtasks_in_which_the_browser_asks_for_an_image_are_no_script(
    script: str, asks: str, counted: float
) -> None:
    found = of_ours(
        piece("ThreadControllerImpl::RunTask", 60, 2),
        piece("FunctionCall", 60, 1, script),
        piece("RunMicrotasks", 62, 4),
        piece("ResourceSendRequest", 63, 0, asks, ph="I"),
        since="middle",
    )
    assert found.nobodys == counted


def test_the_end_of_a_promise_has_no_address_and_counts_from_the_first_script_of_ours_on() -> None:
    found = of_ours(
        piece("v8.callFunction", 5, 3),
        piece("EvaluateScript", 9, 1, OURS),
        piece("v8.callFunction", 20, 4),
        piece("v8.callFunction", 30, 6),
        piece("FunctionCall", 31, 2, OURS),
    )
    assert (found.script, found.nobodys) == (7, 4)


def test_of_a_call_of_the_page_only_what_it_leads_to_counts() -> None:
    found = of_ours(
        piece("v8.callFunction", 60, 9),
        piece("FunctionCall", 61, 5, "https://shop.example/shop.js"),
        piece("v8.callFunction", 62, 2),
        piece("FunctionCall", 62.5, 1, OURS),
        since="middle",
    )
    assert (found.script, found.nobodys) == (2, 4)


def test_calls_of_one_address_are_listed() -> None:
    calls = [piece("FunctionCall", 10, 2, "work"), piece("FunctionCall", 20, 3, OURS)]
    assert durations(calls, "work") == [2]


def test_other_threads_and_what_lies_outside_the_marks_do_not_count() -> None:
    found = of_ours(
        piece("FunctionCall", 20, 5, OURS),
        piece("FunctionCall", 60, 7, OURS),
        piece("FunctionCall", 70, 9, OURS, tid=2),
        piece("FunctionCall", 110, 9, OURS),
        since="middle",
    )
    assert found.script == 7


def test_the_threads_own_time_counts_where_the_trace_has_it() -> None:
    assert of_ours(piece("FunctionCall", 20, 50, OURS, tdur=6000)).script == 6


@pytest.mark.parametrize(
    ("figures", "points"),
    [((0, 0, 0, 0), 100), ((1800, 2500, 200, 0.1), 90), ((3000, 4000, 600, 0.25), 50)],
)
def test_the_score_goes_through_the_published_points(
    figures: tuple[float, float, float, float], points: float
) -> None:
    assert score(*figures) == pytest.approx(points, abs=0.01)
