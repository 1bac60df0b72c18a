"""How fast messages are answered: nothing but arithmetic over the waits of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

#: Nine of ten cannot be said of fewer than ten.
LEAST = 10
DAYS = 14


@dataclass(frozen=True)
class Wait:
    """How long one message waited, in open time; without an answer: until now."""

    time: timedelta
    answered: bool


@dataclass(frozen=True)
class Measured:
    """What may be said of the answers.

    "kept": nine of ten came within the target. "slow": they did not, and `nine_of_ten` is the true
    value. "unknown": there are too few, or the true value is not known because the message that
    it hangs on still waits.
    """

    state: Literal["kept", "slow", "unknown"]
    nine_of_ten: timedelta | None = None
    count: int = 0


def measure(waits: Sequence[Wait], target: timedelta) -> Measured:
    """Return whether nine of ten messages were answered within `target` (nearest rank).

    A message without an answer counts as soon as it has waited longer than the target, so nobody
    keeps a promise by leaving the slow ones; before, nobody knows yet what becomes of it.
    """
    known = sorted(
        (wait for wait in waits if wait.answered or wait.time > target),
        key=lambda wait: (wait.time, not wait.answered),
    )
    if len(known) < LEAST:
        return Measured("unknown", count=len(known))
    ninth = known[-(-len(known) * 9 // 10) - 1]
    if ninth.time <= target:
        return Measured("kept", ninth.time, len(known))
    # All that are slower are no answer to how slow this one is: it must have been answered.
    if not all(wait.answered for wait in known if wait.time <= ninth.time):
        return Measured("unknown", count=len(known))
    return Measured("slow", ninth.time, len(known))
