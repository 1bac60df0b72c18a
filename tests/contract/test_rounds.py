"""Regular work runs for every platform, and asks none of them for what it cannot do."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services import dead_letters, rounds
from tests.contract.moves import settle
from tests.contract.stage import Stage


def test_two_days_of_rounds_leave_nothing_undone(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    for _ in range(6):
        stage.clock.move(hours=8)
        rounds.enqueue_due(stage.context)
        stage.run_steps()
    assert [(step.kind, step.error) for step in dead_letters.dead(stage.context, shop)] == []
